"""Every shipped kind of device, byte by byte against the simulated instruments, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from controller.plant import Plant
from controller.process_image.commands import Commands, Dose, RectifierOrder
from controller.process_image.measurements import Measurements
from controller.process_io.field_io import FieldIO
from controller.settings import load_plant
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from sim.memory_plant import mount_on_memory, on_memory_links
from sim.plant import SimulatedPlant
from sim.virtual_time import run_virtual

DEMO = Path(__file__).parents[3] / "config" / "plants" / "demo.toml"
LABORATORY = """
[plant]
site = "test"
area = "laboratory"
[journal]
directory = "journal"
[command]
socket = "command.sock"
[[cell]]
name = "lab"
design = "lab_400a"
[cell.envelope]
current_a = [0.0, 400.0]
voltage_v = [0.0, 8.0]
reason = "a laboratory cell"
[[cell.device]]
name = "supply"
role = "rectifier"
profile = "genesys"
link = "serial:/dev/supply?baud=19200"
unit = 6
[[cell.device]]
name = "thermocouples"
role = "bath_temperature"
profile = "adam_4118"
link = "serial:/dev/thermocouples?baud=9600"
unit = 1
signals = { t0 = "bath_temperature_1_degc" }
"""


class Section:
    def __init__(self, plant: Plant) -> None:
        loop = asyncio.get_running_loop()
        self.plant = on_memory_links(plant)
        self.truth = SimulatedPlant(self.plant, 1, loop.time)
        seam = MemorySeam()
        mount_on_memory(self.truth, seam)
        self.pool = LinkPool(seam)
        self.cells = [FieldIO(cell, self.pool, scan_period_s=self.plant.scan_period_s) for cell in self.plant.cells]
        self._started_s = loop.time()
        self._scans = 0

    async def scan(self) -> list[Measurements]:
        """The next scan of every cell, on a fixed grid."""
        loop = asyncio.get_running_loop()
        due_s = self._started_s + self._scans * self.plant.scan_period_s
        self._scans += 1
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        return list(await asyncio.gather(*(cell.read(loop.time()) for cell in self.cells)))

    async def scans_until(self, is_so: Callable[[Measurements], bool], within: int) -> list[Measurements]:
        for _ in range(within):
            images = await self.scan()
            if all(is_so(image) for image in images):
                return images
            await asyncio.gather(*(cell.write(Commands(heartbeat=True)) for cell in self.cells))
        raise AssertionError(f"not within {within} scans")


@asynccontextmanager
async def section(plant: Plant) -> AsyncIterator[Section]:
    made = Section(plant)
    for cell in made.cells:
        await cell.start()
    made.pool.start()
    try:
        yield made
    finally:
        for cell in made.cells:
            await cell.close()
        await made.pool.close()


def in_virtual_time(plant: Plant, test: Callable[[Section], Awaitable[None]]) -> None:
    async def run() -> None:
        async with section(plant) as made:
            await test(made)

    run_virtual(run())


def all_ready(image: Measurements) -> bool:
    return all(device.ready for device in image.devices)


@pytest.fixture(params=["demo", "laboratory"])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Plant:
    if request.param == "demo":
        return load_plant(DEMO)
    file = tmp_path / "laboratory.toml"
    file.write_text(LABORATORY)
    return load_plant(file)


def test_every_device_is_known_as_simulated_and_all_that_is_fitted_is_good(plant: Plant) -> None:
    async def test(made: Section) -> None:
        await made.scans_until(all_ready, within=4)
        for _ in range(20):
            for image in await made.scan():
                assert all(device.ready and device.simulated for device in image.devices)
                fitted = [image.line_current_a, image.cell_voltage_v, image.rectifier_running]
                assert all(m.good for m in (*fitted, *image.bath_temperature_degc, *image.anode_current_a))
        counters = [link.counters for link in made.pool.links.values()]
        assert sum(c.errors + c.not_sent for c in counters) == 0
        assert all(c.connects == 1 for c in counters)

    in_virtual_time(plant, test)


def test_a_set_point_is_read_back_and_written_once(plant: Plant) -> None:
    async def test(made: Section) -> None:
        images = await made.scans_until(all_ready, within=4)
        targets = [round(0.9 * (image.line_current_a.value or 0.0)) for image in images]
        lines = await asyncio.gather(
            *(cell.write(Commands(current_setpoint_a=a)) for cell, a in zip(made.cells, targets, strict=True))
        )
        assert lines == [()] * len(lines)
        for image, target_a in zip(await made.scan(), targets, strict=True):
            assert image.current_setpoint_readback_a.value == pytest.approx(target_a, abs=1.0)
        requests = sum(link.counters.requests for link in made.pool.links.values())
        await asyncio.gather(
            *(cell.write(Commands(current_setpoint_a=a)) for cell, a in zip(made.cells, targets, strict=True))
        )
        assert sum(link.counters.requests for link in made.pool.links.values()) == requests

    in_virtual_time(plant, test)


def test_stop_and_start_again(plant: Plant) -> None:
    async def test(made: Section) -> None:
        await made.scans_until(all_ready, within=4)
        for order, running in ((RectifierOrder.STOP, 0.0), (RectifierOrder.START, 1.0)):
            for cell in made.cells:
                assert await cell.write(Commands(rectifier_order=order)) == ()
            await made.scans_until(lambda image, to=running: image.rectifier_running.value == to, within=90)  # type: ignore[misc]
            for cell in made.cells:
                assert await cell.write(Commands(heartbeat=True)) == ()

    in_virtual_time(plant, test)


def test_a_dose_arrives_once() -> None:
    async def test(made: Section) -> None:
        await made.scans_until(all_ready, within=4)
        await asyncio.gather(*(cell.write(Commands(dose=Dose(7, 0.3), heartbeat=True)) for cell in made.cells))
        images = await made.scans_until(lambda image: image.dose_done_id.value == 7.0, within=60)
        assert all(image.dose_done_kg.value == pytest.approx(0.3, rel=0.1) for image in images)

    in_virtual_time(load_plant(DEMO), test)


def test_without_heartbeat_the_rectifiers_own_watchdog_acts_while_reads_go_on() -> None:
    async def test(made: Section) -> None:
        await made.scans_until(all_ready, within=4)
        await asyncio.gather(*(cell.write(Commands(heartbeat=True)) for cell in made.cells))
        for _ in range(9):
            images = await made.scan()
        assert all(image.rectifier_fallback.value == 1.0 for image in images)
        assert all(image.line_current_a.good for image in images)

    in_virtual_time(load_plant(DEMO), test)
