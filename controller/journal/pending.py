"""What waits to be written: bounded, and honest about what did not fit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from controller.journal.row import Gap, ScanRow


class PendingScans:
    """Drops the oldest row when full; what was dropped becomes a ``Gap`` that is stored with the next rows."""

    def __init__(self, most: int) -> None:
        self.dropped = 0
        self._most = most
        self._rows: deque[ScanRow] = deque()
        self._gaps: dict[str, Gap] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: ScanRow) -> None:
        self._rows.append(row)
        if len(self._rows) > self._most:
            self._drop(self._rows.popleft(), "the journal's writer lagged")

    def take(self) -> tuple[list[ScanRow], list[Gap]]:
        rows, gaps = list(self._rows), list(self._gaps.values())
        self._rows.clear()
        self._gaps.clear()
        return rows, gaps

    def put_back_as_gaps(self, rows: Iterable[ScanRow], gaps: Iterable[Gap], reason: str) -> None:
        """After a failed write: the rows are lost, the knowledge of them is not."""
        for gap in gaps:
            self._note(gap)
        for row in rows:
            self._drop(row, reason)

    def _drop(self, row: ScanRow, reason: str) -> None:
        self.dropped += 1
        self._note(Gap(row.cell, row.scan, row.scan, 1, reason))

    def _note(self, gap: Gap) -> None:
        known = self._gaps.get(gap.cell)
        if known is not None:
            first, last = min(known.first_scan, gap.first_scan), max(known.last_scan, gap.last_scan)
            gap = Gap(gap.cell, first, last, known.scans + gap.scans, known.reason)
        self._gaps[gap.cell] = gap
