"""Whatever is asked of process I/O, a judge on the device's side of the wire sees nothing out of bounds."""

from __future__ import annotations

import asyncio
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.process_image.commands import Commands, Dose, RectifierOrder
from sim.virtual_time import run_virtual
from tests.controller.process_io.test_field_io import cell

NUMBERS = st.one_of(
    st.floats(0.0, 3000.0),
    st.floats(),
    st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e308, 2.0**63, 65535.0, 65536.0, -1.0]),
)
COMMANDS = st.builds(
    Commands,
    current_setpoint_a=st.none() | NUMBERS,
    rectifier_order=st.sampled_from(RectifierOrder),
    dose=st.none() | st.builds(Dose, number=st.integers(1, 5), mass_kg=NUMBERS),
    permit=st.none() | st.booleans(),
    heartbeat=st.booleans(),
)


Scans = list[tuple[Commands, bool, bool]]


@settings(max_examples=60)
@given(st.lists(st.tuples(COMMANDS, st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_no_frame_outside_limits_no_dose_twice_and_every_heartbeat_moves(scans: Scans) -> None:
    async def run() -> None:
        async with cell() as plant:
            await plant.ready()
            rises: list[int] = []
            beats: list[bool] = []
            follow = plant.rectifier.on_write

            def judge(address: int, value: int) -> None:
                if address == 100:
                    rises.append(value - plant.rectifier.words.get(6, 0))
                if address == 101:
                    beats.append(value != plant.rectifier.words.get(5, 0))
                follow(address, value)

            plant.rectifier.on_write = judge
            for commands, silent, deaf in scans:
                plant.rectifier.silent = silent
                plant.feeder.deaf_to_writes = deaf
                await plant.scan()
                assert all(await plant.io.write(commands))
                await asyncio.sleep(0.2)
            assert all(rise <= 1501 for rise in rises)
            setpoints = [values[0] for _, at, values in plant.rectifier.writes if at == 100]
            assert all(0 <= value <= 30000 for value in setpoints)
            assert all(beats)
            doses = [values for _, _, values in plant.feeder.writes]
            assert all(0 <= grams <= 2000 for _, grams in doses)
            assert is_part_of([number for number, _ in doses], runs(scans))

    run_virtual(run())


def runs(scans: Scans) -> list[int]:
    """The dose numbers as given, one number repeated counting once."""
    given_numbers = [commands.dose.number for commands, _, _ in scans if commands.dose is not None]
    return [n for i, n in enumerate(given_numbers) if i == 0 or n != given_numbers[i - 1]]


def is_part_of(some: list[int], all_of_them: list[int]) -> bool:
    """``some`` in their order, with others in between."""
    rest = iter(all_of_them)
    return all(number in rest for number in some)


def test_the_judges_see_something() -> None:
    async def run() -> None:
        async with cell() as plant:
            await plant.ready()
            await plant.io.write(Commands(current_setpoint_a=1500.0, dose=Dose(1, 0.5), heartbeat=True))
            assert [at for _, at, _ in plant.rectifier.writes] == [100, 101]
            assert plant.feeder.writes == [(16, 50, (1, 500))]

    run_virtual(run())
