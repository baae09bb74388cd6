"""One to five faults at once, of random kind, place and length, while people go on pressing buttons. The judge at the
devices must have nothing to say; and once all is healed, the cell must come back: safe because stuck is a failure."""

from __future__ import annotations

import asyncio
import random

import pytest

from controller.process_image.measurements import Measurement
from controller.process_image.requests import Verb
from controller.telemetry.message import Message
from drivers.reading import Quality
from sim.closed_loop import ClosedLoop, NotAccepted, Seam
from sim.devices.feeder import OPERATION_ENABLED
from sim.faults import FAULTS, Injection, UnknownFault
from sim.judge import Judge
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant

SOUP_S = 150.0
HEALED_WITHIN_S = 60.0
EXCEPTIONS = ("exception_01", "exception_04", "exception_06", "exception_0A")
KINDS = tuple(name for name, fault in FAULTS.items() if name != "exception_NN" and fault.where != "cell") + EXCEPTIONS
BUTTONS = (
    (Verb.ARM, None, ""),
    (Verb.MODE, None, "AUTOMATIC"),
    (Verb.MODE, None, "MANUAL"),
    (Verb.CURRENT, 20000.0, ""),
    (Verb.CURRENT, 28000.0, ""),
    (Verb.HOLD, None, ""),
    (Verb.DOSE, 1.0, ""),
)
WATCHED = ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "bath_temperature_1_degc", "feeder_ready")


async def soup(cell: str, seed: int, seam: Seam) -> None:
    chance = random.Random(f"soup/{seed}/{seam}")
    loop = ClosedLoop(demo_plant(cell), seed, seam)
    judge = Judge(loop.simulated.cells[cell], loop.cycles[cell].record.tags, loop.clock.time_s)

    def scanned(message: Message) -> None:
        if message.topic.endswith("/snapshot"):
            judge.scanned(loop.snapshot(cell))

    loop.messages.subscribe(scanned)
    async with loop:
        await loop.automatic(cell)
        told = await stir(loop, cell, chance)
        heal(loop, cell, judge)
        story = f"{cell}, seed {seed}, {seam}: {told}"
        await loop.run(HEALED_WITHIN_S)
        assert not judge.violations, f"{story}\n{judge.violations[:10]}"
        assert not (bad := not_good(loop, cell)), f"{story}\nstill bad: {bad}"
        try:
            await loop.arm(cell)
            await loop.ask(cell, Verb.MODE, text="MANUAL")
        except NotAccepted as refusal:
            raise AssertionError(f"{story}\n{refusal}") from None
        await loop.run(15.0)
        assert loop.snapshot(cell).armed, f"{story}\n{loop.snapshot(cell).values}"
        assert not judge.violations, f"{story}\n{judge.violations[:10]}"


async def stir(loop: ClosedLoop, cell: str, chance: random.Random) -> list[str]:
    """Swarm choice: each run draws from a few kinds of its own, so that rare ones meet often."""
    kinds = chance.sample(KINDS, 6)
    told = []
    for _ in range(chance.randint(1, 5)):
        injection = drawn(loop, kinds, chance)
        start_s, seconds = chance.uniform(1.0, 90.0), chance.choice((0.7, 2.0, 4.0, 8.0, 30.0))
        told.append(f"{injection.name} on {injection.target} at {start_s:.1f} for {seconds:g} s")
        now = asyncio.get_running_loop()
        now.call_later(start_s, injection.begin)
        now.call_later(start_s + seconds, injection.end)
    until_s = loop.clock.time_s() + SOUP_S
    while (left_s := until_s - loop.clock.time_s()) > 0.0:
        await loop.run(min(left_s, chance.uniform(2.0, 25.0)))
        verb, value, text = chance.choice(BUTTONS)
        await loop.command(cell, verb, value, text=text)
    return told


def drawn(loop: ClosedLoop, kinds: list[str], chance: random.Random) -> Injection:
    while True:
        try:
            return Injection(loop.simulated, chance.choice(kinds), chance.choice(list(loop.simulated.devices)))
        except UnknownFault:
            continue


def heal(loop: ClosedLoop, cell: str, judge: Judge) -> None:
    """What people do afterwards in the hall: close contacts, reset the trip, switch the drive on again."""
    simulated = loop.simulated.cells[cell]
    assert not any(device.faults for device in simulated.devices)
    loop.simulated.advance()
    simulated.digital_io.permit_closed = True
    simulated.rectifier.reset()
    drive = next(device for device in simulated.devices if device.plan.role == "feeder")
    judge.by_somebody_else(drive, "control_word", float(OPERATION_ENABLED))


def not_good(loop: ClosedLoop, cell: str) -> list[str]:
    snapshot, tags = loop.snapshot(cell), loop.cycles[cell].record.tags
    return [
        f"{tag.name} ({value.reason})"
        for tag, value in zip(tags, snapshot.values, strict=True)
        if tag.name in WATCHED and isinstance(value, Measurement) and value.quality is not Quality.GOOD
    ]


@pytest.mark.parametrize("seed", range(30))
def test_soup_behind_the_process_seam(seed: int) -> None:
    run_virtual(soup("ce1" if seed % 2 else "prnd1", seed, "process"))


@pytest.mark.parametrize("seed", range(10))
def test_soup_on_the_wire(seed: int) -> None:
    run_virtual(soup("ce1" if seed % 2 else "prnd1", seed, "bytes"))
