"""A rectifier whose watchdog is fed by any frame, reads included: silence must be silence, or it is never taken to its
hold current. No shipped profile is of this kind, so the plant is changed here."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from controller.plant import Plant
from controller.process_image.measurements import Measurement
from controller.process_image.requests import Verb
from sim.closed_loop import ClosedLoop
from sim.faults import schedule
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant

HOLD_A = 18000.0


def any_frame_plant() -> Plant:
    """Without the contacts, whose alive relay would take the cell to hold by itself."""
    plant = demo_plant("ce1")
    cell = plant.cells[0]
    kept = [device for device in cell.devices if device.role not in ("rectifier", "digital_io")]
    rectifier = next(device for device in cell.devices if device.role == "rectifier")
    watchdog = dataclasses.replace(rectifier.profile.watchdog, mode="any_traffic", write=None, echo=None)
    signals = {key: signal for key, signal in rectifier.signals.items() if signal != "rectifier_heartbeat_echo"}
    profile = dataclasses.replace(rectifier.profile, watchdog=watchdog)
    devices = (dataclasses.replace(rectifier, profile=profile, signals=signals), *kept)
    return dataclasses.replace(plant, cells=(dataclasses.replace(cell, devices=devices),))


def controlled(test: Callable[[ClosedLoop], Awaitable[None]]) -> None:
    async def run() -> None:
        async with ClosedLoop(any_frame_plant(), 1, "bytes") as loop:
            await loop.automatic("ce1")
            await loop.run(30.0)
            assert loop.simulated.cells["ce1"].rectifier.fallback is False
            await test(loop)

    run_virtual(run())


def requests(loop: ClosedLoop) -> int:
    assert loop.pool is not None
    return sum(link.counters.requests for address, link in loop.pool.links.items() if "15021" in str(address))


async def falls_to_hold(loop: ClosedLoop) -> None:
    before = requests(loop)
    await loop.run(30.0)
    assert requests(loop) == before, "no frame of any kind"
    rectifier = loop.simulated.cells["ce1"].rectifier
    assert rectifier.fallback
    await loop.run(10.0)
    assert rectifier.demand_a == HOLD_A
    await loop.run(5.0)
    assert requests(loop) > before, "it is looked at again once watchdog and ramp have passed"
    current = loop.snapshot("ce1").values[0]
    assert isinstance(current, Measurement)
    assert current.good


def test_disarming_lets_its_watchdog_act() -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.ask("ce1", Verb.DISARM)
        await falls_to_hold(loop)

    controlled(test)


def test_lost_authority_lets_its_watchdog_act() -> None:
    async def test(loop: ClosedLoop) -> None:
        schedule(loop.simulated, "local_control", "ce1/rectifier", start_s=0.0, seconds=1.5)
        await loop.run(1.6)
        assert not loop.snapshot("ce1").armed
        loop.simulated.cells["ce1"].rectifier.take_remote()  # somebody else's, to see that we keep quiet
        loop.simulated.cells["ce1"].rectifier.heard_a_frame()
        await falls_to_hold(loop)

    controlled(test)


def test_a_controller_that_commands_nothing_for_three_seconds_lets_its_watchdog_act() -> None:
    async def test(loop: ClosedLoop) -> None:
        await loop.ask("ce1", Verb.MODE, text="STANDBY")
        await loop.run(4.5)
        await falls_to_hold(loop)

    controlled(test)
