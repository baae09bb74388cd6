from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.journal.event_file import EventFile, EventsNotStored, segments
from controller.journal.reader import read_events
from controller.journal.record import Damage
from controller.journal.row import JournalEvent, RecordedEvent


def event(text: str) -> JournalEvent:
    return JournalEvent("note", "ce1", 1.5, 1000, {"text": text})


def texts(directory: Path) -> list[str]:
    return [item.payload["text"] for item in read_events(directory) if isinstance(item, RecordedEvent)]


def damages(directory: Path) -> list[Damage]:
    return [item for item in read_events(directory) if isinstance(item, Damage)]


def write(directory: Path, *names: str, boot: str = "b1") -> list[int]:
    file = EventFile(directory, boot=boot)
    numbers = [recorded.number for name in names for recorded in file.append([event(name)])]
    file.close()
    return numbers


def test_numbers_go_on_across_restarts_and_every_start_has_its_own_segment(tmp_path: Path) -> None:
    assert write(tmp_path, "a", "b") == [1, 2]
    assert write(tmp_path, "c", boot="b2") == [3]
    assert EventFile(tmp_path, boot="b3").recovery == (3, ())
    assert [(item.number, item.boot) for item in read_events(tmp_path) if isinstance(item, RecordedEvent)] == [
        (1, "b1"),
        (2, "b1"),
        (3, "b2"),
    ]
    assert [path.name for path in segments(tmp_path)] == ["events-00000001.log", "events-00000002.log"]


@given(data=st.data())
def test_a_torn_tail_is_put_aside_reported_and_its_numbers_are_not_given_away(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("journal")
    write(directory, "a", "b")
    path = segments(directory)[0]
    whole = path.read_bytes()
    second = whole.index(b"\n") + 1
    cut = data.draw(st.integers(second + 1, len(whole) - 1))
    os.truncate(path, cut)
    file = EventFile(directory, boot="b2")
    (note,) = file.recovery.notes
    assert "torn tail" in note
    assert path.read_bytes() == whole[:second]
    (aside,) = directory.glob("*.torn-*")
    assert aside.read_bytes() == whole[second:cut]
    # Opened again before anything was written: the numbers are still not given away.
    (recorded,) = EventFile(directory, boot="b3").append([event("c")])
    assert recorded.number > 2
    assert texts(directory) == ["a", "c"]
    assert len(damages(directory)) == 1, "the missing number is told"


def test_damage_before_whole_records_is_left_where_it_is_and_told(tmp_path: Path) -> None:
    write(tmp_path, "a", "b", "c")
    path = segments(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[data.index(b'"b"')] ^= 4
    path.write_bytes(data)
    file = EventFile(tmp_path, boot="b2")
    (note,) = file.recovery.notes
    assert "left as it is" in note
    assert path.read_bytes() == data
    (recorded,) = file.append([event("d")])
    assert recorded.number > 3
    assert texts(tmp_path) == ["a", "c", "d"]
    assert damages(tmp_path)[0].reason == "the checksum does not fit"


@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 7)), max_size=4), cut=st.integers(0, 10_000))
def test_whatever_happened_to_the_file_opening_it_works_and_numbers_only_grow(
    flips: list[tuple[int, int]], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("journal")
    write(directory, "a", "b", "c")
    path = segments(directory)[0]
    data = bytearray(path.read_bytes())
    for at, bit in flips:
        data[at % len(data)] ^= 1 << bit
    del data[cut:]
    path.write_bytes(data)
    file = EventFile(directory, boot="b2")
    file.append([event("d")])
    file.close()
    found = texts(directory)
    assert found[-1] == "d"
    assert [text for text in found if text not in "abcd"] == []
    assert found == sorted(found)
    numbers = [item.number for item in read_events(directory) if isinstance(item, RecordedEvent)]
    assert numbers == sorted(set(numbers))


class Disk:
    """Says no to the calls it is told to."""

    def __init__(self) -> None:
        self.failing_syncs = 0
        self.room = 1 << 30

    def sync(self, fd: int) -> None:
        if self.failing_syncs:
            self.failing_syncs -= 1
            raise OSError(errno.EIO, "Input/output error")
        os.fdatasync(fd)

    def write(self, fd: int, data: memoryview) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = os.write(fd, data[: self.room])
        self.room -= written
        return written


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def file(tmp_path: Path, disk: Disk) -> EventFile:
    return EventFile(tmp_path, boot="b1", write=disk.write, sync=disk.sync)


def test_a_segment_whose_sync_failed_is_never_used_again(tmp_path: Path, disk: Disk, file: EventFile) -> None:
    file.append([event("a")])
    disk.failing_syncs = 1
    (recorded,) = file.append([event("b")])
    file.append([event("c")])
    assert recorded.number == 2
    assert texts(tmp_path) == ["a", "b", "c"]
    assert file.failures == 1
    first, second = segments(tmp_path)
    assert b'"b"' not in first.read_bytes()
    assert second.read_bytes().count(b"\n") == 2


def test_a_batch_that_reached_the_failed_segment_after_all_is_read_once(
    tmp_path: Path, disk: Disk, file: EventFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.append([event("a")])
    monkeypatch.setattr(os, "ftruncate", _refuse)
    disk.failing_syncs = 1
    file.append([event("b"), event("c")])
    assert b'"b"' in segments(tmp_path)[0].read_bytes()
    assert texts(tmp_path) == ["a", "b", "c"]
    assert damages(tmp_path) == []


def _refuse(fd: int, length: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path: Path, disk: Disk, file: EventFile) -> None:
    file.append([event("a")])
    disk.room = 30
    for _ in range(3):
        with pytest.raises(EventsNotStored, match="No space left"):
            file.append([event("b")])
    assert texts(tmp_path) == ["a"]
    assert len(segments(tmp_path)) == 1, "no row of empty segments"
    disk.room = 1 << 20
    (recorded,) = file.append([event("b")])
    assert recorded.number == 2
    assert texts(tmp_path) == ["a", "b"]
    assert damages(tmp_path) == []


def test_a_short_write_is_continued(tmp_path: Path) -> None:
    def grudging(fd: int, data: memoryview) -> int:
        return os.write(fd, data[:7])

    EventFile(tmp_path, boot="b1", write=grudging).append([event("a"), event("b")])
    assert texts(tmp_path) == ["a", "b"]


def test_a_full_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    file = EventFile(tmp_path, boot="b1", segment_bytes=400)
    for number in range(10):
        file.append([event(str(number))])
    assert len(segments(tmp_path)) > 2
    assert max(path.stat().st_size for path in segments(tmp_path)) <= 400
    assert texts(tmp_path) == [str(number) for number in range(10)]
    assert damages(tmp_path) == []


def test_durable_means_synced_before_it_is_said(tmp_path: Path) -> None:
    order: list[str] = []

    def write(fd: int, data: memoryview) -> int:
        order.append("write")
        return os.write(fd, data)

    def sync(fd: int) -> None:
        order.append("sync")
        os.fdatasync(fd)

    file = EventFile(tmp_path, boot="b1", write=write, sync=sync)
    file.append([event("a"), event("b")])
    order.append("said")
    assert order == ["write", "sync", "said"]
