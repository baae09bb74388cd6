"""The storage seam: files on a disk, or lists in memory for virtual time."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from controller.journal.event_file import EventFile, EventsNotStored
from controller.journal.lock import JournalLock
from controller.journal.row import Gap, JournalEvent, RecordedEvent, ScanRow
from controller.journal.trends import TrendStore


class JournalStorage(Protocol):
    """Called from one thread at a time. ``inline`` says that it never blocks, so that no thread is needed."""

    @property
    def inline(self) -> bool: ...
    @property
    def notes(self) -> tuple[str, ...]:
        """What was not as it should be at opening, a plain sentence each."""
        ...

    def write_events(self, events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        """Returns when all are durable. Raises EventsNotStored; the same events must then be offered again first."""
        ...

    def write_scans(self, rows: Sequence[ScanRow], gaps: Sequence[Gap]) -> int:
        """All or none; returns how many rows were stored, those that do not fit their cell's tags being noted as gaps.
        Raises whatever the store raises."""
        ...

    def close(self) -> None: ...


class FileStorage:
    inline = False

    def __init__(self, directory: Path, cells: Mapping[str, Sequence[str]], *, boot: str) -> None:
        """Raises JournalBusy, JournalTooNew, TrendsTooNew, OSError, sqlite3.Error, ValueError (tag names)."""
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = JournalLock(directory)
        try:
            self._events = EventFile(directory, boot=boot)
            self._trends = TrendStore(directory, cells, boot=boot)
        except BaseException:
            self._lock.release()
            raise
        self.notes = self._events.recovery.notes + self._trends.notes

    def write_events(self, events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        return self._events.append(events)

    def write_scans(self, rows: Sequence[ScanRow], gaps: Sequence[Gap]) -> int:
        return self._trends.write(rows, gaps)

    def close(self) -> None:
        try:
            self._events.close()
            self._trends.close()
        finally:
            self._lock.release()


class MemoryStorage:
    """Keeps the newest of each; ``events_fail`` and ``scans_fail``, where set, are the reason why nothing is stored."""

    inline = True
    notes: tuple[str, ...] = ()

    def __init__(self, *, boot: str = "memory", keep: int = 100_000) -> None:
        self.events: deque[RecordedEvent] = deque(maxlen=keep)
        self.scans: deque[ScanRow] = deque(maxlen=keep)
        self.gaps: deque[Gap] = deque(maxlen=keep)
        self.events_fail = ""
        self.scans_fail = ""
        self._boot = boot
        self._number = 0

    def write_events(self, events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        if self.events_fail:
            raise EventsNotStored(self.events_fail)
        recorded = [
            RecordedEvent(self._number + i, self._boot, e.time_s, e.utc_ms, e.kind, e.cell, e.payload)
            for i, e in enumerate(events, 1)
        ]
        self._number += len(events)
        self.events.extend(recorded)
        return recorded

    def write_scans(self, rows: Sequence[ScanRow], gaps: Sequence[Gap]) -> int:
        if self.scans_fail:
            raise OSError(self.scans_fail)
        self.scans.extend(rows)
        self.gaps.extend(gaps)
        return len(rows)

    def close(self) -> None:
        """Nothing to give back."""
