from __future__ import annotations

from pathlib import Path

from controller.cell_record import CHECKPOINT
from controller.journal.event_file import EventFile, segments
from controller.journal.row import JournalEvent
from controller.restored_books import newest_checkpoints

CELLS = frozenset({"ce1", "prnd1"})


def write(folder: Path, *entries: tuple[str, str, int]) -> None:
    file = EventFile(folder, boot="boot")
    file.append([JournalEvent(kind, cell, 1.0, 2, {"number": number}) for kind, cell, number in entries])
    file.close()


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    assert newest_checkpoints(tmp_path / "none", CELLS) == {}
    assert newest_checkpoints(tmp_path, CELLS) == {}


def test_the_newest_of_each_cell_counts_and_other_events_do_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        (CHECKPOINT, "ce1", 1),
        (CHECKPOINT, "prnd1", 2),
        (CHECKPOINT, "ce1", 3),
        ("note", "ce1", 4),
        (CHECKPOINT, "stranger", 5),
    )
    assert newest_checkpoints(tmp_path, CELLS) == {"ce1": {"number": 3}, "prnd1": {"number": 2}}


def test_damage_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, (CHECKPOINT, "ce1", 1), (CHECKPOINT, "ce1", 2), (CHECKPOINT, "ce1", 3))
    (path,) = segments(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-1].replace(b"checkpoint", b"chEckpoint")
    path.write_bytes(b"".join(lines) + b"d1 000000")
    assert newest_checkpoints(tmp_path, CELLS) == {"ce1": {"number": 2}}


def test_a_file_that_cannot_be_read_costs_the_books_and_not_the_start(tmp_path: Path) -> None:
    write(tmp_path, (CHECKPOINT, "ce1", 1))
    (path,) = segments(tmp_path)
    path.unlink()
    path.mkdir()
    assert segments(tmp_path) == [path]
    assert newest_checkpoints(tmp_path, CELLS) == {}
