from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.errors import ChemistryError
from controller.chemistry.melt import (
    SALT_G_PER_MOL,
    SOLVENT_EUTECTICS,
    Melt,
    melt_from_mol,
    melt_from_wt,
    parse_melt,
)

PARTS = st.dictionaries(st.sampled_from(list(SALT_G_PER_MOL)), st.floats(1.0, 100.0), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("mol_pct", "wt_pct"),
    [(15, 57.8), (20, 66.0), (25, 72.1), (30, 76.9), (31.4, 78.0), (40, 83.8), (47.5, 87.5), (60, 92.1)],
)
def test_neodymium_baths_by_mole_and_by_weight(mol_pct: float, wt_pct: float) -> None:
    melt = parse_melt(f"LiF {100 - mol_pct} NdF3 {mol_pct} mol%")
    assert 100.0 * dict(melt.weight_fractions())["NdF3"] == pytest.approx(wt_pct, abs=0.06)


@given(PARTS)
def test_weight_and_mole_go_round(parts: dict[str, float]) -> None:
    melt = melt_from_mol(parts)
    back = melt_from_wt(dict(melt.weight_fractions()))
    assert dict(back.mole_fractions) == pytest.approx(dict(melt.mole_fractions))
    assert sum(share for _, share in melt.mole_fractions) == pytest.approx(1.0)


@given(PARTS)
def test_its_own_text_reads_back(parts: dict[str, float]) -> None:
    melt = melt_from_mol(parts)
    for text in (melt.text("mol"), melt.text("wt")):
        again = dict(parse_melt(text).mole_fractions)
        assert again == pytest.approx(dict(melt.mole_fractions), rel=2e-3, abs=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "LiF 52.5 NdF3 47.5 mol%",
        "52.5 LiF 47.5 NdF3 mol%",
        "lif 52.5, ndf3 47.5 mol %",
        "LiF: 52.5; NdF3: 47.5 mol-pct",
        "LiF=52.5% NdF3=47.5mol%",
        "mol% LiF 52.5 NdF3 47.5 BaF2 0",
    ],
)
def test_the_same_bath_in_other_words(text: str) -> None:
    assert parse_melt(text) == Melt((("LiF", 0.525), ("NdF3", 0.475)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("LiF 52.5 NdF3 47.5", "neither mol% nor wt%"),
        ("LiF 52.5 mol% NdF3 47.5 wt%", "both mol% and wt%"),
        ("LiF 52.5 NdF3 40 mol%", r"sums to 92\.5"),
        ("LiF 52.5 NdF3 48.1 mol%", r"sums to 100\.6"),
        ("LiF 52.5 NdF4 47.5 mol%", "did you mean NdF3"),
        ("LiCl 50 NdF3 50 mol%", "did you mean LiF"),
        ("LiF 52.5 NdF3 mol%", "not pairs"),
        ("mol%", "not pairs"),
        ("LiF NdF3 50 50 mol%", "not a number"),
        ("LiF 50 LiF 50 mol%", "names LiF twice"),
        ("LiF -5 NdF3 105 mol%", "outside 0–100"),
        ("LiF nan NdF3 50 mol%", "not a number"),
        ("LiF 50 SmF3 50 mol%", "lanthanothermic"),
        ("LiF 95 Nd2O3 5 wt%", "is an oxide"),
    ],
)
def test_every_mistake_is_told_with_the_way_out(text: str, says: str) -> None:
    with pytest.raises(ChemistryError, match=says):
        parse_melt(text)


def test_a_sum_within_half_a_per_cent_is_taken_as_meant() -> None:
    assert parse_melt("LiF 52.5 NdF3 47.9 mol%").fraction("NdF3") == pytest.approx(47.9 / 100.4)


@pytest.mark.parametrize("solvent", SOLVENT_EUTECTICS)
def test_a_eutectic_solvent_is_taken_apart(solvent: str) -> None:
    by_mol = parse_melt(f"{solvent} 90 NdF3 10 mol%")
    assert by_mol.ref3 == pytest.approx(0.10)
    by_wt = parse_melt(f"{solvent} 60 NdF3 40 wt%")
    assert dict(by_wt.weight_fractions())["NdF3"] == pytest.approx(0.40)
    second = next(salt for salt in SOLVENT_EUTECTICS[solvent] if salt != "LiF")
    assert by_wt.fraction("LiF") / by_wt.fraction(second) == pytest.approx(
        by_mol.fraction("LiF") / by_mol.fraction(second)
    )


def test_a_salt_without_a_law_is_named() -> None:
    with pytest.raises(ChemistryError, match="NaF: no law"):
        parse_melt("LiF 50 NaF 40 NdF3 10 mol%").composition()


@pytest.mark.parametrize("parts", [{}, {"LiF": 0.0}, {"LiF": -1.0}, {"LiF": float("nan")}, {"XyF": 1.0}])
def test_no_bath_is_refused(parts: dict[str, float]) -> None:
    with pytest.raises(ChemistryError):
        melt_from_mol(parts)


@given(st.text())
def test_any_text_is_a_bath_or_a_reason(text: str) -> None:
    with suppress(ChemistryError):
        assert parse_melt(text).mole_fractions
