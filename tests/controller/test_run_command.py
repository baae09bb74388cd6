"""Which event loop the daemon runs on."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from controller.run_command import COMMAND, LoopMissing, loop_factory
from tests.support.plant_text import DEMO


def typed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    COMMAND.configure(parser)
    return parser.parse_args(words)


def test_asyncio_runs_the_daemon_unless_another_loop_is_asked_for() -> None:
    assert typed("p.toml").loop == "asyncio"
    assert loop_factory("asyncio") is None


def test_a_loop_that_is_not_installed_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    with pytest.raises(LoopMissing):
        loop_factory("uvloop")
    plant = tmp_path / "plant.toml"
    plant.write_text(DEMO, encoding="utf-8")
    assert COMMAND.run(typed(str(plant), "--loop", "uvloop")) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "didymium run: uvloop is not installed: pip install 'didymium[fast]', or leave out --loop\n"
    assert not (tmp_path / "var").exists(), "nothing was begun"


def test_uvloop_makes_the_loop_where_it_is_installed() -> None:
    pytest.importorskip("uvloop", reason="optional: pip install 'didymium[fast]'")
    factory = loop_factory("uvloop")
    assert factory is not None
    loop = factory()
    try:
        assert type(loop).__module__.startswith("uvloop")
    finally:
        loop.close()
