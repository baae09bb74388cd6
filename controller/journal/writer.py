"""The journal as the daemon sees it: nothing here ever makes a scan wait.

One thread writes. Events are synced before their future resolves; scans are committed as they come, those that came
meanwhile in one batch. Where the disk fails, control goes on: event futures fail with ``NotRecorded`` (so that whoever
asked for more energy can be refused), the events themselves stay in memory and are written once a disk takes them.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from controller.journal.event_file import EventsNotStored
from controller.journal.pending import PendingScans
from controller.journal.row import JournalEvent, RecordedEvent, ScanRow
from controller.journal.storage import FileStorage, JournalStorage

MOST_PENDING_SCANS = 1200
MOST_PENDING_EVENTS = 10_000
RETRY_EVENTS_S = 2.0


class NotRecorded(Exception):
    """The event is not on stable storage; the message says why. It is kept in memory where there is room."""


class JournalHealth(NamedTuple):
    events_recorded: int
    events_pending: int
    events_refused: int
    """Not even kept in memory, because too many were waiting."""
    scans_written: int
    scans_pending: int
    scans_dropped: int
    event_failure: str
    """Why the last batch of events could not be stored; empty when it could."""
    scan_failure: str
    busy_s: float
    """How long the writer has been busy with one batch: a stalled disk shows here."""


class _Waiting(NamedTuple):
    event: JournalEvent
    future: asyncio.Future[RecordedEvent] | None


class Journal:
    """``append_scan`` and ``record`` are called from the event loop's thread. ``notes`` tells what recovery found."""

    def __init__(
        self,
        storage: JournalStorage,
        *,
        most_pending_scans: int = MOST_PENDING_SCANS,
        most_pending_events: int = MOST_PENDING_EVENTS,
    ) -> None:
        self.notes = storage.notes
        self._storage = storage
        self._most_events = most_pending_events
        self._lock = threading.Lock()
        self._events: deque[_Waiting] = deque()
        self._scans = PendingScans(most_pending_scans)
        self._unstored: list[_Waiting] = []
        self._retry_at_s = 0.0
        self._wake: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._awake = False
        self._stopping = False
        self._busy_since_s: float | None = None
        self._events_recorded = self._events_refused = self._scans_written = 0
        self._event_failure = self._scan_failure = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ended: asyncio.Future[None] | None = None

    @classmethod
    def open(cls, directory: Path, cells: Mapping[str, Sequence[str]], *, boot: str) -> Journal:
        """On real files; ``cells`` gives each cell's tag names. Raises what ``FileStorage`` raises."""
        return cls(FileStorage(directory, cells, boot=boot))

    @property
    def failure(self) -> str:
        """Why the last batch could not be stored; empty where it could."""
        return self._event_failure or self._scan_failure

    @property
    def busy_s(self) -> float:
        """How long the writer has been busy with one batch."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    @property
    def health(self) -> JournalHealth:
        with self._lock:
            return JournalHealth(
                events_recorded=self._events_recorded,
                events_pending=len(self._events) + len(self._unstored),
                events_refused=self._events_refused,
                scans_written=self._scans_written,
                scans_pending=len(self._scans),
                scans_dropped=self._scans.dropped,
                event_failure=self._event_failure,
                scan_failure=self._scan_failure,
                busy_s=self.busy_s,
            )

    def start(self) -> None:
        """Needs the running loop. An inline storage needs no start."""
        if self._storage.inline or self._thread is not None:
            return
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        # A daemon thread: a disk that hangs for ever must not keep a finished process alive.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append_scan(self, row: ScanRow) -> None:
        """Hand over one scan; never blocks and never raises."""
        with self._lock:
            self._scans.add(row)
        if self._storage.inline:
            self._write_batch()
        else:
            self._wake_up()

    def record(self, event: JournalEvent) -> asyncio.Future[RecordedEvent]:
        """The future resolves when the event is durable, or fails with NotRecorded. It need not be awaited."""
        future: asyncio.Future[RecordedEvent] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_look_at_it)
        with self._lock:
            full = len(self._events) + len(self._unstored) >= self._most_events
            if full:
                self._events_refused += 1
            else:
                self._events.append(_Waiting(event, future))
        if full:
            future.set_exception(NotRecorded(f"{self._most_events} events are waiting for the disk already"))
        elif self._storage.inline:
            self._write_batch()
        else:
            self._wake_up()
        return future

    async def close(self, timeout_s: float = 5.0) -> None:
        """Write what is waiting and let go of the files; gives up on a disk that hangs."""
        self._stopping = True
        if self._thread is not None and self._ended is not None:
            self._wake_up()
            await asyncio.wait([self._ended], timeout=timeout_s)
        else:
            self._write_batch()
            self._storage.close()

    def _wake_up(self) -> None:
        with self._lock:
            if self._awake:
                return
            self._awake = True
        self._wake.put(True)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.get()
            with self._lock:
                self._awake = False
            self._write_batch()
        self._write_batch()
        try:
            self._storage.close()
        finally:
            self._in_loop([], [], ended=True)

    def _write_batch(self) -> None:
        with self._lock:
            events = list(self._events)
            self._events.clear()
            rows, gaps = self._scans.take()
            self._busy_since_s = time.monotonic()
        if events or self._unstored:
            self._write_events(events)
        if rows or gaps:
            try:
                stored = self._storage.write_scans(rows, gaps)
            except Exception as error:
                reason = _plain(error)
                with self._lock:
                    self._scan_failure = reason
                    self._scans.put_back_as_gaps(rows, gaps, reason)
            else:
                with self._lock:
                    self._scan_failure = "" if stored == len(rows) else "a row does not fit the tags of its cell"
                    self._scans_written += stored
        with self._lock:
            self._busy_since_s = None

    def _write_events(self, events: list[_Waiting]) -> None:
        with self._lock:
            self._unstored += events
            batch = list(self._unstored)
        reason = self._event_failure
        if not reason or self._stopping or self._storage.inline or time.monotonic() >= self._retry_at_s:
            try:
                recorded = self._storage.write_events([waiting.event for waiting in batch])
            except Exception as error:
                reason = _plain(error)
                self._retry_at_s = time.monotonic() + RETRY_EVENTS_S
            else:
                with self._lock:
                    self._unstored.clear()
                    self._events_recorded += len(batch)
                    self._event_failure = ""
                self._in_loop(batch, recorded)
                return
        with self._lock:
            self._event_failure = reason
            # Each caller is told once; the event itself stays for the next try.
            self._unstored = [_Waiting(waiting.event, None) for waiting in batch]
        self._in_loop(batch, [], NotRecorded(reason))

    def _in_loop(
        self,
        batch: list[_Waiting],
        recorded: list[RecordedEvent],
        failure: NotRecorded | None = None,
        *,
        ended: bool = False,
    ) -> None:
        if self._loop is None:
            self._resolve(batch, recorded, failure, ended)
        else:
            try:
                self._loop.call_soon_threadsafe(self._resolve, batch, recorded, failure, ended)
            except RuntimeError:
                # The loop was closed while the disk hung: nobody is left to be told.
                return

    def _resolve(
        self,
        batch: list[_Waiting],
        recorded: list[RecordedEvent],
        failure: NotRecorded | None,
        ended: bool,
    ) -> None:
        for i, waiting in enumerate(batch):
            if waiting.future is not None and not waiting.future.done():
                if failure is not None:
                    waiting.future.set_exception(failure)
                else:
                    waiting.future.set_result(recorded[i])
        if ended and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)


def _look_at_it(future: asyncio.Future[RecordedEvent]) -> None:
    if not future.cancelled():
        future.exception()


def _plain(error: Exception) -> str:
    if isinstance(error, EventsNotStored | sqlite3.Error):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"{type(error).__name__}: {error}"
