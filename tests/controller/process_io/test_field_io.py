"""One cell's devices on links in memory, against responders that share no code with the drivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from controller.process_image.commands import NO_COMMANDS, Commands, Dose, RectifierOrder
from controller.process_image.measurements import NOT_FITTED, Measurements
from controller.process_io.field_io import SHADOW, FieldIO
from controller.process_io.port import ProcessPort
from drivers.link.link import Priority
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from drivers.reading import Quality
from tests.support.device_profiles import (
    Bank,
    Responder,
    contacts_profile,
    feeder_profile,
    rectifier_bank,
    rectifier_profile,
)
from tests.support.eventually import eventually
from tests.support.field_plans import cell_plan, device_plan


class Cell:
    def __init__(self, *, writes_allowed: bool = True, period_s: float = 0.2) -> None:
        self.seam = MemorySeam()
        self.rectifier, self.feeder, self.contacts = rectifier_bank(), Bank(), Bank()
        self.feeder.words |= {0: 1, 1: 6, 2: 250}
        for name, bank in (("plc", self.rectifier), ("feeder", self.feeder), ("contacts", self.contacts)):
            self.seam.listen(name, lambda bank=bank: Responder({1: bank}))  # type: ignore[misc]
        self.pool = LinkPool(self.seam)
        plan = cell_plan(
            device_plan("rectifier", "rectifier", rectifier_profile()),
            device_plan("feeder", "feeder", feeder_profile(), link="memory:feeder?framing=tcp", needed=False),
            device_plan("contacts", "digital_io", contacts_profile(), link="memory:contacts?framing=tcp"),
        )
        self.io = FieldIO(plan, self.pool, scan_period_s=period_s, writes_allowed=writes_allowed)

    @property
    def writes(self) -> list[tuple[int, int, tuple[int, ...]]]:
        return [*self.rectifier.writes, *self.feeder.writes, *self.contacts.writes]

    async def scan(self) -> Measurements:
        return await self.io.read(asyncio.get_running_loop().time())

    async def ready(self) -> Measurements:
        async with asyncio.timeout(3.0):
            while True:
                image = await self.scan()
                if all(device.ready for device in image.devices):
                    return image
                await asyncio.sleep(0.01)

    def cut(self, name: str) -> None:
        self.seam.unlisten(name)
        self.seam.cut(name)


@asynccontextmanager
async def cell(*, writes_allowed: bool = True, period_s: float = 0.2) -> AsyncIterator[Cell]:
    made = Cell(writes_allowed=writes_allowed, period_s=period_s)
    try:
        await made.io.start()
        made.pool.start()
        yield made
    finally:
        await made.io.close()
        await made.pool.close()


async def test_it_is_a_process_port() -> None:
    async with cell() as plant:
        port: ProcessPort = plant.io
        assert isinstance(await port.read(0.0), Measurements)


class TestReading:
    async def test_the_image_of_a_whole_cell(self) -> None:
        async with cell() as plant:
            await plant.ready()
            image = await plant.scan()
            assert image.line_current_a.value == pytest.approx(200.0)
            assert image.cell_voltage_v.value == pytest.approx(6.0)
            assert image.rectifier_remote.value == 1.0
            assert image.rectifier_tripped.value == 0.0
            assert image.dose_done_id.value == 6.0
            assert image.dose_done_kg.value == pytest.approx(0.25)
            assert image.permit_contact_closed.value == 0.0
            assert image.hopper_mass_kg is NOT_FITTED
            assert [(d.name, d.role, d.needed, d.simulated) for d in image.devices] == [
                ("rectifier", "rectifier", True, True),
                ("feeder", "feeder", False, False),
                ("contacts", "digital_io", True, False),
            ]

    async def test_before_anything_answers_everything_fitted_is_bad_with_a_reason(self) -> None:
        async with cell() as plant:
            plant.cut("plc")
            image = await plant.scan()
            assert image.line_current_a.quality is Quality.BAD
            assert image.line_current_a.reason
            assert image.line_current_a.reason != "not_fitted"
            assert not image.devices[0].ready

    async def test_one_device_pulled_leaves_the_others_good(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.cut("feeder")
            await asyncio.sleep(0.01)
            image = await plant.scan()
            assert image.feeder_ready.quality is Quality.BAD
            assert image.feeder_ready.reason.startswith("link down")
            assert image.line_current_a.good
            assert image.permit_contact_closed.good

    async def test_a_device_that_does_not_answer_costs_no_more_than_half_a_period(self) -> None:
        async with cell(period_s=0.04) as plant:
            await plant.ready()
            plant.rectifier.silent = True
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            image = await plant.scan()
            assert loop.time() - begun_s < 0.045  # the profile's timeout is 0.05 s
            assert image.permit_contact_closed.good

    async def test_reading_writes_nothing(self) -> None:
        async with cell() as plant:
            await plant.ready()
            await plant.io.write(NO_COMMANDS)
            assert plant.writes == []
        assert plant.writes == []


class TestWriting:
    async def test_a_complete_scan_ends_with_heartbeat_and_a_toggled_pulse(self) -> None:
        async with cell() as plant:
            await plant.ready()
            commands = Commands(current_setpoint_a=1000.0, dose=Dose(7, 0.5), permit=True, heartbeat=True)
            assert await plant.io.write(commands) == ()
            assert plant.rectifier.writes == [(16, 100, (1000,)), (6, 101, (1,))]
            assert plant.feeder.writes == [(16, 50, (7, 500))]
            assert plant.contacts.writes == [(5, 0, (0xFF00,)), (5, 1, (0xFF00,))]
            await plant.scan()
            assert await plant.io.write(Commands(heartbeat=True)) == ()
            assert plant.contacts.writes[-1] == (5, 1, (0x0000,))
            assert plant.rectifier.writes[-1] == (6, 101, (2,))

    async def test_what_already_stands_is_not_written_again_and_what_was_changed_is(self) -> None:
        async with cell() as plant:
            await plant.ready()
            commands = Commands(current_setpoint_a=1000.0, permit=True)
            await plant.io.write(commands)
            await plant.scan()
            before = len(plant.writes)
            await plant.io.write(Commands(current_setpoint_a=1000.4, permit=True))
            assert len(plant.writes) == before
            plant.rectifier.words[6] = 900  # somebody else
            await asyncio.sleep(0.2)
            await plant.scan()
            await plant.io.write(commands)
            assert plant.rectifier.writes[-1] == (16, 100, (1000,))
            assert len(plant.writes) == before + 1

    async def test_lowering_goes_before_all_else_and_raising_does_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with cell() as plant:
            plant.rectifier.words[6] = 1000
            await plant.ready()
            rectifier = plant.io.devices[0]
            asked: list[Priority] = []
            submit = rectifier.submit_write

            def watched(*args: Any, **options: Any) -> asyncio.Future[Any]:
                asked.append(options["priority"])
                return submit(*args, **options)

            monkeypatch.setattr(rectifier, "submit_write", watched)
            await plant.io.write(Commands(current_setpoint_a=1100.0))
            await plant.io.write(Commands(current_setpoint_a=900.0))
            assert asked == [Priority.WRITE, Priority.STOP]

    async def test_the_first_set_point_is_written_even_where_it_stands(self) -> None:
        async with cell() as plant:
            await plant.ready()
            await plant.io.write(Commands(current_setpoint_a=0.0))
            assert plant.rectifier.writes == [(16, 100, (0,))]

    async def test_a_dose_is_sent_once_per_number_even_unanswered(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.feeder.deaf_to_writes = True
            dose = Commands(dose=Dose(7, 0.5))
            (line,) = await plant.io.write(dose)
            assert line.startswith("feeder: dose: ")
            assert "outcome unknown" in line
            assert await plant.io.write(dose) == ()
            assert plant.feeder.writes == [(16, 50, (7, 500))]
            plant.feeder.deaf_to_writes = False
            assert await plant.io.write(Commands(dose=Dose(8, 0.5))) == ()
            assert len(plant.feeder.writes) == 2

    async def test_no_heartbeat_and_no_pulse_after_a_failed_write(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.rectifier.exception[16] = 4
            (line,) = await plant.io.write(Commands(current_setpoint_a=500.0, heartbeat=True))
            assert "current_sp" in line
            assert plant.rectifier.writes == [(16, 100, (500,))]
            assert plant.contacts.writes == []

    async def test_no_pulse_for_a_heartbeat_the_rectifier_did_not_take(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.rectifier.refused_addresses.add(101)
            (line,) = await plant.io.write(Commands(heartbeat=True))
            assert "heartbeat" in line
            assert plant.rectifier.writes[-1][1] == 101
            assert plant.contacts.writes == []

    async def test_what_a_device_may_not_be_told_is_a_line(self) -> None:
        async with cell() as plant:
            await plant.ready()
            for value_a in (float("nan"), 1e9, -1.0):
                (line,) = await plant.io.write(Commands(current_setpoint_a=value_a, heartbeat=True))
                assert "current_sp" in line
            assert plant.writes == []

    async def test_a_device_that_is_not_there_is_a_line(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.cut("plc")
            await asyncio.sleep(0.01)
            lines = await plant.io.write(Commands(current_setpoint_a=500.0, heartbeat=True))
            assert len(lines) == 1
            assert "link down" in lines[0]
            assert plant.contacts.writes == []

    async def test_closing_writes_nothing(self) -> None:
        async with cell() as plant:
            await plant.ready()
            await plant.io.write(Commands(current_setpoint_a=1000.0, heartbeat=True))
            before = plant.writes
        assert plant.writes == before


class TestOrders:
    async def finished(self, plant: Cell) -> None:
        await eventually(lambda: not plant.io.order_running)

    async def test_start_runs_beside_the_scan(self) -> None:
        async with cell() as plant:
            await plant.ready()
            assert await plant.io.write(Commands(rectifier_order=RectifierOrder.START)) == ()
            assert await plant.io.write(Commands(rectifier_order=RectifierOrder.START)) == ()
            await self.finished(plant)
            assert plant.rectifier.writes == [(16, 100, (0,)), (6, 102, (3,))]
            assert await plant.io.write(NO_COMMANDS) == ()

    async def test_a_failed_order_is_told_by_the_next_write(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.rectifier.on_write = lambda address, value: None
            await plant.io.write(Commands(rectifier_order=RectifierOrder.START))
            await self.finished(plant)
            (line,) = await plant.io.write(Commands(heartbeat=True))
            assert line.startswith("rectifier: start: step 3 of 3")
            assert plant.rectifier.writes[-1][1] == 101, "a failed order does not cost the heartbeat of a valid scan"
            assert await plant.io.write(NO_COMMANDS) == ()

    async def test_stop_takes_the_place_of_what_runs(self) -> None:
        async with cell() as plant:
            await plant.ready()
            plant.rectifier.on_write = lambda address, value: None
            await plant.io.write(Commands(rectifier_order=RectifierOrder.START))
            await asyncio.sleep(0.05)
            (line,) = await plant.io.write(Commands(rectifier_order=RectifierOrder.TAKE_REMOTE))
            assert "start is still running" in line
            assert await plant.io.write(Commands(rectifier_order=RectifierOrder.STOP)) == ()
            await self.finished(plant)
            assert plant.rectifier.writes[-1] == (6, 102, (1,))
            assert await plant.io.write(NO_COMMANDS) == ()


class TestShadow:
    async def test_nothing_is_written_whatever_is_asked(self) -> None:
        async with cell(writes_allowed=False) as plant:
            image = await plant.ready()
            assert image.line_current_a.good
            for commands in (
                Commands(current_setpoint_a=0.0),
                Commands(rectifier_order=RectifierOrder.STOP),
                Commands(dose=Dose(1, 0.1)),
                Commands(permit=False),
                Commands(heartbeat=True),
            ):
                assert await plant.io.write(commands) == (SHADOW,)
            assert await plant.io.write(NO_COMMANDS) == ()
        assert plant.writes == []
