"""A whole section and its simulated plant in one virtual-time loop: everything of the daemon but sockets, files and
the wall clock.

    async def shift() -> None:
        async with ClosedLoop(plant, seed=1) as loop:
            await loop.automatic("ce1")
            await loop.run(3600.0)

    run_virtual(shift())

The same seed gives the same run to the last bit: time, labels, noise and tokens come from the loop and the seed.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self

from controller.cell_record import CellRecord
from controller.clock import Clock
from controller.journal.storage import MemoryStorage
from controller.journal.writer import Journal
from controller.plant import CellPlan, Plant
from controller.process_image.requests import Request, Verb, Verdict
from controller.process_io.field_io import FieldIO
from controller.process_io.port import ProcessPort
from controller.scan_cycle import ScanCycle
from controller.section import Section, section_publisher
from controller.snapshot import Snapshot
from controller.telemetry.memory import MemoryMessages
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from sim.direct_io import DirectIO
from sim.memory_plant import mount_on_memory, on_memory_links
from sim.plant import SimulatedPlant

EPOCH_UTC_MS = 1_767_225_600_000
"""The label of virtual time 0: 2026-01-01T00:00:00Z. Any fixed instant would do."""
TICK_S = 1.0
FIRST_SCAN_AFTER_S = 0.2
READY_WITHIN_S = 60.0
"""The slowest device of a good plant waits for its watchdog and ramp before it may be asked anything."""

Seam = Literal["process", "bytes"]


class NotAccepted(Exception):
    """A command that the helper needed was refused; the text is the verdict's."""


class ClosedLoop:
    """Made and used inside a running loop, ``run_virtual``'s as a rule.

    ``seam`` "process" lets the controller meet the simulated devices as plain calls, "bytes" through drivers, links and
    instruments in memory. Without ``telemetry`` nothing is published, as by a plant file without a broker: a campaign
    that judges by truth and journal saves a third of its time. ``keep`` bounds how many messages and journal rows are
    remembered.
    """

    def __init__(
        self, plant: Plant, seed: int, seam: Seam = "process", *, telemetry: bool = True, keep: int = 100_000
    ) -> None:
        loop = asyncio.get_running_loop()
        self.plant = on_memory_links(plant) if seam == "bytes" else plant
        self.simulated = SimulatedPlant(self.plant, seed, loop.time)
        """The truth, which no controller may see; faults are given to it (``sim.faults``)."""
        boot = f"{seed:012x}"
        self.storage = MemoryStorage(boot=boot, keep=keep)
        self.messages = MemoryMessages(keep=keep)
        """Stays empty without telemetry."""
        self._telemetry = telemetry
        self.clock = Clock(lambda: EPOCH_UTC_MS + round(1000.0 * loop.time()), suspended_s=lambda: 0.0)
        self.pool: LinkPool | None = None
        if seam == "bytes":
            memory = MemorySeam()
            mount_on_memory(self.simulated, memory)
            self.pool = LinkPool(memory)
        tokens = random.Random(f"{seed}/tokens")  # noqa: S311 - a simulated section keeps no secrets
        self._publisher = section_publisher(self.plant, boot=boot, kind="sim", random_bytes=tokens.randbytes)
        self._journal = Journal(self.storage)
        self.cycles: Mapping[str, ScanCycle] = {cell.name: self._cycle(cell, boot) for cell in self.plant.cells}
        self.section = Section(
            self.plant,
            tuple(self.cycles.values()),
            clock=self.clock,
            journal=self._journal,
            messages=self.messages if telemetry else None,
            publisher=self._publisher,
            pool=self.pool,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._asked = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._journal.start()
        if self._telemetry:
            self.messages.start()
            self.messages.publish(*self._publisher.online())
            self._tasks.append(loop.create_task(self._tick()))
        if self.pool is not None:
            self.pool.start()
        start_s = loop.time() + FIRST_SCAN_AFTER_S
        for place, cycle in enumerate(self.cycles.values()):
            phase_s = cycle.plan.control.scan_period_s * place / len(self.cycles)
            self._tasks.append(loop.create_task(cycle.run(start_s=start_s + phase_s)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.pool is not None:
            await self.pool.close()
        if self._telemetry:
            self.messages.publish(*self._publisher.offline())
            await self.messages.close()
        await self._journal.close()

    async def run(self, seconds: float) -> None:
        """Let time pass. Raises whatever ended a scan cycle."""
        done, _ = await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def command(
        self,
        cell: str,
        verb: Verb | str,
        value: float | None = None,
        *,
        text: str = "",
        reason: str = "",
        actor: str = "operator",
    ) -> Verdict:
        """What a person at the command socket would ask, and the answer once it is on the record."""
        self._asked += 1
        request = Request(f"closed-loop-{self._asked}", Verb(verb), actor, value, text, reason)
        return await self.section.handle(cell, request)

    async def arm(self, cell: str) -> None:
        """Wait until every device is ready and arm. Raises NotAccepted with the reasons if that does not succeed."""
        until_s = self.clock.time_s() + READY_WITHIN_S
        cycle = self.cycles[cell]
        while not (cycle.devices and all(device.ready for device in cycle.devices)):
            if self.clock.time_s() >= until_s:
                missing = [f"{device.name} ({device.reason})" for device in cycle.devices if not device.ready]
                raise NotAccepted(f"{cell}: not ready: {', '.join(missing) or 'never scanned'}")
            await self.run(cycle.plan.control.scan_period_s)
        await self.ask(cell, Verb.ARM)

    async def automatic(self, cell: str) -> None:
        """Arm and go to AUTOMATIC."""
        await self.arm(cell)
        await self.ask(cell, Verb.MODE, text="AUTOMATIC")

    async def ask(self, cell: str, verb: Verb | str, value: float | None = None, *, text: str = "") -> Verdict:
        """As ``command``, for what must be accepted. Raises NotAccepted."""
        verdict = await self.command(cell, verb, value, text=text)
        if not verdict.accepted:
            raise NotAccepted(f"{cell} {verdict.request.verb.value}: {verdict.code}: {verdict.message}")
        return verdict

    def snapshot(self, cell: str) -> Snapshot:
        """The newest one. Raises LookupError before the first scan."""
        snapshot = self.cycles[cell].snapshot
        if snapshot is None:
            raise LookupError(f"{cell} has not been scanned yet")
        return snapshot

    def trend(self, cell: str, tag: str) -> list[float | str | None]:
        """One tag's values as the journal holds them, oldest first; None where the value was BAD."""
        place = [known.name for known in self.cycles[cell].record.tags].index(tag)
        return [row.values[place] for row in self.storage.scans if row.cell == cell]

    async def _tick(self) -> None:
        while True:
            self.section.tick()
            await asyncio.sleep(TICK_S)

    def _cycle(self, cell: CellPlan, boot: str) -> ScanCycle:
        record = CellRecord(cell)
        record.attach(self._journal, self.messages if self._telemetry else None, self._publisher.topics, boot)
        port: ProcessPort
        if self.pool is not None:
            port = FieldIO(cell, self.pool, scan_period_s=self.plant.scan_period_s)
        else:
            port = DirectIO(self.simulated.cells[cell.name])
        return ScanCycle(cell, port, record, self.clock)
