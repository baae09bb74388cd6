"""Charge, carbon and mass of feeds; exact."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.cell_files import load_product
from controller.chemistry.errors import ChemistryError
from controller.chemistry.feeds import FEED_FORMULAS, feed
from controller.chemistry.moisture import HF_KG_PER_KG_WATER, hf_kg, oxide_kg, ref3_lost_kg
from controller.chemistry.stoichiometry import metal_g_per_ah


@pytest.mark.parametrize(
    ("formula", "kg_per_kg", "g_per_ah"),
    [
        ("La2O3", 1.173, 1.7276),
        ("Ce2O3", 1.171, 1.7426),
        ("Pr2O3", 1.170, 1.7525),
        ("Nd2O3", 1.166, 1.7940),
        ("(Pr,Nd)2O3", 1.167, 1.7834),
        ("Gd2O3", 1.153, 1.9557),
        ("Dy2O3", 1.148, 2.0210),
    ],
)
def test_sesquioxides(formula: str, kg_per_kg: float, g_per_ah: float) -> None:
    compound = feed(formula)
    assert compound.feed_kg_per_kg_metal == pytest.approx(kg_per_kg, abs=6e-4)
    assert compound.metal_g_per_ah == pytest.approx(g_per_ah, abs=1e-4)
    assert compound.charge_factor == pytest.approx(1.0)
    assert compound.dissolved_kg_per_kg_feed == pytest.approx(1.0)
    assert compound.is_sesquioxide


@pytest.mark.parametrize(("formula", "electrons", "factor"), [("CeO2", 4.0, 4 / 3), ("Pr6O11", 11 / 3, 11 / 9)])
def test_oxides_richer_in_oxygen_cost_more_charge(formula: str, electrons: float, factor: float) -> None:
    compound = feed(formula.lower())
    assert compound.electrons_per_atom == pytest.approx(electrons)
    assert compound.charge_factor == pytest.approx(factor)
    assert not compound.is_sesquioxide
    assert compound.dissolved_kg_per_kg_feed < 1.0


def test_metal_in_a_feed_is_the_metal_in_what_dissolves() -> None:
    for formula in FEED_FORMULAS:
        compound = feed(formula)
        sesqui = compound.sesquioxide_g_per_mol / (2.0 * compound.metal.rare_earth_g_per_mol)
        assert compound.dissolved_kg_per_kg_feed * compound.feed_kg_per_kg_metal == pytest.approx(sesqui)


def test_the_feed_and_the_product_file_agree() -> None:
    assert feed("Nd2O3").metal_g_per_ah == pytest.approx(metal_g_per_ah(load_product("nd")))


@pytest.mark.parametrize(
    ("formula", "says"), [("Sm2O3", "lanthanothermic"), ("Nd2O4", "did you mean Nd2O3"), ("sand", "known are|did you")]
)
def test_an_unknown_feed_gets_a_reason(formula: str, says: str) -> None:
    with pytest.raises(ChemistryError, match=says):
        feed(formula)


@given(st.text())
def test_any_text_is_a_feed_or_a_reason(text: str) -> None:
    with suppress(ChemistryError):
        assert feed(text).molar_mass_g_per_mol > 100.0


def test_hydrogen_fluoride_from_water() -> None:
    assert pytest.approx(2.22, abs=0.005) == HF_KG_PER_KG_WATER
    assert hf_kg(42.0 * 0.005) == pytest.approx(0.47, abs=0.005)
    assert hf_kg(42.0 * 0.001) == pytest.approx(0.09, abs=0.005)


@given(water_kg=st.floats(0.0, 1e4))
def test_mass_is_kept_when_water_meets_the_bath(water_kg: float) -> None:
    neodymium = feed("Nd2O3")
    trifluoride = neodymium.metal.rare_earth_g_per_mol + 3.0 * 18.998
    before = water_kg + ref3_lost_kg(water_kg, trifluoride)
    after = hf_kg(water_kg) + oxide_kg(water_kg, neodymium.sesquioxide_g_per_mol)
    assert after == pytest.approx(before, rel=1e-12)
