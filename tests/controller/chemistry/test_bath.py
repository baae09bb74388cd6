"""Composition, liquidus and solubility against the published phase diagram and solubility points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.bath import BathComposition, bath_composition
from controller.chemistry.constants import LIF_G_PER_MOL, trifluoride_g_per_mol
from controller.chemistry.liquidus import EUTECTICS, bath_liquidus_degc, lif_ndf3_liquidus_degc
from controller.chemistry.solubility import oxide_solubility_mol_pct, oxide_solubility_wt_pct

ND = 144.242


@pytest.mark.parametrize(
    ("mol_pct", "degc"),
    [(15, 798), (20, 782), (25, 763), (30, 739), (31.4, 731), (35, 756), (40, 790), (45, 825), (47.5, 844), (60, 952)],
)
def test_lif_ndf3_liquidus(mol_pct: float, degc: float) -> None:
    assert lif_ndf3_liquidus_degc(mol_pct / 100.0) == pytest.approx(degc, abs=1.0)


def test_the_eutectic_lies_where_it_was_measured() -> None:
    curve = {x / 1000.0: lif_ndf3_liquidus_degc(x / 1000.0) for x in range(250, 400)}
    lowest = min(curve, key=lambda x: curve[x])
    assert lowest == pytest.approx(0.315, abs=0.01)
    assert curve[lowest] == pytest.approx(731.0, abs=8.0)


def test_pure_lithium_fluoride_melts_at_848_degc() -> None:
    assert lif_ndf3_liquidus_degc(0.0) == pytest.approx(848.15, abs=0.01)


@pytest.mark.parametrize("fraction", [-0.01, 0.71, float("nan")])
def test_the_model_refuses_what_it_was_not_made_for(fraction: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        lif_ndf3_liquidus_degc(fraction)


def test_the_usual_neodymium_bath_is_47_mol_pct() -> None:
    bath = bath_composition(87.5, 0.0, 12.5, ND)
    assert bath.ref3 == pytest.approx(0.475, abs=0.002)
    assert bath_liquidus_degc(bath, "Nd") == pytest.approx(844.0, abs=2.0)


def test_the_cerium_bath_with_barium() -> None:
    bath = bath_composition(71.0, 13.0, 16.0, 140.116)
    assert bath_liquidus_degc(bath, "Ce") == pytest.approx(822.0, abs=3.0)
    assert oxide_solubility_wt_pct(bath, 328.229, 880.0, 1.25) == pytest.approx(1.59, abs=0.02)


@pytest.mark.parametrize("element", EUTECTICS)
def test_every_system_is_lowest_at_its_eutectic(element: str) -> None:
    eutectic_degc, fraction = EUTECTICS[element]
    at = {shift: bath_liquidus_degc(_binary(fraction + shift), element) for shift in (-0.1, 0.0, 0.1)}
    assert at[0.0] == pytest.approx(eutectic_degc, abs=1e-6)
    assert at[-0.1] > at[0.0]
    assert at[0.1] > at[0.0]


def test_an_element_without_data_is_named() -> None:
    with pytest.raises(ValueError, match="no liquidus data for LiF–SmF3"):
        bath_liquidus_degc(_binary(0.3), "Sm")


@pytest.mark.parametrize(("degc", "mol_pct"), [(750.0, 0.13), (900.0, 0.22)])
def test_measured_solubility_at_23_mol_pct(degc: float, mol_pct: float) -> None:
    assert oxide_solubility_mol_pct(0.23, degc) == pytest.approx(mol_pct, rel=0.15)


@pytest.mark.parametrize(
    ("degc", "wt_pct"), [(700, 0.53), (750, 0.66), (850, 0.95), (900, 1.11), (950, 1.28), (1050, 1.66)]
)
def test_solubility_in_weight_per_cent(degc: float, wt_pct: float) -> None:
    assert oxide_solubility_wt_pct(_binary(0.23), 336.481, degc) == pytest.approx(wt_pct, abs=0.015)


@pytest.mark.parametrize(("degc", "wt_pct"), [(1050.0, 2.96), (930.0, 2.17)])
def test_solubility_in_the_usual_neodymium_bath(degc: float, wt_pct: float) -> None:
    bath = bath_composition(87.5, 0.0, 12.5, ND)
    assert oxide_solubility_wt_pct(bath, 336.481, degc) == pytest.approx(wt_pct, abs=0.02)


@given(
    parts=st.tuples(st.floats(0.1, 100.0), st.floats(0.0, 60.0), st.floats(0.1, 100.0)), scale=st.floats(0.01, 1000.0)
)
def test_composition_does_not_depend_on_the_unit_of_weight(parts: tuple[float, float, float], scale: float) -> None:
    one = bath_composition(*parts, ND)
    ref3, baf2, lif = (scale * part for part in parts)
    other = bath_composition(ref3, baf2, lif, ND)
    assert other == pytest.approx(one)
    assert one.ref3 + one.baf2 + one.lif == pytest.approx(1.0)


@pytest.mark.parametrize("parts", [(0.0, 0.0, 0.0), (-1.0, 0.0, 10.0), (float("nan"), 0.0, 10.0)])
def test_no_bath_is_refused(parts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="no bath"):
        bath_composition(*parts, ND)


def _binary(ref3: float) -> BathComposition:
    return bath_composition(ref3 * trifluoride_g_per_mol(ND), 0.0, (1.0 - ref3) * LIF_G_PER_MOL, ND)
