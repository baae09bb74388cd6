from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.bath import bath_composition
from sim.physics.setup import CellSetup, load_setup
from sim.probe.settings import Setting, SettingRefused, applied, known_paths, setting


def with_(cell: str, *texts: str) -> CellSetup:
    return applied(load_setup(cell), [setting(text) for text in texts])


def mol_pct(setup: CellSetup) -> tuple[float, float, float]:
    d = setup.design
    rare_earth = setup.product.rare_earth_molar_mass_g_per_mol
    mix = bath_composition(d.ref3_wt_pct, d.baf2_wt_pct, d.lif_wt_pct, rare_earth)
    return 100.0 * mix.ref3, 100.0 * mix.baf2, 100.0 * mix.lif


def test_path_and_value_are_split_at_the_first_equals_sign() -> None:
    assert setting(" anode.film_v = 12 ") == Setting("anode.film_v", "12")
    for wrong in ("current", "=4", "current="):
        with pytest.raises(SettingRefused, match="path=value"):
            setting(wrong)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("anode.film", "anode.film_v"),
        ("curent", "current"),
        ("voltage_limit_v", "design.voltage_limit_v"),
        ("anode.coburnout", "anode.co_burnout"),
        ("bath.mol_pct.NaF", "bath.mol_pct.LiF"),
        ("bath.moles.LiF", "bath.mol_pct.LiF"),
    ],
)
def test_a_wrong_path_is_answered_with_near_matches(typed: str, near: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        with_("nd_6ka", f"{typed}=1")
    assert repr(typed) in str(refused.value)
    assert near in str(refused.value).split("did you mean")[1]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("anode.film_v=1000", "must lie in 1–60 V"),
        ("current=-1", "must lie in 0–200000 A"),
        ("current=nan", "must lie in 0–200000 A"),
        ("temperature=warm", "must be a number, °C"),
        ("anodes=2.5", "whole number"),
        ("feed=chalk", "must be one of sesquioxide"),
        ("product=xx", "none of the shipped products"),
        ("product=sm", "metallothermic"),
        ("feed=Eu2O3", "metallothermic"),
        ("bath.mol_pct.LiF=101", "must lie in 0–100 mol%"),
        ("bath.mol_pct.REF3=80", "up to 70 mol%"),
        ("bath.wt_pct.BaF2=x", "must lie in 0–100 wt%"),
        ("bath.wt_pct.LiF=0", "must be above 0"),
    ],
)
def test_a_value_outside_physics_is_answered_with_the_bound(typed: str, answer: str) -> None:
    with pytest.raises(SettingRefused, match=answer):
        with_("nd_6ka", typed)


def test_salts_that_are_not_named_keep_their_proportion() -> None:
    before, after = mol_pct(load_setup("ce_25ka")), mol_pct(with_("ce_25ka", "bath.mol_pct.LiF=50"))
    assert after[2] == pytest.approx(50.0)
    assert after[0] / after[1] == pytest.approx(before[0] / before[1])


def test_the_recipe_may_be_named_whole_and_by_the_rare_earth() -> None:
    setup = with_("nd_6ka", "bath.wt_pct.NdF3=80", "bath.wt_pct.LiF=15", "bath.wt_pct.BaF2=5")
    design = setup.design
    assert (design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct) == pytest.approx((80.0, 5.0, 15.0))


@pytest.mark.parametrize(
    "texts",
    [
        ("bath.wt_pct.NdF3=80", "bath.mol_pct.LiF=15"),
        ("bath.wt_pct.NdF3=80", "bath.wt_pct.LiF=50"),
        ("bath.wt_pct.NdF3=80", "bath.wt_pct.LiF=10", "bath.wt_pct.BaF2=5"),
        ("bath.wt_pct.NdF3=80", "bath.wt_pct.LiF=10"),  # there is no BaF2 to make up the rest
    ],
)
def test_recipes_that_do_not_add_up_are_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(SettingRefused, match="bath: "):
        with_("nd_6ka", *texts)


def test_liquidus_follows_the_recipe_down_to_the_eutectic() -> None:
    assert with_("nd_6ka", "bath.mol_pct.NdF3=31.4").design.bath_liquidus_degc == pytest.approx(731.0, abs=3.0)


@given(lif=st.floats(35.0, 90.0), baf2=st.floats(0.0, 5.0))
def test_the_bath_is_what_was_asked_for(lif: float, baf2: float) -> None:
    setup = with_("ce_25ka", f"bath.mol_pct.LiF={lif!r}", f"bath.mol_pct.BaF2={baf2!r}")
    assert mol_pct(setup) == pytest.approx((100.0 - lif - baf2, baf2, lif), abs=1e-9)


def test_scale_comes_before_what_is_said_in_amperes() -> None:
    setup = with_("nd_6ka", "current=1000", "scale=0.5")
    assert setup.current_a == 1000.0
    assert setup.design.nominal_current_a == pytest.approx(2005.0)


def test_every_path_that_is_shown_is_known() -> None:
    assert len(set(known_paths())) == len(known_paths())
    assert {"scale", "product", "bath.mol_pct.LiF", "current", "heat.emissivity"} <= set(known_paths())
