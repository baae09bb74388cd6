"""Every parameter is described and can be reached; wrong ones are refused with the bound."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.registry import SHORT, WORDS, parameters
from sim.physics.setup import OutOfBounds, UnknownPath, altered, load_setup
from sim.physics.simulator_table import SimulatorTable
from sim.physics.truths import truths, voltage_parts_v
from tests.support.simulated_cells import REFERENCE_CELLS


def test_every_number_of_the_table_is_described_and_its_default_lies_in_its_range() -> None:
    numbers = [item.name for item in fields(SimulatorTable) if item.name not in ("rare_earth", "arrangement")]
    named = {path.partition(".")[2] for path in parameters()}
    assert [name for name in numbers if name not in named] == []
    for parameter in parameters().values():
        assert parameter.unit
        assert parameter.source
        assert parameter.grade in ("measured", "computed", "recalled", "assumed")
        assert parameter.low < parameter.high
        if parameter.default is not None:
            assert parameter.low <= parameter.default <= parameter.high, parameter.path


def test_short_words_lead_to_parameters() -> None:
    assert all(path in parameters() or path in WORDS for path in SHORT.values())


@pytest.mark.parametrize("path", list(parameters()))
def test_every_path_can_be_set_to_both_of_its_bounds_and_not_beyond(path: str) -> None:
    parameter = parameters()[path]
    setup = load_setup("ce_25ka")
    beyond = parameter.high + max(1.0, abs(parameter.high))
    for value in (beyond, float("nan"), "much"):
        with pytest.raises(OutOfBounds, match=path):
            altered(setup, path, value)
    if path not in ("design.ref3_wt_pct", "design.baf2_wt_pct"):  # whose upper ends leave no LiF beside the other
        altered(setup, path, parameter.high)
    altered(setup, path, parameter.low)


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_the_richest_bath_is_not_refused_for_a_rounding_error(name: str) -> None:
    most = parameters()["design.ref3_mol_pct"].high
    rich = altered(load_setup(name), "design.ref3_mol_pct", most)
    assert truths(rich.parameters(), rich.state())["ref3_mol_pct"] == pytest.approx(most)


def test_a_path_there_is_none_of_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownPath) as caught:
        altered(load_setup("ce_25ka"), "anode.filmv", 3.0)
    assert "anode.film_v" in caught.value.known


@pytest.mark.parametrize(("path", "word"), [("product", "samarium"), ("feed", "Eu2O3"), ("feed", "rust")])
def test_refused_words(path: str, word: str) -> None:
    with pytest.raises(OutOfBounds):
        altered(load_setup("ce_25ka"), path, word)


@pytest.mark.parametrize("name", REFERENCE_CELLS)
@pytest.mark.parametrize("factor", [0.1, 0.5, 2.0])
def test_a_scaled_cell_has_the_same_voltage_densities_and_heat(name: str, factor: float) -> None:
    whole, part = load_setup(name), altered(load_setup(name), "scale", factor)
    one, other = whole.state(seed=1), part.state(seed=1)
    assert other.line_current_a == pytest.approx(factor * one.line_current_a)
    assert other.cell_voltage_v == pytest.approx(one.cell_voltage_v, rel=1e-9)
    a, b = truths(whole.parameters(), one), truths(part.parameters(), other)
    assert b["anode_load"] == pytest.approx(a["anode_load"], rel=1e-9)
    assert b["bath_kg"] == pytest.approx(factor * whole.design.bath_mass_kg)


@given(mol_pct=st.floats(15.0, 50.0))
def test_baths_by_mole_and_by_weight_agree(mol_pct: float) -> None:
    by_mol = altered(load_setup("prnd_25ka"), "ref3_mol_pct", mol_pct)
    by_weight = altered(load_setup("prnd_25ka"), "ref3_wt_pct", by_mol.design.ref3_wt_pct)
    assert by_weight.design.lif_wt_pct == pytest.approx(by_mol.design.lif_wt_pct)
    assert by_weight.design.bath_liquidus_degc == pytest.approx(by_mol.design.bath_liquidus_degc)
    assert by_mol.state().ref3_fraction == pytest.approx(0.01 * mol_pct)


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_the_parts_of_the_voltage_add_up(name: str) -> None:
    setup = load_setup(name)
    state = setup.state()
    assert sum(voltage_parts_v(setup.parameters(), state).values()) == pytest.approx(state.cell_voltage_v, rel=1e-9)


def test_initial_values_arrive() -> None:
    setup = load_setup("ce_25ka")
    for path, value in (("temperature", 900.0), ("oxide", 1.0), ("current", 15_000.0), ("start.metal_kg", 12.0)):
        setup = altered(setup, path, value)
    found = truths(setup.parameters(), setup.state())
    assert found["bath_temperature_degc"] == pytest.approx(900.0)
    assert found["oxide_dissolved_wt_pct"] == pytest.approx(1.0)
    assert found["current_a"] == pytest.approx(15_000.0)
    assert found["metal_in_cell_kg"] == pytest.approx(12.0)
