from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from controller.journal.event_file import EventsNotStored
from controller.journal.reader import TrendReader, read_events
from controller.journal.row import Gap, JournalEvent, RecordedEvent, Scan, ScanRow
from controller.journal.storage import MemoryStorage
from controller.journal.writer import Journal, NotRecorded
from sim.virtual_time import run_virtual


def row(scan: int, cell: str = "ce1") -> Scan:
    return Scan(cell, scan, float(scan), scan, (1.0,), b"\0")


def event(number: int = 0) -> JournalEvent:
    return JournalEvent("note", "ce1", 1.0, 2, {"i": number})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.002)


class StalledStorage(MemoryStorage):
    """A disk that hangs while ``gate`` is closed; used with the writer thread."""

    inline = False

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.closed = False

    def write_events(self, events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        self.gate.wait()
        return super().write_events(events)

    def write_scans(self, rows: Sequence[ScanRow], gaps: Sequence[Gap]) -> int:
        self.gate.wait()
        return super().write_scans(rows, gaps)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
async def storage() -> AsyncIterator[StalledStorage]:
    storage = StalledStorage()
    yield storage
    storage.gate.set()


async def test_files_hold_what_was_handed_over(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, {"ce1": ("a",)}, boot="b1")
    journal.start()
    journal.append_scan(row(1))
    recorded = await journal.record(event())
    assert recorded.number == 1
    # What was acknowledged is in the file now, not at closing time.
    assert list(read_events(tmp_path)) == [recorded]
    await until(lambda: journal.health.scans_written == 1)
    journal.append_scan(row(2))
    late = journal.record(event(2))
    await journal.close()
    assert late.result().number == 2
    reader = TrendReader(tmp_path)
    assert [scan.scan for scan in reader.scans("ce1")] == [1, 2]
    reader.close()
    Journal.open(tmp_path, {"ce1": ("a",)}, boot="b2")._storage.close()


async def test_a_hanging_disk_holds_nobody_up(storage: StalledStorage) -> None:
    journal = Journal(storage, most_pending_scans=10, most_pending_events=20)
    journal.start()
    await journal.record(event())
    storage.gate.clear()
    first = journal.record(event())
    await until(lambda: journal.health.busy_s > 0.01)
    futures = [journal.record(event(i)) for i in range(30)]
    for scan in range(100):
        journal.append_scan(row(scan))
    await asyncio.sleep(0.01)
    health = journal.health
    assert not first.done()
    assert health.scans_pending <= 10
    assert health.scans_dropped >= 80
    assert health.events_refused > 0
    assert health.events_pending <= 21
    refused = [future for future in futures if future.done()]
    assert len(refused) == health.events_refused
    for future in refused:
        with pytest.raises(NotRecorded, match="waiting for the disk"):
            future.result()
    storage.gate.set()
    kept = [future for future in futures if future not in refused]
    recorded = await asyncio.gather(first, *kept)
    assert [event.number for event in recorded] == list(range(2, 3 + len(kept)))
    await until(lambda: journal.health.scans_written > 0)
    assert sum(gap.scans for gap in storage.gaps) == journal.health.scans_dropped
    assert len(storage.scans) + journal.health.scans_dropped == 100
    await journal.close()
    assert storage.closed


async def test_closing_gives_up_on_a_disk_that_hangs(storage: StalledStorage) -> None:
    journal = Journal(storage)
    journal.start()
    storage.gate.clear()
    waiting = journal.record(event())
    await journal.close(0.05)
    assert not waiting.done()
    storage.gate.set()
    await waiting
    await until(lambda: storage.closed)


async def test_an_event_the_disk_refuses_is_kept_and_written_later() -> None:
    storage = MemoryStorage()
    journal = Journal(storage)
    storage.events_fail = "No space left on device"
    with pytest.raises(NotRecorded, match="No space left"):
        await journal.record(event(1))
    with pytest.raises(NotRecorded):
        await journal.record(event(2))
    assert journal.health.event_failure == "No space left on device"
    assert journal.health.events_pending == 2
    storage.events_fail = ""
    assert (await journal.record(event(3))).number == 3
    assert [stored.payload["i"] for stored in storage.events] == [1, 2, 3]
    assert journal.health.event_failure == ""
    assert journal.health.events_pending == 0


async def test_kept_events_are_bounded_too() -> None:
    storage = MemoryStorage()
    storage.events_fail = "broken"
    journal = Journal(storage, most_pending_events=3)
    for number in range(5):
        with pytest.raises(NotRecorded):
            await journal.record(event(number))
    assert journal.health.events_pending == 3
    assert journal.health.events_refused == 2


async def test_scans_the_store_refuses_become_a_gap() -> None:
    storage = MemoryStorage()
    journal = Journal(storage)
    journal.append_scan(row(1))
    storage.scans_fail = "disk full"
    for scan in (2, 3):
        journal.append_scan(row(scan))
    assert journal.health.scan_failure == "disk full"
    storage.scans_fail = ""
    journal.append_scan(row(4))
    assert [stored.scan for stored in storage.scans] == [1, 4]
    assert list(storage.gaps) == [Gap("ce1", 2, 3, 2, "disk full")]
    assert journal.health.scan_failure == ""
    assert journal.health.scans_dropped == 2


async def test_a_future_nobody_waits_for_any_more_does_no_harm(storage: StalledStorage) -> None:
    journal = Journal(storage)
    journal.start()
    storage.gate.clear()
    journal.record(event(1)).cancel()
    storage.gate.set()
    assert (await journal.record(event(2))).number == 2
    await journal.close()


async def test_a_store_that_raises_anything_at_all_does_not_kill_the_writer(storage: StalledStorage) -> None:
    def broken(events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        raise ZeroDivisionError("surprise")

    journal = Journal(storage)
    journal.start()
    whole = storage.write_events
    storage.write_events = broken  # type: ignore[method-assign]
    with pytest.raises(NotRecorded, match="ZeroDivisionError: surprise"):
        await journal.record(event(1))
    storage.write_events = whole  # type: ignore[method-assign]
    await journal.close()
    assert [stored.payload["i"] for stored in storage.events] == [1]


def test_on_virtual_time_everything_is_inline() -> None:
    async def main() -> tuple[int, int]:
        storage = MemoryStorage()
        journal = Journal(storage)
        journal.start()
        future = journal.record(event())
        assert future.done()
        journal.append_scan(row(1))
        await asyncio.sleep(3600.0)
        await journal.close()
        return (await future).number, len(storage.scans)

    before = threading.active_count()
    assert run_virtual(main()) == (1, 1)
    assert threading.active_count() == before


def test_events_not_stored_is_what_a_storage_says() -> None:
    storage = MemoryStorage()
    storage.events_fail = "x"
    with pytest.raises(EventsNotStored, match="x"):
        storage.write_events([event()])
