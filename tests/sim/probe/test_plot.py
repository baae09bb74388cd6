from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from controller.cli import main
from sim.probe.panels import DEFAULT_PANELS, PANELS

DRAWS = importlib.util.find_spec("matplotlib") is not None
WORDS = ["sim", "probe", "prnd_25ka", "--hours", "0.05", "--every", "30"]


def test_without_matplotlib_the_answer_is_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main([*WORDS, "--plot", str(tmp_path / "x.png")]) == 2
    assert "pip install 'didymium[plot]'" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


@pytest.mark.skipif(not DRAWS, reason="the extra [plot] is not installed")
def test_every_panel_can_be_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "all.png"
    assert main([*WORDS, "--plot", str(target), "--panels", ",".join(PANELS)]) == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not DRAWS, reason="the extra [plot] is not installed")
def test_the_same_probe_makes_the_same_picture(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        assert main([*WORDS, "--plot", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.skipif(not DRAWS, reason="the extra [plot] is not installed")
def test_a_wrong_panel_and_a_wrong_place_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--plot", str(tmp_path / "x.png"), "--panels", "beauty"]) == 2
    assert "there are voltage" in capsys.readouterr().err
    assert main([*WORDS, "--plot", str(tmp_path / "nowhere" / "x.png")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_the_usual_panels_exist() -> None:
    assert set(DEFAULT_PANELS) <= set(PANELS)
