"""What the journal keeps: the row of one scan and the event that happened between two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

GOOD, UNCERTAIN, BAD = 0, 1, 2
"""The bytes of ``ScanRow.qualities``."""

Value = float | str | None


class ScanRow(Protocol):
    """One scan of one cell. ``values`` and ``qualities`` are aligned with the columns the journal was opened with;
    ``time_s`` is monotonic, ``utc_ms`` a label."""

    @property
    def cell(self) -> str: ...
    @property
    def scan(self) -> int: ...
    @property
    def time_s(self) -> float: ...
    @property
    def utc_ms(self) -> int: ...
    @property
    def values(self) -> tuple[Value, ...]: ...
    @property
    def qualities(self) -> bytes: ...


class Scan(NamedTuple):
    """The plainest ``ScanRow``."""

    cell: str
    scan: int
    time_s: float
    utc_ms: int
    values: tuple[Value, ...]
    qualities: bytes


class JournalEvent(NamedTuple):
    """Something to be recorded for good. ``payload`` holds what JSON can hold; ``cell`` is empty for the section."""

    kind: str
    cell: str
    time_s: float
    utc_ms: int
    payload: Mapping[str, Any]


class RecordedEvent(NamedTuple):
    """An event on stable storage. ``number`` grows by one per event of a journal, across restarts; after a torn write
    it skips a few, so that no number is ever given to two events."""

    number: int
    boot: str
    time_s: float
    utc_ms: int
    kind: str
    cell: str
    payload: Mapping[str, Any]


class Gap(NamedTuple):
    """Scans of a cell that were not stored, and why; a reader must never mistake a gap for a standstill."""

    cell: str
    first_scan: int
    last_scan: int
    scans: int
    reason: str
