"""The append-only event file: what was acknowledged is on stable storage.

The file is a row of segments, ``events-00000001.log`` and so on, one begun at every start of the daemon, at every
failure and when one grows full. A segment whose write or sync failed is never written again and a second sync is never
believed (Linux may mark lost pages clean, and then say yes): the batch goes whole into a new segment.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from controller.journal.record import Damage, encode_record, read_records
from controller.journal.row import JournalEvent, RecordedEvent

SEGMENT_BYTES = 16 << 20


class EventsNotStored(Exception):
    """The batch is not on stable storage; it may be tried again, whole and in the same order."""


class Recovery(NamedTuple):
    """What was found at opening. ``notes`` holds a plain sentence for each thing that was not as it should be."""

    last_number: int
    notes: tuple[str, ...]


def segments(directory: Path) -> list[Path]:
    """All event segments, oldest first."""
    return sorted(directory.glob("events-????????.log"))


class EventFile:
    """Opened for one writer, which must hold the journal's lock. Used from one thread at a time."""

    def __init__(
        self,
        directory: Path,
        *,
        boot: str,
        segment_bytes: int = SEGMENT_BYTES,
        write: Callable[[int, memoryview], int] = os.write,
        sync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        """Raises OSError where the directory cannot be read, JournalTooNew where a later version wrote it."""
        self.failures = 0
        self._directory = directory
        self._boot = boot
        self._segment_bytes = segment_bytes
        self._write = write
        self._sync = sync
        self._fd: int | None = None
        self._path: Path | None = None
        self._size = 0
        self.recovery = _recover(directory)
        self._next_number = self.recovery.last_number + 1
        existing = segments(directory)
        self._next_segment = int(existing[-1].stem.rpartition("-")[2]) + 1 if existing else 1

    def append(self, events: Sequence[JournalEvent]) -> list[RecordedEvent]:
        """Write and sync one batch; returns only when it is durable. Raises EventsNotStored."""
        first = self._next_number
        data = b"".join(encode_record(first + i, self._boot, event) for i, event in enumerate(events))
        if self._fd is not None and self._size and self._size + len(data) > self._segment_bytes:
            self._close_segment()
        try:
            try:
                self._store(data)
            except OSError:
                self._abandon_segment()
                self._store(data)
        except OSError as error:
            self._abandon_segment()
            raise EventsNotStored(error.strerror or str(error)) from error
        self._next_number += len(events)
        return [
            RecordedEvent(first + i, self._boot, e.time_s, e.utc_ms, e.kind, e.cell, e.payload)
            for i, e in enumerate(events)
        ]

    def close(self) -> None:
        if self._fd is not None:
            self._close_segment()

    def _store(self, data: bytes) -> None:
        fd = self._fd if self._fd is not None else self._begin_segment()
        rest = memoryview(data)
        while rest:
            rest = rest[self._write(fd, rest) :]
        self._sync(fd)
        self._size += len(data)

    def _begin_segment(self) -> int:
        path = self._directory / f"events-{self._next_segment:08d}.log"
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._fd, self._path, self._size = fd, path, 0
        self._next_segment += 1
        sync_directory(self._directory)
        return fd

    def _close_segment(self) -> None:
        fd, self._fd = self._fd, None
        assert fd is not None
        os.close(fd)

    def _abandon_segment(self) -> None:
        """Cut off what was not acknowledged, as far as the disk still obeys; the readers cope where it does not."""
        self.failures += 1
        if self._fd is None:
            return
        assert self._path is not None
        with contextlib.suppress(OSError):
            os.ftruncate(self._fd, self._size)
        with contextlib.suppress(OSError):
            self._close_segment()
        if self._size == 0:
            with contextlib.suppress(OSError):
                self._path.unlink()


def sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _recover(directory: Path) -> Recovery:
    """Find the last number, and put the torn tail of the newest segment aside."""
    notes: list[str] = []
    spoilt = 0
    for path in reversed(segments(directory)):
        data = path.read_bytes()
        numbers = [0]
        for item in read_records(data, path.name):
            if isinstance(item, RecordedEvent):
                numbers.append(item.number)
            elif item.offset + item.length == len(data):
                notes.append(_put_aside(path, data, item.offset))
            else:
                notes.append(_leave(item))
                spoilt += data.count(b"\n", item.offset, item.offset + item.length) + 1
        # What was put aside, now or at an earlier start, may have been acknowledged under numbers nobody can read any
        # more; they are not given away again.
        for aside in directory.glob(f"{path.name}.torn-*"):
            spoilt += aside.read_bytes().count(b"\n") + 1
        if len(numbers) > 1:
            return Recovery(max(numbers) + spoilt, tuple(notes))
    return Recovery(spoilt, tuple(notes))


def _leave(damage: Damage) -> str:
    return (
        f"{damage.file}: {damage.length} damaged bytes at offset {damage.offset} ({damage.reason}); "
        "the records behind them are whole, the file is left as it is"
    )


def _put_aside(path: Path, data: bytes, offset: int) -> str:
    what = f"{path.name}: a torn tail of {len(data) - offset} bytes at offset {offset}"
    aside = path.with_name(f"{path.name}.torn-{offset}")
    try:
        with aside.open("wb") as file:
            file.write(data[offset:])
            file.flush()
            os.fsync(file.fileno())
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(fd, offset)
            os.fsync(fd)
        finally:
            os.close(fd)
        sync_directory(path.parent)
    except OSError as error:
        return f"{what} stays where it is: {error.strerror or error}"
    return f"{what} was put aside as {aside.name}"
