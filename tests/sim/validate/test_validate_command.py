from __future__ import annotations

import json

import pytest

from controller.cli import main
from sim.validate import table
from sim.validate.points import Kind, Outcome, Point, Row
from sim.validate.validate_command import as_json, as_text, exit_code


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


def test_the_command_prints_its_points_as_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple(point for point in table.POINTS if point.id in ("R1", "R3", "R18", "R20", "R25"))
    monkeypatch.setattr(table, "POINTS", quick)
    assert main(["sim", "validate", "--json"]) == 0
    points = json.loads(capsys.readouterr().out)["points"]
    assert [point["id"] for point in points] == ["R1", "R3", "R18", "R20", "R25"]
    for point in points:
        assert {"id", "target", "tolerance", "value", "pass", "kind", "source"} <= set(point)
        assert (point["missing"] is not None) == (point["pass"] is None)
    assert [point["pass"] for point in points] == [True, True, True, None, True]
    assert [point["kind"] for point in points].count("consistency") == 1


def test_the_command_fails_with_a_failed_reference_point(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "POINTS", (row(False).point,))
    assert main(["sim", "validate"]) == 1
    text = capsys.readouterr().out
    assert "R0   FAIL" in text
    assert "\033[" not in text


def test_all_points_are_in_the_table() -> None:
    ids = [point.id for point in table.POINTS]
    assert len(set(ids)) == len(ids)
    assert set(ids) >= {f"R{number}" for number in range(1, 26)}
