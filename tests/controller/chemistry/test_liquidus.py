"""Melts named salt by salt; the binary laws themselves are tried in ``test_bath``."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.errors import ChemistryError
from controller.chemistry.liquidus import (
    EUTECTICS,
    lif_ndf3_activities,
    liquidus_is_extrapolated,
    melt_liquidus_degc,
)
from controller.chemistry.melt import Melt, melt_from_mol, parse_melt

SYMBOLS = ("Nd", *EUTECTICS)


def _binary(symbol: str, ref3: float) -> Melt:
    return melt_from_mol({"LiF": 1.0 - ref3, f"{symbol}F3": ref3})


@pytest.mark.parametrize(
    ("mol_pct", "degc"),
    [(15, 798), (20, 782), (25, 763), (30, 739), (31.4, 731), (35, 756), (40, 790), (45, 825), (47.5, 844), (60, 952)],
)
def test_lif_ndf3(mol_pct: float, degc: float) -> None:
    assert melt_liquidus_degc(_binary("Nd", mol_pct / 100.0)) == pytest.approx(degc, abs=1.0)


def test_both_pure_salts_melt_where_they_do() -> None:
    assert melt_liquidus_degc(parse_melt("LiF 100 mol%")) == pytest.approx(848.15, abs=0.01)
    assert melt_liquidus_degc(parse_melt("NdF3 100 mol%")) == pytest.approx(1649.0 - 273.15, abs=0.01)


@given(symbol=st.sampled_from(SYMBOLS), ref3=st.floats(0.0, 0.999))
def test_liquidus_is_continuous(symbol: str, ref3: float) -> None:
    here, near = melt_liquidus_degc(_binary(symbol, ref3)), melt_liquidus_degc(_binary(symbol, ref3 + 0.0005))
    assert abs(here - near) < 1.0


@given(ref3=st.floats(0.0, 1.0))
def test_no_neodymium_bath_melts_below_the_eutectic(ref3: float) -> None:
    assert melt_liquidus_degc(_binary("Nd", ref3)) >= 730.0


@given(symbol=st.sampled_from(tuple(EUTECTICS)), ref3=st.floats(0.0, 1.0))
def test_every_system_is_lowest_at_its_eutectic(symbol: str, ref3: float) -> None:
    assert melt_liquidus_degc(_binary(symbol, ref3)) >= EUTECTICS[symbol][0] - 1e-9


@given(share=st.floats(0.0, 1.0), ref3=st.floats(0.05, 0.6))
def test_mixed_rare_earths_lie_between(share: float, ref3: float) -> None:
    melt = melt_from_mol({"LiF": 1.0 - ref3, "PrF3": share * ref3, "NdF3": (1.0 - share) * ref3})
    ends = sorted(melt_liquidus_degc(_binary(symbol, ref3)) for symbol in ("Pr", "Nd"))
    assert ends[0] - 1e-6 <= melt_liquidus_degc(melt) <= ends[1] + 1e-6


@given(symbol=st.sampled_from(SYMBOLS), ref3=st.floats(0.0, 1.0), lif=st.floats(0.01, 1.0), barium=st.floats(0.0, 0.4))
def test_finite_for_every_legal_bath(symbol: str, ref3: float, lif: float, barium: float) -> None:
    rest = (1.0 - barium) / (ref3 + lif)
    melt = melt_from_mol({"LiF": lif * rest, "BaF2": 0.999 * barium, f"{symbol}F3": ref3 * rest})
    assert math.isfinite(melt_liquidus_degc(melt))
    assert liquidus_is_extrapolated(melt) in (True, False)


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("LiF 52.5 NdF3 47.5 mol%", False),
        ("LiF 25 NdF3 75 mol%", True),
        ("LiF 45 CeF3 55 mol%", True),
        ("BaF2 13 CeF3 71 LiF 16 wt%", False),
        ("BaF2 30 CeF3 30 LiF 40 mol%", True),
    ],
)
def test_what_was_never_tried_is_flagged(text: str, flagged: bool) -> None:
    assert liquidus_is_extrapolated(parse_melt(text)) is flagged


def test_too_much_barium_is_refused_with_the_bound() -> None:
    with pytest.raises(ChemistryError, match="up to 40 mol% BaF2"):
        melt_liquidus_degc(parse_melt("BaF2 50 LiF 50 mol%"))


@given(ndf3=st.floats(0.34, 0.7))
def test_solid_neodymium_fluoride_is_at_unit_activity_on_its_branch(ndf3: float) -> None:
    liquidus_k = melt_liquidus_degc(_binary("Nd", ndf3)) + 273.15
    assert lif_ndf3_activities(ndf3, liquidus_k)[1] == pytest.approx(1.0, abs=1e-6)


@given(ndf3=st.floats(0.0, 1.0), temperature_k=st.floats(300.0, 1700.0))
def test_activities_are_shares_of_one(ndf3: float, temperature_k: float) -> None:
    for activity in lif_ndf3_activities(ndf3, temperature_k):
        assert 0.0 <= activity <= 1.0
