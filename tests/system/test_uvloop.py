"""The daemon on the other event loop, its sockets and serial lines included."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.section_processes import no_traceback, section, until

pytest.importorskip("uvloop", reason="optional: pip install 'didymium[fast]'")


def test_it_controls_both_cells_and_ends_in_order(tmp_path: Path) -> None:
    with section(tmp_path, "--loop", "uvloop") as processes:
        processes.run_automatically("ce1", "prnd1")
        scan = processes.status("ce1")["scan"]
        until(lambda: processes.status("ce1")["scan"] >= scan + 6, 10.0, "six scans")
        for cell in ("ce1", "prnd1"):
            status = processes.status(cell)
            assert status["armed"]
            assert processes.not_ready(cell) == {}
        assert processes.daemon.terminate() == 0
        no_traceback(processes.daemon)
