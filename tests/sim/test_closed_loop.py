from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from controller.chemistry.stoichiometry import oxide_demand_kg_per_kah
from controller.process_image.modes import Mode
from controller.telemetry.message import Message
from sim.closed_loop import EPOCH_UTC_MS, ClosedLoop, NotAccepted, Seam
from sim.faults import schedule
from sim.virtual_time import run_virtual
from tests.support.closed_loops import fingerprint
from tests.support.simulated_plants import demo_plant

ROOT = Path(__file__).parents[2]
SEAMS: tuple[Seam, ...] = get_args(Seam)


def in_closed_loop(test: Callable[[ClosedLoop], Awaitable[None]], seam: Seam, *cells: str, seed: int = 1) -> None:
    async def run() -> None:
        async with ClosedLoop(demo_plant(*cells), seed, seam) as loop:
            await test(loop)

    run_virtual(run())


@pytest.mark.parametrize("seam", SEAMS)
def test_the_same_seed_gives_the_same_run_to_the_last_bit(seam: Seam) -> None:
    assert fingerprint(seam, 7, 60.0) == fingerprint(seam, 7, 60.0)


@pytest.mark.parametrize("seam", SEAMS)
def test_another_seed_gives_another_run(seam: Seam) -> None:
    assert fingerprint(seam, 7, 20.0, "ce1") != fingerprint(seam, 8, 20.0, "ce1")


def test_a_run_does_not_depend_on_the_order_in_which_a_process_keeps_its_sets() -> None:
    """Python salts the hashes of text anew in each process."""
    program = "from tests.support.closed_loops import fingerprint; print(fingerprint('bytes', 7, 20.0))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": salt},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for salt in ("1", "2")
    }
    assert printed == {f"{fingerprint('bytes', 7, 20.0)}\n"}


@pytest.mark.parametrize(("seam", "seconds"), [("process", 3600.0), ("bytes", 600.0)])
@pytest.mark.parametrize("cell", ["ce1", "prnd1"])
def test_a_cell_in_automatic_stays_where_it_belongs(seam: Seam, seconds: float, cell: str) -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.automatic(cell)
        plan = loop.cycles[cell].plan
        product, design = plan.product, plan.design
        simulated = loop.simulated.cells[cell]
        await loop.run(5.0)
        began = loop.snapshot(cell)
        hopper_kg, oxide_wt_pct = simulated.feeder.hopper_kg, []

        for _ in range(round(seconds / 60.0)):
            await loop.run(60.0)
            oxide_wt_pct.append(loop.simulated.truth(cell).oxide_dissolved_wt_pct)
            assert not loop.snapshot(cell).alarms

        snapshot = loop.snapshot(cell)
        since = began.scan
        assert (snapshot.mode, snapshot.armed, loop.cycles[cell].missed) == (Mode.AUTOMATIC, True, 0)
        assert snapshot.scan - since == seconds
        assert all(6.0 <= voltage_v <= 10.0 for voltage_v in _numbers(loop, cell, "cell_voltage_v", since))
        currents_a = _numbers(loop, cell, "line_current_a", since)
        shown_a = simulated.rectifier.current.shown(25_000.0)
        assert sum(currents_a) / len(currents_a) == pytest.approx(shown_a, rel=1e-3)
        assert loop.simulated.truth(cell).line_current_a == pytest.approx(25_000.0, rel=1e-3)
        low, high = plan.control.bath_temperature_band_degc
        for number in (1, 2, 3):
            assert all(low <= t <= high for t in _numbers(loop, cell, f"bath_temperature_{number}_degc", since))
        low, high = design.oxide_window_wt_pct
        assert all(low <= oxide <= high for oxide in oxide_wt_pct)
        fed_kg = hopper_kg - simulated.feeder.hopper_kg
        efficiency = loop.simulated.truth(cell).current_efficiency
        wanted_kg = oxide_demand_kg_per_kah(product, efficiency) * 25.0 * seconds / 3600.0
        assert fed_kg == pytest.approx(wanted_kg, abs=1.5 * design.dose_kg + 0.02 * wanted_kg)

    in_closed_loop(test, seam, cell)


def test_both_seams_show_the_controller_the_same_cell() -> None:
    seen: dict[Seam, list[float]] = {}

    for seam in SEAMS:

        async def test(loop: ClosedLoop, seam: Seam = seam) -> None:
            await loop.automatic("ce1")
            await loop.run(120.0)
            tags = ("line_current_a", "cell_voltage_v", "bath_temperature_1_degc")
            seen[seam] = [sum(_numbers(loop, "ce1", tag, 20)[-60:]) / 60.0 for tag in tags]

        in_closed_loop(test, seam, "ce1")

    assert seen["bytes"] == pytest.approx(seen["process"], rel=2e-3)


def test_labels_are_those_of_virtual_time() -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.run(10.0)
        snapshot = loop.snapshot("ce1")
        assert snapshot.utc_ms == EPOCH_UTC_MS + round(1000.0 * snapshot.time_s)

    in_closed_loop(test, "process", "ce1")


@pytest.mark.parametrize("seam", SEAMS)
def test_people_are_answered_as_by_the_daemon(seam: Seam) -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.run(2.0)
        verdict = await loop.command("ce1", "current", 24_000.0)
        assert not verdict.accepted
        assert (await loop.command("nowhere", "hold")).code == "unknown_cell"
        await loop.automatic("ce1")
        assert (await loop.command("ce1", "hold", reason="tap")).accepted
        await loop.run(3.0)
        assert loop.snapshot("ce1").mode is Mode.HOLD
        recorded = [event.payload for event in loop.storage.events if event.kind == "command"]
        assert [payload["verb"] for payload in recorded] == ["current", "arm", "mode", "hold"]
        assert recorded[-1]["reason"] == "tap"

    in_closed_loop(test, seam, "ce1")


def test_a_refusal_is_raised_by_the_helper() -> None:
    async def test(loop: ClosedLoop) -> None:
        schedule(loop.simulated, "silence", "ce1/rectifier", start_s=0.0, seconds=1e6)
        with pytest.raises(NotAccepted, match="rectifier"):
            await loop.arm("ce1")

    in_closed_loop(test, "process", "ce1")


def test_what_ends_a_scan_cycle_is_raised() -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.run(2.0)
        loop.cycles["ce1"].plan = None  # type: ignore[assignment]
        with pytest.raises(AttributeError):
            await loop.run(2.0)

    in_closed_loop(test, "process", "ce1")


def test_messages_are_those_of_a_daemon() -> None:
    messages: list[Message] = []

    async def test() -> None:
        loop = ClosedLoop(demo_plant("ce1"), 1)
        loop.messages.subscribe(messages.append)
        async with loop:
            await loop.run(12.0)

    run_virtual(test())
    topics = [message.topic.removeprefix("didymium/v1/demo/hall1/") for message in messages]
    assert topics.count("ce1/snapshot") == 12
    assert topics.count("ce1/meta") == 1
    assert topics.count("token") == 6
    said = [_payload(message)["status"] for message in messages if message.topic.endswith("/status")]
    assert (said[0], said[-1]) == ("online", "offline")
    assert said.count("offline") == 1


def _numbers(loop: ClosedLoop, cell: str, tag: str, since: int) -> list[float]:
    """From scan ``since`` on; none may be missing."""
    values = loop.trend(cell, tag)[since:]
    numbers = [value for value in values if isinstance(value, float)]
    assert values
    assert len(numbers) == len(values)
    return numbers


def _payload(message: Message) -> dict[str, Any]:
    payload = json.loads(message.payload)
    assert isinstance(payload, dict)
    return payload


def test_without_telemetry_the_same_is_recorded_and_nothing_published() -> None:
    rows = []
    for telemetry in (True, False):

        async def test(telemetry: bool = telemetry) -> None:
            async with ClosedLoop(demo_plant("ce1"), 1, telemetry=telemetry) as loop:
                await loop.automatic("ce1")
                await loop.run(30.0)
                assert bool(loop.messages.log) is telemetry
                rows.append(list(loop.storage.scans))

        run_virtual(test())
    assert rows[0] == rows[1]
