"""The product's side of the scan measurement: the daemon's own parts on real sockets, files and a real broker.

Left out is what a section does once a second whatever its cells (token, health) and the command socket, which waits.
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from controller.clock import Clock
from controller.journal.writer import Journal
from controller.plant import Plant
from controller.process_image.requests import Request, Verb
from controller.process_io.field_io import FieldIO
from controller.scan_cycle import ScanCycle
from controller.section import Section, section_publisher
from controller.telemetry.memory import MemoryMessages
from controller.telemetry.mqtt_link import MqttLink
from controller.telemetry.section_publisher import SectionPublisher
from drivers.link.pool import LinkPool
from drivers.link.real import RealSeam
from sim.bench.breakdown import shares
from sim.bench.packets import PACKETS, SixTagRecord, as_packets
from sim.bench.plant import CELL, load

BOOT = "bench"
READY_WITHIN_S = 200.0
DRAINED_WITHIN_S = 200.0
_GLANCE_S = 0.5


class MeasurementFailed(Exception):
    """What was measured is not what was meant to be measured."""


class ProductScan:
    def __init__(self, plant: Plant, folder: Path) -> None:
        self.plant = plant
        self.clock = Clock()
        self.pool = LinkPool(RealSeam())
        self.publisher: SectionPublisher = section_publisher(plant, boot=BOOT, kind="sim")
        assert plant.mqtt is not None
        self.messages = MqttLink(
            plant.mqtt, identifier=BOOT, online=self.publisher.online, offline=self.publisher.offline
        )
        cell = plant.cells[0]
        self.record = SixTagRecord(cell)
        self.journal = Journal.open(folder, {cell.name: [tag.name for tag in self.record.tags]}, boot=BOOT)
        self.record.attach(self.journal, self.messages, self.publisher.topics, BOOT)
        port = FieldIO(cell, self.pool, scan_period_s=plant.scan_period_s)
        self.cycle = ScanCycle(cell, port, self.record, self.clock)
        self.section = Section(
            plant,
            (self.cycle,),
            clock=self.clock,
            journal=self.journal,
            messages=self.messages,
            publisher=self.publisher,
            pool=self.pool,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.journal.start()
        self.messages.start()
        self.pool.start()
        scans = asyncio.ensure_future(self.cycle.run(start_s=self.clock.time_s() + 1.0))
        try:
            yield
            if scans.done():
                scans.result()
        finally:
            scans.cancel()
            await asyncio.wait([scans])
            await self.messages.close()
            await self.pool.close()
            await self.journal.close()

    async def ready(self) -> None:
        """Armed and in AUTOMATIC. Raises MeasurementFailed."""
        until_s = self.clock.time_s() + READY_WITHIN_S
        while not (self.cycle.devices and all(device.ready for device in self.cycle.devices)):
            if self.clock.time_s() > until_s:
                reasons = [f"{device.name}: {device.reason}" for device in self.cycle.devices if not device.ready]
                raise MeasurementFailed("; ".join(reasons) or "no scan")
            await asyncio.sleep(_GLANCE_S)
        for request in (Request("1", Verb.ARM, BOOT), Request("2", Verb.MODE, BOOT, text="AUTOMATIC")):
            verdict = await self.section.handle(CELL, request)
            if not verdict.accepted:
                raise MeasurementFailed(f"{request.verb.value}: {verdict.message}")

    async def scan_through(self, scans: int) -> None:
        """Returns between two scans, that many later."""
        period_s = self.plant.scan_period_s
        assert self.cycle.snapshot is not None
        await asyncio.sleep(self.cycle.snapshot.time_s + (scans + 0.6) * period_s - self.clock.time_s())

    async def drained(self) -> None:
        until_s = self.clock.time_s() + DRAINED_WITHIN_S
        while self.journal.health.scans_pending or not self.messages.settled:
            if self.clock.time_s() > until_s:
                raise MeasurementFailed("journal or broker does not keep up")
            await asyncio.sleep(0.0)

    def counted(self) -> tuple[int, int, int, int, int]:
        links = self.pool.links.values()
        assert self.cycle.snapshot is not None
        return (
            self.cycle.snapshot.scan,
            sum(link.counters.replies for link in links),
            self.messages.counters.published,
            self.journal.health.scans_written,
            self.cycle.missed,
        )


async def measure(
    plant_file: Path, folder: Path, *, speed: float, warm_up: int, scans: int, profile: bool
) -> dict[str, Any]:
    """CPU per scan of all threads, with all queues empty at both ends. Raises MeasurementFailed."""
    product = ProductScan(load(plant_file, speed=speed), folder)
    async with product.running():
        await product.ready()
        await product.scan_through(warm_up)
        gc.collect()
        gc.freeze()
        await product.drained()
        writer = next(thread for thread in threading.enumerate() if thread.name == "journal")
        writer_clock = time.pthread_getcpuclockid(writer.ident or 0)
        profiler = cProfile.Profile()
        before, writer_s, cpu_s = product.counted(), time.clock_gettime(writer_clock), time.process_time()
        if profile:
            profiler.enable()
        await product.scan_through(scans)
        await product.drained()
        profiler.disable()
        cpu_s, writer_s = time.process_time() - cpu_s, time.clock_gettime(writer_clock) - writer_s
        done, replies, published, written, missed = (
            now - was for now, was in zip(product.counted(), before, strict=True)
        )
        # The same cell's next scans, to show what its packets look like.
        shown = MemoryMessages()
        product.record.attach(product.journal, shown, product.publisher.topics, BOOT)
        await product.scan_through(3)
    if not done or written != done:
        raise MeasurementFailed(f"{done} scans, {written} of them in the journal")
    return {
        "scans": done,
        "missed": missed,
        "cpu_us": 1e6 * cpu_s / done,
        "journal_thread_us": 1e6 * writer_s / done,
        "transactions": replies / done,
        "packets": published / done,
        "shown": as_packets(tuple(shown.log)[-PACKETS:]),
        "shares": shares(profiler) if profile else {},
    }
