from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.validate.points import Kind, Outcome, Point, Row
from sim.validate.validate_command import as_json, as_text, exit_code

ROOT = Path(__file__).resolve().parents[3]


def row(passed: bool | None, kind: Kind = "reference", value: float | None = 1.0) -> Row:
    outcome = Outcome(value, passed, "option X absent: why" if passed is None else "more")
    return Row(Point("R0", "quantity, V", "1.0", "±0.1", kind, "somebody 2001", lambda: outcome), outcome)


def test_only_a_failed_reference_point_fails() -> None:
    assert exit_code([row(True), row(None), row(False, "consistency")]) == 0
    assert exit_code([row(True), row(False)]) == 1


def test_json_names_the_missing_option_and_has_no_nan() -> None:
    assert as_json(row(None, value=None))["missing"] == "option X absent: why"
    assert as_json(row(True))["missing"] is None
    assert as_json(row(False, value=float("nan")))["value"] is None


@pytest.mark.parametrize("coloured", [True, False])
def test_colours_only_where_wanted(coloured: bool) -> None:
    text = "\n".join(as_text([row(True), row(False), row(None)], coloured=coloured))
    assert ("\033[" in text) is coloured
    assert "reference: 1 of 3 pass, 1 fail, 1 absent" in text
    assert "consistency: 0 of 0 pass" in text


def test_the_command_prints_all_points() -> None:
    words = [sys.executable, "-m", "controller.cli", "sim", "validate", "--json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110)
    points = json.loads(done.stdout)["points"]
    assert {point["id"] for point in points} >= {f"R{number}" for number in range(1, 26)}
    for point in points:
        assert {"id", "target", "tolerance", "value", "pass", "kind", "source"} <= set(point)
        assert point["kind"] in ("reference", "consistency")
        assert point["pass"] in (True, False, None)
        assert (point["missing"] is not None) == (point["pass"] is None)
    failed = [point["id"] for point in points if point["pass"] is False and point["kind"] == "reference"]
    assert done.returncode == int(bool(failed))
    assert failed == []
