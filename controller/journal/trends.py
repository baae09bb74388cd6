"""Scans in SQLite: a table per cell, a column per tag, a row per scan.

Write-ahead log with ``synchronous=NORMAL``: a killed process loses nothing that was committed; against a power cut the
log is synced every few seconds. A registry that changes between two runs adds columns and never removes any; each row
names the layout (order of tags) its quality bytes are in.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from controller.journal.row import BAD, Gap, ScanRow, Value

SCHEMA_VERSION = 1
FILE_NAME = "trends.sqlite"
SYNC_EVERY_S = 4.0
"""Power loss may cost 5 s of trends."""
KEEP_ROWS = 31 * 86_400
"""Per cell: a month at one scan per second, about 1.5 GB for sixty tags; the oldest go first."""
PRUNE_EVERY_ROWS = 600
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


class TrendsTooNew(Exception):
    """Written by a later version of the program."""


class _Cell(NamedTuple):
    table: str
    columns: int
    layout: int
    insert: str


def table_name(cell: str) -> str:
    return '"scan_' + cell.replace('"', '""') + '"'


def check_columns(columns: Sequence[str]) -> None:
    """Raises ValueError for a name that cannot be a column beside the others."""
    seen: set[str] = set()
    for name in columns:
        if not _TAG.fullmatch(name):
            raise ValueError(f"tag {name!r} cannot be a trend column: letters, digits and underscores only")
        if name.lower() in seen:
            raise ValueError(f"tag {name!r} cannot be a trend column: there is another of that name")
        seen.add(name.lower())


class TrendStore:
    """Opened for one writer, which must hold the journal's lock. Used from one thread at a time."""

    def __init__(
        self, directory: Path, cells: Mapping[str, Sequence[str]], *, boot: str, keep_rows: int = KEEP_ROWS
    ) -> None:
        """Raises sqlite3.Error, TrendsTooNew, or ValueError for names that cannot be columns."""
        for columns in cells.values():
            check_columns(columns)
        self.notes: tuple[str, ...] = ()
        self._path = directory / FILE_NAME
        self._keep_rows = keep_rows
        self._until_pruning = PRUNE_EVERY_ROWS
        try:
            self._database = _open(self._path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self.notes = (_put_aside(self._path, error),)
            self._database = _open(self._path)
        try:
            with self._transaction():
                cursor = self._database.execute("INSERT INTO run (boot) VALUES (?)", (boot,))
                self._run = cursor.lastrowid
                self._cells = {cell: self._prepare(cell, tuple(columns)) for cell, columns in cells.items()}
            self._wal_fd = os.open(f"{self._path}-wal", os.O_RDONLY | os.O_CLOEXEC)
        except BaseException:
            self._database.close()
            raise
        self._synced_s = time.monotonic()

    def write(self, rows: Sequence[ScanRow], gaps: Sequence[Gap] = ()) -> int:
        """One transaction for all of them. A row that does not fit its cell's tags is noted as a gap; returns how many
        rows were stored. Raises sqlite3.Error, and then nothing is stored."""
        misfits: list[Gap] = []
        execute = self._database.execute
        with self._transaction():
            for row in rows:
                cell = self._cells.get(row.cell)
                if cell is None or not len(row.values) == len(row.qualities) == cell.columns:
                    misfits.append(Gap(row.cell, row.scan, row.scan, 1, "the row does not fit the tags of its cell"))
                    continue
                values, qualities = _storable(row.values, row.qualities)
                execute(cell.insert, (self._run, cell.layout, row.scan, row.time_s, row.utc_ms, qualities, *values))
            for gap in (*gaps, *misfits):
                execute("INSERT INTO gap VALUES (?, ?, ?, ?, ?, ?)", (self._run, *gap))
            self._until_pruning -= len(rows)
            if self._until_pruning <= 0:
                self._until_pruning = PRUNE_EVERY_ROWS
                self._prune()
        if time.monotonic() - self._synced_s >= SYNC_EVERY_S:
            self.sync()
        return len(rows) - len(misfits)

    def sync(self) -> None:
        """Make all that was committed survive a power cut. Raises OSError."""
        os.fdatasync(self._wal_fd)
        self._synced_s = time.monotonic()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sync()
        with contextlib.suppress(OSError):
            os.close(self._wal_fd)
        self._database.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            # After some errors (a full disk) SQLite has rolled back by itself.
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def _prepare(self, cell: str, columns: tuple[str, ...]) -> _Cell:
        table = table_name(cell)
        self._database.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (_id INTEGER PRIMARY KEY, _run INTEGER NOT NULL, "
            "_layout INTEGER NOT NULL, _scan INTEGER NOT NULL, _time_s REAL NOT NULL, _utc_ms INTEGER NOT NULL, "
            "_quality BLOB NOT NULL)"
        )
        known = {row[1].lower() for row in self._database.execute(f"PRAGMA table_info({table})")}
        for name in columns:
            if name.lower() not in known:
                # No declared type: a number stays a number and a text stays a text.
                self._database.execute(f'ALTER TABLE {table} ADD COLUMN "{name}"')
        names = json.dumps(columns)
        self._database.execute("INSERT OR IGNORE INTO layout (cell, columns) VALUES (?, ?)", (cell, names))
        (layout,) = self._database.execute(
            "SELECT id FROM layout WHERE cell = ? AND columns = ?", (cell, names)
        ).fetchone()
        quoted = "".join(f', "{name}"' for name in columns)
        insert = (
            f"INSERT INTO {table} (_run, _layout, _scan, _time_s, _utc_ms, _quality{quoted}) "  # noqa: S608 - checked names
            f"VALUES ({', '.join('?' * (6 + len(columns)))})"
        )
        return _Cell(table, len(columns), layout, insert)

    def _prune(self) -> None:
        for cell in self._cells.values():
            (newest,) = self._database.execute(f"SELECT max(_id) FROM {cell.table}").fetchone()  # noqa: S608 - checked name
            if newest is not None:
                self._database.execute(f"DELETE FROM {cell.table} WHERE _id <= ?", (newest - self._keep_rows,))  # noqa: S608


def _storable(values: tuple[Value, ...], qualities: bytes) -> tuple[Sequence[Value], bytes]:
    """SQLite would store an infinity as a number and a NaN as nothing; both become nothing, and BAD."""
    wrong = [i for i, value in enumerate(values) if isinstance(value, float) and value - value != 0.0]
    if not wrong:
        return values, qualities
    cleaned, marks = list(values), bytearray(qualities)
    for i in wrong:
        cleaned[i], marks[i] = None, BAD
    return cleaned, bytes(marks)


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        check_version(database, path)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("BEGIN IMMEDIATE")
        database.execute("CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, boot TEXT NOT NULL)")
        database.execute(
            "CREATE TABLE IF NOT EXISTS layout (id INTEGER PRIMARY KEY, cell TEXT NOT NULL, columns TEXT NOT NULL, "
            "UNIQUE (cell, columns))"
        )
        database.execute(
            "CREATE TABLE IF NOT EXISTS gap (run INTEGER NOT NULL, cell TEXT NOT NULL, first_scan INTEGER NOT NULL, "
            "last_scan INTEGER NOT NULL, scans INTEGER NOT NULL, reason TEXT NOT NULL)"
        )
        database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        database.execute("COMMIT")
    except BaseException:
        database.close()
        raise
    return database


def check_version(database: sqlite3.Connection, path: Path) -> None:
    """Raises TrendsTooNew."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise TrendsTooNew(f"{path} has schema version {version}; this program knows {SCHEMA_VERSION}")


def _put_aside(path: Path, error: sqlite3.Error) -> str:
    aside = path.with_name(f"{path.name}.damaged-{time.time_ns() // 1_000_000}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return f"{path.name} is no usable database ({error}); it was put aside as {aside.name} and a new one begun"
