"""The journal opened read-only, while a daemon writes it or long after."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from controller.journal.event_file import segments
from controller.journal.record import Damage, read_records
from controller.journal.row import Gap, RecordedEvent, Value
from controller.journal.trends import FILE_NAME, check_version, table_name
from controller.journal.writer import MOST_PENDING_EVENTS


class StoredScan(NamedTuple):
    """``values`` and ``qualities`` by tag name, those of the registry at that time."""

    boot: str
    cell: str
    scan: int
    time_s: float
    utc_ms: int
    values: Mapping[str, Value]
    qualities: Mapping[str, int]


def read_events(directory: Path) -> Iterator[RecordedEvent | Damage]:
    """Every event in order, each once; ``Damage`` wherever something is missing. Raises OSError, JournalTooNew.

    While a daemon writes, the last item may be a ``Damage``: a record of which only a part is in the file yet.
    """
    recent: deque[RecordedEvent] = deque(maxlen=MOST_PENDING_EVENTS)
    for path in segments(directory):
        for item in read_records(path.read_bytes(), path.name):
            if isinstance(item, Damage):
                yield item
                continue
            if recent and item.number != recent[-1].number + 1:
                if item in recent:
                    # A batch whose sync failed was written again in the next segment.
                    continue
                yield Damage(path.name, 0, 0, f"number {item.number} follows {recent[-1].number}")
            recent.append(item)
            yield item


class TrendReader:
    """Read-only; close it when done. Raises sqlite3.Error or TrendsTooNew where there is nothing to read."""

    def __init__(self, directory: Path) -> None:
        path = directory / FILE_NAME
        self._database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
        try:
            check_version(self._database, path)
            self._layouts = {
                key: tuple(json.loads(columns))
                for key, columns in self._database.execute("SELECT id, columns FROM layout")
            }
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        self._database.close()

    def cells(self) -> list[str]:
        return [cell for (cell,) in self._database.execute("SELECT DISTINCT cell FROM layout ORDER BY cell")]

    def scans(
        self, cell: str, *, since_utc_ms: int | None = None, until_utc_ms: int | None = None
    ) -> Iterator[StoredScan]:
        """In the order written; the bounds are inclusive."""
        if cell not in self.cells():
            return
        table = table_name(cell)
        cursor = self._database.execute(
            f"SELECT run.boot, row.* FROM {table} AS row JOIN run ON run.id = row._run "  # noqa: S608 - known name
            "WHERE row._utc_ms BETWEEN ? AND ? ORDER BY row._id",
            (
                since_utc_ms if since_utc_ms is not None else -(1 << 62),
                until_utc_ms if until_utc_ms is not None else 1 << 62,
            ),
        )
        place = {column[0]: i for i, column in enumerate(cursor.description)}
        for row in cursor:
            columns = self._layouts.get(row[place["_layout"]]) or self._layout(row[place["_layout"]])
            yield StoredScan(
                boot=row[0],
                cell=cell,
                scan=row[place["_scan"]],
                time_s=row[place["_time_s"]],
                utc_ms=row[place["_utc_ms"]],
                values={name: row[place[name]] for name in columns},
                qualities=dict(zip(columns, row[place["_quality"]], strict=True)),
            )

    def gaps(self, cell: str) -> list[Gap]:
        rows = self._database.execute(
            "SELECT cell, first_scan, last_scan, scans, reason FROM gap WHERE cell = ? ORDER BY rowid", (cell,)
        )
        return [Gap(*row) for row in rows]

    def _layout(self, key: int) -> tuple[str, ...]:
        """One that a daemon added after this reader was opened."""
        (columns,) = self._database.execute("SELECT columns FROM layout WHERE id = ?", (key,)).fetchone()
        self._layouts[key] = tuple(json.loads(columns))
        return self._layouts[key]
