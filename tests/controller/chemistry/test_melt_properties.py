"""Density, conductivity and viscosity: measured points, worked values of the laws, and their directions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.conductivity import (
    conductivity_is_extrapolated,
    conductivity_s_per_cm,
    measured_solvent,
)
from controller.chemistry.density import density_g_per_cm3
from controller.chemistry.errors import ChemistryError
from controller.chemistry.melt import Melt, melt_from_mol, parse_melt
from controller.chemistry.metals import RARE_EARTHS
from controller.chemistry.viscosity import viscosity_is_extrapolated, viscosity_mpa_s

USUAL = "LiF 52.5 NdF3 47.5 mol%"
LEGAL_DEGC = st.floats(25.0, 1426.85)


def _binary(symbol: str, ref3: float) -> Melt:
    return melt_from_mol({"LiF": 1.0 - ref3, f"{symbol}F3": ref3})


@pytest.mark.parametrize(
    ("mol_pct", "degc", "density"), [(47.5, 1050.0, 4.06), (25.0, 900.0, 3.35), (31.6, 850.0, 3.67)]
)
def test_density_of_neodymium_baths(mol_pct: float, degc: float, density: float) -> None:
    assert density_g_per_cm3(_binary("Nd", mol_pct / 100.0), degc) == pytest.approx(density, abs=0.006)


@given(symbol=st.sampled_from(RARE_EARTHS), ref3=st.floats(0.0, 0.95), degc=st.floats(25.0, 1400.0))
def test_density_falls_with_heat_and_with_lithium_fluoride(symbol: str, ref3: float, degc: float) -> None:
    here = density_g_per_cm3(_binary(symbol, ref3), degc)
    assert density_g_per_cm3(_binary(symbol, ref3), degc + 10.0) < here
    assert density_g_per_cm3(_binary(symbol, ref3 + 0.05), degc) > here


@given(ref3=st.floats(0.0, 0.999))
def test_density_has_no_step(ref3: float) -> None:
    here, near = (density_g_per_cm3(_binary("Nd", x), 1000.0) for x in (ref3, ref3 + 0.001))
    assert abs(here - near) < 0.02


def test_every_bath_floats_on_its_metal() -> None:
    for symbol in RARE_EARTHS:
        assert 2.0 < density_g_per_cm3(_binary(symbol, 0.45), 1000.0) < 5.5


@pytest.mark.parametrize(
    ("solvent", "mol_pct", "measured"),
    [
        ("(LiF-CaF2)eut", 0.0, 6.10),
        ("(LiF-CaF2)eut", 10.0, 5.95),
        ("(LiF-CaF2)eut", 15.0, 5.10),
        ("(LiF-NaF)eut", 0.0, 6.16),
        ("(LiF-NaF)eut", 10.0, 5.56),
        ("(LiF-NaF)eut", 15.0, 4.13),
    ],
)
def test_measured_conductivities_at_850_degc(solvent: str, mol_pct: float, measured: float) -> None:
    melt = parse_melt(f"{solvent} {100 - mol_pct} NdF3 {mol_pct} mol%")
    assert conductivity_s_per_cm(melt, 850.0) == pytest.approx(measured, rel=1e-6)
    assert measured_solvent(melt) == solvent
    assert not conductivity_is_extrapolated(melt, 850.0)
    assert conductivity_is_extrapolated(melt, 900.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LiF 50 CaF2 45 NdF3 5 mol%", "eutectic only"),
        ("CaF2 100 mol%", "eutectic only"),
        ("(LiF-CaF2)eut 80 NdF3 20 mol%", "0–15 mol% NdF3"),
        ("(LiF-CaF2)eut 90 LaF3 10 mol%", "NdF3 alone"),
        ("(LiF-CaF2)eut 90 BaF2 10 mol%", "measured are"),
        ("LiF 60 CaF2 20 NaF 20 mol%", "measured are"),
    ],
)
def test_solvents_that_were_not_measured_are_refused(text: str, says: str) -> None:
    with pytest.raises(ChemistryError, match=says):
        conductivity_s_per_cm(parse_melt(text), 850.0)


@given(
    symbol=st.sampled_from(RARE_EARTHS),
    ref3=st.floats(0.0, 0.95),
    degc=st.floats(25.0, 1400.0),
    oxide=st.floats(0.0, 9.0),
)
def test_conductivity_rises_with_heat_falls_with_fluoride_and_oxide(
    symbol: str, ref3: float, degc: float, oxide: float
) -> None:
    here = conductivity_s_per_cm(_binary(symbol, ref3), degc, oxide)
    assert here > 0.0
    assert conductivity_s_per_cm(_binary(symbol, ref3), degc + 10.0, oxide) > here
    assert conductivity_s_per_cm(_binary(symbol, ref3 + 0.05), degc, oxide) < here
    assert conductivity_s_per_cm(_binary(symbol, ref3), degc, oxide + 1.0) < here


@given(mol_pct=st.floats(0.0, 14.9))
def test_measured_series_fall_with_neodymium_fluoride(mol_pct: float) -> None:
    for solvent in ("(LiF-CaF2)eut", "(LiF-NaF)eut"):
        here, richer = (
            conductivity_s_per_cm(parse_melt(f"{solvent} {100 - x:.6f} NdF3 {x:.6f} mol%"), 850.0)
            for x in (mol_pct, mol_pct + 0.1)
        )
        assert richer < here


def test_barium_takes_five_to_fifteen_per_cent_off() -> None:
    bath = parse_melt("BaF2 13 CeF3 71 LiF 16 wt%")
    without = melt_from_mol({"LiF": 1.0 - bath.ref3, "CeF3": bath.ref3})
    ratio = conductivity_s_per_cm(bath, 880.0) / conductivity_s_per_cm(without, 880.0)
    assert 0.85 <= ratio <= 0.95


@pytest.mark.parametrize("oxide", [-0.1, 10.1, float("nan")])
def test_oxide_outside_its_bounds_is_refused(oxide: float) -> None:
    with pytest.raises(ChemistryError, match="0–10 wt%"):
        conductivity_s_per_cm(parse_melt(USUAL), 1050.0, oxide)


@given(ref3=st.floats(0.0, 0.95), degc=st.floats(25.0, 1400.0))
def test_viscosity_falls_with_heat_and_rises_with_fluoride(ref3: float, degc: float) -> None:
    here = viscosity_mpa_s(_binary("Nd", ref3), degc)
    assert viscosity_mpa_s(_binary("Nd", ref3), degc + 10.0) < here
    assert viscosity_mpa_s(_binary("Nd", ref3 + 0.05), degc) > here


@given(symbol=st.sampled_from(RARE_EARTHS), ref3=st.floats(0.0, 1.0), degc=LEGAL_DEGC)
def test_no_property_is_ever_nan(symbol: str, ref3: float, degc: float) -> None:
    melt = _binary(symbol, ref3)
    for value in (density_g_per_cm3(melt, degc), conductivity_s_per_cm(melt, degc), viscosity_mpa_s(melt, degc)):
        assert math.isfinite(value)
        assert value > 0.0


def test_flags_of_temperature_and_composition() -> None:
    assert not conductivity_is_extrapolated(parse_melt(USUAL), 1050.0)
    assert conductivity_is_extrapolated(parse_melt(USUAL), 790.0)
    assert conductivity_is_extrapolated(parse_melt("LiF 95 NdF3 5 mol%"), 1050.0)
    assert not viscosity_is_extrapolated(parse_melt(USUAL), 1050.0)
    assert viscosity_is_extrapolated(parse_melt(USUAL), 800.0)
