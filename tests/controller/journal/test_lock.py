from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from controller.journal.lock import JournalBusy, JournalLock
from controller.journal.writer import Journal

HOLDER = """
import sys, pathlib
from controller.journal.lock import JournalLock
lock = JournalLock(pathlib.Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_daemon_is_told_who_holds_the_journal(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(JournalBusy, match=f"process {holder.pid}") as caught:
            Journal.open(tmp_path, {"ce1": ("a",)}, boot="b1")
        assert caught.value.pid == holder.pid
        assert caught.value.directory == tmp_path
        holder.kill()
    # The kernel took the lock from the dead process.
    lock = JournalLock(tmp_path)
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    lock.release()


def test_one_process_may_not_hold_it_twice_either(tmp_path: Path) -> None:
    lock = JournalLock(tmp_path)
    with pytest.raises(JournalBusy):
        JournalLock(tmp_path)
    lock.release()
    JournalLock(tmp_path).release()
