"""One scan cycle on a hand-made port, with journal and broker in memory; for virtual time."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from controller.cell_record import CellRecord
from controller.clock import Clock
from controller.journal.storage import MemoryStorage
from controller.journal.writer import Journal
from controller.process_image.requests import Request, Verb, Verdict
from controller.scan_cycle import ScanCycle
from controller.section import Section
from controller.telemetry.memory import MemoryMessages
from controller.telemetry.topics import AreaTopics
from tests.support.hand_made_port import HandMadePort
from tests.support.simulated_plants import demo_plant


class OneCell:
    """Its first scan is due at once; ``suspended_s`` is what the host's clocks say."""

    def __init__(self, storage: MemoryStorage | None = None) -> None:
        self.port = HandMadePort()
        self.storage = storage if storage is not None else MemoryStorage()
        self.suspended_s = 0.0
        plant = demo_plant("ce1")
        clock = Clock(lambda: 0, lambda: self.suspended_s)
        messages = MemoryMessages()
        journal = Journal(self.storage)
        journal.start()
        record = CellRecord(plant.cells[0])
        record.attach(journal, messages, AreaTopics("demo", "hall1"), "boot")
        self.cycle = ScanCycle(plant.cells[0], self.port, record, clock)
        self.section = Section(
            plant, [self.cycle], clock=clock, journal=journal, messages=messages, publisher=None, pool=None
        )
        self.messages = messages
        self.journal = journal
        self.task: asyncio.Task[None] | None = None
        self._asked = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self.task = loop.create_task(self.cycle.run(start_s=loop.time() + 0.1))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.task is not None
        self.task.cancel()
        await asyncio.wait([self.task])
        await self.journal.close()

    def request(self, verb: Verb, value: float | None = None, text: str = "") -> Request:
        self._asked += 1
        return Request(f"r{self._asked}", verb, "ann", value, text)

    async def ask(self, verb: Verb, value: float | None = None, text: str = "") -> Verdict:
        return await self.section.handle("ce1", self.request(verb, value, text))

    async def automatic(self) -> None:
        await asyncio.sleep(0.2)
        assert (await self.ask(Verb.ARM)).accepted
        assert (await self.ask(Verb.MODE, text="AUTOMATIC")).accepted
        await asyncio.sleep(0.5)

    def events(self, kind: str) -> list[str]:
        return [str(event.payload.get("message", "")) for event in self.storage.events if event.kind == kind]

    @property
    def mode(self) -> str:
        assert self.cycle.snapshot is not None
        return self.cycle.snapshot.mode.name

    @property
    def armed(self) -> bool:
        assert self.cycle.snapshot is not None
        return self.cycle.snapshot.armed
