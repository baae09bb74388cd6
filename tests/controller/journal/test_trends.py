from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.journal.reader import StoredScan, TrendReader
from controller.journal.row import BAD, GOOD, UNCERTAIN, Gap, Scan, Value
from controller.journal.trends import TrendsTooNew, TrendStore

TAGS = ("cell_voltage_v", "line_current_a", "mode")


def row(scan: int, *values: Value, cell: str = "ce1", qualities: bytes | None = None) -> Scan:
    return Scan(cell, scan, float(scan), 1_000 * scan, values, qualities or bytes(len(values)))


def stored(directory: Path, cell: str = "ce1") -> list[StoredScan]:
    with closing(TrendReader(directory)) as reader:
        return list(reader.scans(cell))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrendStore]:
    store = TrendStore(tmp_path, {"ce1": TAGS, "ce2": ("a",)}, boot="b1")
    yield store
    store.close()


def test_numbers_texts_and_qualities_come_back_as_they_were(store: TrendStore, tmp_path: Path) -> None:
    assert (
        store.write(
            [row(1, 7.25, 25_000, "AUTOMATIC", qualities=bytes((GOOD, UNCERTAIN, GOOD))), row(1, 3.0, cell="ce2")]
        )
        == 2
    )
    (scan,) = stored(tmp_path)
    assert scan.values == {"cell_voltage_v": 7.25, "line_current_a": 25_000, "mode": "AUTOMATIC"}
    assert scan.qualities == {"cell_voltage_v": GOOD, "line_current_a": UNCERTAIN, "mode": GOOD}
    assert (scan.boot, scan.cell, scan.scan, scan.time_s, scan.utc_ms) == ("b1", "ce1", 1, 1.0, 1_000)
    assert [found.values for found in stored(tmp_path, "ce2")] == [{"a": 3.0}]
    assert stored(tmp_path, "nobody") == []


def test_numbers_that_look_like_text_stay_text(store: TrendStore, tmp_path: Path) -> None:
    store.write([row(1, 1.0, 2.0, "007")])
    assert stored(tmp_path)[0].values["mode"] == "007"


@given(values=st.lists(st.floats() | st.none(), min_size=3, max_size=3))
def test_no_nan_and_no_infinity_is_ever_stored(
    values: list[float | None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("trends")
    store = TrendStore(directory, {"ce1": TAGS}, boot="b1")
    store.write([row(1, *values)])
    store.close()
    (scan,) = stored(directory)
    for tag, value in zip(TAGS, values, strict=True):
        if value is not None and abs(value) < float("inf"):
            assert scan.values[tag] == value
            assert scan.qualities[tag] == GOOD
        else:
            assert scan.values[tag] is None
            assert scan.qualities[tag] == (BAD if value is not None else GOOD)


def test_a_registry_that_changes_loses_nothing(tmp_path: Path) -> None:
    old = TrendStore(tmp_path, {"ce1": ("a", "b")}, boot="b1")
    old.write([row(1, 1.0, 2.0, qualities=bytes((GOOD, BAD)))])
    old.close()
    new = TrendStore(tmp_path, {"ce1": ("c", "a")}, boot="b2")
    new.write([row(1, 3.0, 4.0, qualities=bytes((UNCERTAIN, GOOD)))])
    new.close()
    first, second = stored(tmp_path)
    assert (first.boot, first.values, first.qualities) == ("b1", {"a": 1.0, "b": 2.0}, {"a": GOOD, "b": BAD})
    assert (second.boot, second.values, second.qualities) == ("b2", {"c": 3.0, "a": 4.0}, {"c": UNCERTAIN, "a": GOOD})


def test_a_row_that_does_not_fit_is_a_gap_and_costs_the_others_nothing(store: TrendStore, tmp_path: Path) -> None:
    assert store.write([row(1, 1.0), row(2, 1.0, 2.0, "HOLD"), row(1, 5.0, cell="ce9")]) == 1
    assert [scan.scan for scan in stored(tmp_path)] == [2]
    with closing(TrendReader(tmp_path)) as reader:
        (gap,) = reader.gaps("ce1")
        assert reader.cells() == ["ce1", "ce2"]
    assert (gap.first_scan, gap.last_scan, gap.scans) == (1, 1, 1)


def test_a_gap_is_kept_with_its_reason(store: TrendStore, tmp_path: Path) -> None:
    gap = Gap("ce1", 5, 9, 5, "the disk was full")
    store.write([row(10, 1.0, 2.0, "HOLD")], [gap])
    with closing(TrendReader(tmp_path)) as reader:
        assert reader.gaps("ce1") == [gap]
        assert reader.gaps("ce2") == []


def test_a_batch_that_fails_leaves_nothing_of_itself(store: TrendStore, tmp_path: Path) -> None:
    with pytest.raises((sqlite3.Error, OverflowError)):
        store.write([row(1, 1.0, 2.0, "HOLD"), row(2, 1.0, 1 << 70, "HOLD")])
    assert stored(tmp_path) == []
    store.write([row(3, 1.0, 2.0, "HOLD")])
    assert [scan.scan for scan in stored(tmp_path)] == [3]


def test_a_span_of_time_can_be_asked_for(store: TrendStore, tmp_path: Path) -> None:
    store.write([row(scan, 1.0, 2.0, "HOLD") for scan in range(10)])
    with closing(TrendReader(tmp_path)) as reader:
        assert [scan.scan for scan in reader.scans("ce1", since_utc_ms=3_000, until_utc_ms=5_000)] == [3, 4, 5]


def test_the_oldest_rows_go_when_there_are_too_many(tmp_path: Path) -> None:
    store = TrendStore(tmp_path, {"ce1": ("a",)}, boot="b1", keep_rows=100)
    for begin in range(0, 1200, 100):
        store.write([row(scan, 1.0) for scan in range(begin, begin + 100)])
    store.close()
    assert [scan.scan for scan in stored(tmp_path)] == list(range(1100, 1200))


def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    TrendStore(tmp_path, {"ce1": TAGS}, boot="b1").close()
    with closing(sqlite3.connect(tmp_path / "trends.sqlite")) as database:
        database.execute("PRAGMA user_version=99")
    with pytest.raises(TrendsTooNew, match="99"):
        TrendStore(tmp_path, {"ce1": TAGS}, boot="b2")
    with pytest.raises(TrendsTooNew, match="99"):
        TrendReader(tmp_path)
    assert (tmp_path / "trends.sqlite").exists()


def test_a_file_that_is_no_database_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "trends.sqlite").write_bytes(b"not a database at all" * 100)
    store = TrendStore(tmp_path, {"ce1": TAGS}, boot="b1")
    (note,) = store.notes
    assert "put aside" in note
    store.write([row(1, 1.0, 2.0, "HOLD")])
    store.close()
    (aside,) = tmp_path.glob("trends.sqlite.damaged-*")
    assert aside.read_bytes().startswith(b"not a database")
    assert len(stored(tmp_path)) == 1


@pytest.mark.parametrize("columns", [("a", "A"), ("_id",), ('a"b',), ("",), ("a b",)])
def test_a_tag_that_cannot_be_a_column_is_refused(columns: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be a trend column"):
        TrendStore(tmp_path, {"ce1": columns}, boot="b1")


def test_the_reader_sees_what_is_committed_while_the_writer_goes_on(store: TrendStore, tmp_path: Path) -> None:
    store.write([row(1, 1.0, 2.0, "HOLD")])
    with closing(TrendReader(tmp_path)) as reader:
        assert len(list(reader.scans("ce1"))) == 1
        store.write([row(2, 1.0, 2.0, "HOLD")])
        assert len(list(reader.scans("ce1"))) == 2
