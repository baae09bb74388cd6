"""The command line as a person meets it: numbers, flags, one-line reasons."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.errors import ChemistryError
from controller.chemistry.melt import SALT_G_PER_MOL
from controller.chemistry.metals import METAL_NAMES
from controller.chemistry.routes import Route
from controller.cli import main
from sim.chem.answer import Answer
from sim.chem.baths import NAMED
from sim.chem.questions_bath import conductivity, density, liquidus, solubility, vapour, viscosity
from sim.chem.questions_potential import couple, potential

PAGE = Path(__file__).resolve().parents[3] / "docs" / "chemistry.md"
USUAL = '"LiF 52.5 NdF3 47.5 mol%"'
KEYS = {"quantity", "value", "unit", "grade", "source", "extrapolated", "inputs", "uncertainty", "notes"}


def _asked(capsys: pytest.CaptureFixture[str], question: str) -> dict[str, Any]:
    assert main(["sim", "chem", *shlex.split(question), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    record: dict[str, Any] = json.loads(out)
    return record


@pytest.mark.parametrize(
    ("question", "value", "tolerance", "unit_and_grade"),
    [
        ("potential Nd --route CO2 --at 1050", 1.453, 0.001, ("V", "computed")),
        ("potential Nd --route co --at 1323.15K", 1.297, 0.001, ("V", "computed")),
        ("potential Nd --route O2 --at 1050", 2.48, 0.005, ("V", "computed")),
        ("potential Nd --route CF4 --at 850", 2.87, 0.005, ("V", "computed")),
        ("potential Nd --route CO2 --at 1050 --oxide-activity 0.3", 1.476, 0.001, ("V", "computed")),
        ("potential Nd --route CF4 --at 1050 --fluoride-activity 0.4", 2.817, 0.003, ("V", "computed")),
        ("potential NdFe --route CO2 --at 930", 1.411, 0.001, ("V", "assumed")),
        ("decomposition Nd2O3 --at 1050", 2.48, 0.005, ("V", "computed")),
        ("decomposition Nd2O3 --at 1050 --route CO2", 1.453, 0.001, ("V", "computed")),
        ("decomposition NdF3 --at 850", 4.85, 0.005, ("V", "computed")),
        ("couple La --bath dilute-LiF-CaF2 --at 850", 0.08, 0.03, ("V against Li+/Li", "assumed")),
        ("couple Pr --bath dilute-lif-caf2 --at 930", 0.15, 0.03, ("V against Li+/Li", "assumed")),
        ("couple Nd --bath unit --at 850", 0.44, 0.005, ("V against Li+/Li", "computed")),
        ("couple Nd --at 950", 0.40, 0.005, ("V against Li+/Li", "assumed")),
        ("onset fluoride-discharge --scale li", 4.3, 1e-9, ("V against Li+/Li", "measured")),
        ("onset fluoride-discharge", 3.9, 1e-9, ("V", "computed")),
        ("onset massive-pfc --at 950", 5.1, 1e-9, ("V", "computed")),
        (f"liquidus {USUAL}", 844.0, 1.0, ("degC", "computed")),
        ('liquidus "NdF3 78 LiF 22 wt%"', 731.0, 1.0, ("degC", "computed")),
        ('solubility "LiF 77 NdF3 23 mol%" --at 900 --unit mol%', 0.22, 0.001, ("mol%", "computed")),
        ('solubility "LiF 77 NdF3 23 mol%" --at 750 --unit mol%', 0.13, 0.005, ("mol%", "computed")),
        ('solubility "LiF 77 NdF3 23 mol%" --at 900 --oxide Nd2O3', 1.11, 0.01, ("wt%", "computed")),
        (f"density {USUAL} --at 1050", 4.06, 0.005, ("g/cm3", "assumed")),
        ('conductivity "(LiF-CaF2)eut 85 NdF3 15 mol%" --at 850', 5.10, 0.001, ("S/cm", "measured")),
        ("feed CeO2", 4 / 3, 1e-6, ("", "computed")),
        ("hf 0.21", 0.466, 0.001, ("kg", "computed")),
    ],
)
def test_answers(
    capsys: pytest.CaptureFixture[str], question: str, value: float, tolerance: float, unit_and_grade: tuple[str, str]
) -> None:
    found = _asked(capsys, question)
    assert set(found) == KEYS
    assert found["value"] == pytest.approx(value, abs=tolerance)
    assert (found["unit"], found["grade"]) == unit_and_grade
    assert found["extrapolated"] is False
    assert found["source"]


def test_the_lithium_scale_adds_the_couple(capsys: pytest.CaptureFixture[str]) -> None:
    metal_scale = _asked(capsys, "potential Nd --route CO2 --at 950 --bath LiF-REF3")["value"]
    lithium_scale = _asked(capsys, "potential Nd --route CO2 --at 950 --bath LiF-REF3 --scale li")["value"]
    assert lithium_scale - metal_scale == pytest.approx(0.40, abs=0.005)


def test_the_anode_of_a_fluoride_route_does_not_feel_the_rare_earth(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "potential {} --route CF4 --at 850 --scale li --bath {}"
    found = {
        _asked(capsys, asked.format(metal, bath))["value"]
        for metal in ("Nd", "La", "NdFe")
        for bath in ("unit", "LiF-REF3", "dilute-LiF-CaF2")
    }
    assert max(found) - min(found) < 1e-6


def test_a_composition_stands_in_for_an_activity(capsys: pytest.CaptureFixture[str]) -> None:
    found = _asked(capsys, f"potential Nd --route CF4 --at 1050 --bath {USUAL}")
    activity = found["inputs"]["fluoride_activity"]
    assert 0.1 < activity < 0.7
    given_outright = _asked(capsys, f"potential Nd --route CF4 --at 1050 --fluoride-activity {activity}")
    assert found["value"] == pytest.approx(given_outright["value"])
    assert found["grade"] == "assumed"


@pytest.mark.parametrize(
    "question",
    [
        "potential Nd --route CO2 --at 700",
        "potential Nd --route CO2 --at 1700K",
        "decomposition Nd2O3 --at 1200",
        "couple Nd --at 600",
        "couple La --bath dilute-LiF-CaF2 --at 1000",
        "onset massive-pfc --at 1100",
        'liquidus "LiF 20 NdF3 80 mol%"',
        f"solubility {USUAL} --at 1150",
        f"density {USUAL} --at 1150",
        f"viscosity {USUAL} --at 1150",
        'conductivity "(LiF-CaF2)eut 85 NdF3 15 mol%" --at 950',
        "vapour --at 1150",
    ],
)
def test_extrapolations_answer_with_a_flag_and_the_range(capsys: pytest.CaptureFixture[str], question: str) -> None:
    found = _asked(capsys, question)
    assert found["extrapolated"] is True
    assert any(note.startswith("extrapolated: the law is made for") for note in found["notes"])


def test_a_bath_below_its_liquidus_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert any("partly frozen" in note for note in _asked(capsys, f"density {USUAL} --at 800")["notes"])
    assert not any("partly frozen" in note for note in _asked(capsys, f"density {USUAL} --at 900")["notes"])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("potential Nd --route CO2 --at 1500", "298.15–1700 K"),
        (f"density {USUAL} --at 1701K", "298.15–1700 K"),
        ("onset massive-pfc --at 5000", "298.15–1700 K"),
        ("couple Nd --at=-300 --bath " + USUAL, "298.15–1700 K"),
        ("potential Nd --route CO2 --at hot", "write 1050 (°C) or 1323.15K"),
        ("potential Nd --route CO2", "--at"),
        ("potential Nb --route CO2 --at 1000", "did you mean Nd"),
        ("potential Sm --route CO2 --at 1000", "lanthanothermic"),
        ("potential Nd --route CO3 --at 1000", "did you mean CO"),
        ("potential Nd --route CF4 --at 1000 --oxide-activity 0.5", "leave out --oxide-activity"),
        ("potential Nd --route CO --at 1000 --fluoride-activity 0.5", "leave out --fluoride-activity"),
        ("potential Nd --route CO --at 1000 --oxide-activity 2", "1e-9–1"),
        ("couple Nd --at 850 --bath LiF-CaF2", "did you mean dilute-LiF-CaF2"),
        ('couple Ce --at 850 --bath "LiF 80 NdF3 20 mol%"', "no CeF3"),
        ('couple Nd --at 850 --bath "LiF 70 CaF2 20 NdF3 10 mol%"', "--bath dilute-LiF-CaF2"),
        ("decomposition CeO2 --at 900", "ask for that one"),
        ("decomposition NdF3 --at 900 --route CO", "it takes CF4"),
        ("liquidus nonsense", "LiF 52.5 NdF3 47.5 mol%"),
        ('liquidus "LiF 50 CaF2 50 mol%"', "CaF2: no law"),
        ('solubility "LiF 100 mol%" --at 1000', "--oxide Nd2O3"),
        ('vapour "NdF3 100 mol%" --at 1000', "no LiF"),
        ("feed sand", "no oxide"),
        ("hf nan", "not a number"),
        ("hf -1", "0–1e6"),
        ("refused Xx", "no metal"),
        ("boiling Nd", "invalid choice"),
        ("", "QUESTION"),
    ],
)
def test_no_answer_is_one_line_with_the_way_out(capsys: pytest.CaptureFixture[str], question: str, says: str) -> None:
    try:
        code = main(["sim", "chem", *shlex.split(question)])
    except SystemExit as left:
        code = int(left.code or 0)
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    lines = [line for line in captured.err.splitlines() if "is missing here" not in line]
    assert len(lines) == 1
    assert says in lines[0]
    assert lines[0].startswith("didymium sim chem")


@pytest.mark.parametrize(
    ("element", "is_refused"), [("Sm", True), ("Yb", True), ("Dy", True), ("Nd", False), ("DyFe", False)]
)
def test_refused_elements(capsys: pytest.CaptureFixture[str], element: str, is_refused: bool) -> None:
    found = _asked(capsys, f"refused {element}")
    assert found["value"] is is_refused
    assert bool(found["notes"]) is is_refused


def test_people_get_value_unit_grade_source_and_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "chem", "potential", "Nd", "--route", "CO2", "--at", "1050"]) == 0
    head, *rest = capsys.readouterr().out.splitlines()
    assert head == "reversible cell potential, Nd, CO2 route: 1.453 V"
    shown = dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in rest)
    assert shown["grade"] == "computed, ±0.03 V"
    assert shown["extrapolated"] == "no"
    assert "Konings" in shown["source"]
    assert shown["reaction"] == "Nd2O3 + 1.5 C → 2 Nd + 1.5 CO2"


@pytest.mark.parametrize(
    "word",
    ["", "potential", "decomposition", "couple", "onset", "liquidus", "solubility", "density", "viscosity",
     "conductivity", "vapour", "feed", "hf", "refused"],
)  # fmt: skip
def test_help_teaches_with_examples_that_work(capsys: pytest.CaptureFixture[str], word: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["sim", "chem", *word.split(), "--help"])
    assert left.value.code == 0
    examples = re.findall(r"^  didymium (sim chem .+)$", capsys.readouterr().out, re.MULTILINE)
    assert examples
    for example in examples:
        assert main(shlex.split(example)) == 0, example


def test_worked_answers_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    rows = re.findall(r"^\| `didymium (sim chem [^`]+)` \| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 8
    for question, said in rows:
        assert main(shlex.split(question)) == 0
        assert capsys.readouterr().out.splitlines()[0].endswith(f": {said.strip()}"), question


def test_laws_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "chem", "laws"]) == 0
    assert capsys.readouterr().out.strip() in PAGE.read_text(encoding="utf-8")


TEMPERATURES = st.floats(25.0, 1426.85)
BATHS = st.lists(
    st.tuples(st.sampled_from(list(SALT_G_PER_MOL)), st.floats(0.01, 1.0)),
    min_size=1,
    max_size=4,
    unique_by=lambda x: x[0],
)


@given(
    name=st.sampled_from(METAL_NAMES),
    route=st.sampled_from(list(Route)),
    degc=TEMPERATURES,
    scale=st.sampled_from(("metal", "li")),
    bath=st.sampled_from(NAMED),
)
def test_every_legal_potential_has_a_finite_answer(name: str, route: Route, degc: float, scale: str, bath: str) -> None:
    found = potential(
        name, route, degc, scale=scale, bath=bath, oxide_activity=None, fluoride_activity=None, gas_pressure_bar=1.0
    )
    assert -0.5 < found.value < 8.0
    assert json.loads(found.as_json())["inputs"]["metal"] == name
    assert json.loads(couple(name, degc, bath=bath, fluoride_activity=None).as_json())["value"] is not None


@given(parts=BATHS, degc=TEMPERATURES, per=st.sampled_from(("mol%", "wt%")))
def test_every_bath_has_a_finite_answer_or_a_reason(parts: list[tuple[str, float]], degc: float, per: str) -> None:
    total = sum(part for _, part in parts)
    text = " ".join(f"{salt} {100.0 * part / total:.4f}" for salt, part in parts) + f" {per}"
    questions: tuple[Callable[[], Answer], ...] = (
        lambda: density(text, degc),
        lambda: liquidus(text),
        lambda: conductivity(text, degc, 1.0),
        lambda: viscosity(text, degc),
        lambda: solubility(text, "Nd2O3", degc, "wt%"),
        lambda: vapour(text, degc),
    )
    answered = 0
    for ask in questions:
        try:
            found = ask()
        except ChemistryError:
            continue
        json.loads(found.as_json())  # would raise for NaN
        answered += 1
    assert answered >= 1
