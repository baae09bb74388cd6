from __future__ import annotations

import json
from pathlib import Path

import pytest

from controller.cell_files import CONFIG
from controller.cli import main
from sim.listing.physics_page import physics_page
from sim.physics.registry import parameters

ROOT = Path(__file__).resolve().parents[3]


def test_cells_are_those_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "list", "cells", "--json"]) == 0
    cells = json.loads(capsys.readouterr().out)["cells"]
    assert {cell["id"] for cell in cells} == {path.stem for path in (CONFIG / "cells").glob("*.toml")}
    six = next(cell for cell in cells if cell["id"] == "nd_6ka")
    assert six["nominal_current_a"] == 4010.0
    assert main(["sim", "list"]) == 0
    assert "nd_6ka" in capsys.readouterr().out


def test_parameters_have_unit_value_range_grade_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "list", "parameters", "nd_6ka", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["path"]: row for row in found["parameters"]}
    assert set(rows) == set(parameters())
    for row in rows.values():
        assert row["unit"]
        assert row["source"]
        assert row["grade"] in ("measured", "computed", "recalled", "assumed")
        assert row["range"][0] < row["range"][1]
        if row["value"] is None:
            assert row["path"].startswith("start.")
        else:
            assert row["range"][0] <= row["value"] <= row["range"][1], row["path"]
    assert rows["design.nominal_current_a"]["value"] == 4010.0
    assert rows["design.ref3_mol_pct"]["value"] == pytest.approx(47.5, abs=0.2)
    assert rows["anode.passivation_v"]["grade"] == "measured"
    assert "bath.mol_pct.LiF" in found["bath"]
    assert found["short"]["current"] == "start.current_a"


def test_a_cell_alone_means_its_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "list", "nd_6ka"]) == 0
    text = capsys.readouterr().out
    assert "design.nominal_current_a" in text
    assert "4010" in text


def test_without_a_cell_the_defaults_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "list", "parameters", "--json"]) == 0
    rows = {row["path"]: row for row in json.loads(capsys.readouterr().out)["parameters"]}
    assert rows["anode.film_v"]["value"] == rows["anode.film_v"]["default"] == 12.0
    assert rows["design.bath_mass_kg"]["value"] is None


@pytest.mark.parametrize("words", [("nothing",), ("cells", "nope"), ("parameters", "nope"), ("nope", "nd_6ka")])
def test_what_there_is_not_is_refused(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert main(["sim", "list", *words]) == 2
    assert "nd_6ka" in capsys.readouterr().err


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "list", "page"]) == 0
    printed = capsys.readouterr().out
    assert printed == physics_page()
    shipped = (ROOT / "docs" / "physics.md").read_text(encoding="utf-8")
    assert shipped == printed, "run: didymium sim list page > docs/physics.md"
