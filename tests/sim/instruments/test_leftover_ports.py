"""What a killed simulator leaves in the file system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.instruments.pty import PortTaken, forget_leftover


def test_the_link_to_a_pseudo_terminal_is_taken_away_even_where_its_number_is_used_again(tmp_path: Path) -> None:
    master, slave = os.openpty()
    try:
        path = tmp_path / "thermocouples"
        path.symlink_to(os.ttyname(slave))
        forget_leftover(path)
        assert not path.is_symlink()
        forget_leftover(path)
    finally:
        os.close(master)
        os.close(slave)


def test_what_no_simulator_left_stays(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("somebody's notes", encoding="utf-8")
    with pytest.raises(PortTaken):
        forget_leftover(path)
    assert path.exists()
