from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.couples import (
    MEASURED_IN_DILUTE_LIF_CAF2_V,
    METAL_BELOW_LITHIUM_SCALE_V,
    REF3_ACTIVITY,
    anode_onset_v,
    couple_in_dilute_lif_caf2_v,
    couple_v,
    standard_couple_v,
)
from controller.chemistry.errors import ChemistryError
from controller.chemistry.metals import METAL_NAMES, metal


@pytest.mark.parametrize(("symbol", "volts"), [("La", 0.36), ("Ce", 0.41), ("Pr", 0.41), ("Nd", 0.44)])
def test_pure_fluorides_at_850_degc(symbol: str, volts: float) -> None:
    assert standard_couple_v(metal(symbol), 850.0) == pytest.approx(volts, abs=0.01)


@pytest.mark.parametrize("degc", [820.0, 850.0, 900.0, 930.0])
@pytest.mark.parametrize("symbol", MEASURED_IN_DILUTE_LIF_CAF2_V)
def test_one_shift_reproduces_both_measured_couples(symbol: str, degc: float) -> None:
    found = couple_in_dilute_lif_caf2_v(metal(symbol), degc)
    assert found == pytest.approx(MEASURED_IN_DILUTE_LIF_CAF2_V[symbol], abs=0.03)


def test_lanthanum_deposits_more_negative_than_praseodymium() -> None:
    assert MEASURED_IN_DILUTE_LIF_CAF2_V == {"La": 0.08, "Pr": 0.15}
    assert couple_in_dilute_lif_caf2_v(metal("La"), 850.0) < couple_in_dilute_lif_caf2_v(metal("Pr"), 850.0)


@pytest.mark.parametrize("degc", [900.0, 950.0, 1000.0])
def test_the_flat_conversion_between_the_scales_is_neodymiums_couple_in_the_bath(degc: float) -> None:
    assert couple_v(metal("Nd"), degc, REF3_ACTIVITY) == pytest.approx(METAL_BELOW_LITHIUM_SCALE_V, abs=0.01)


@pytest.mark.parametrize(
    ("event", "lithium", "neodymium"),
    [("oxide-discharge", 2.0, 1.6), ("fluoride-discharge", 4.3, 3.9), ("massive-pfc", 5.5, 5.1)],
)
def test_anode_onsets_on_both_scales(event: str, lithium: float, neodymium: float) -> None:
    assert anode_onset_v(event, against_lithium=True) == lithium
    assert anode_onset_v(event, against_lithium=False) == pytest.approx(neodymium)


def test_an_unknown_event_is_told_the_known_ones() -> None:
    with pytest.raises(ChemistryError, match="fluoride-discharge"):
        anode_onset_v("boom", against_lithium=True)


@given(name=st.sampled_from(METAL_NAMES), degc=st.floats(25.0, 1426.85), activity=st.floats(1e-9, 0.5))
def test_depleted_fluoride_narrows_the_margin_to_lithium(name: str, degc: float, activity: float) -> None:
    there, richer = couple_v(metal(name), degc, activity), couple_v(metal(name), degc, 2.0 * activity)
    assert math.isfinite(there)
    assert there < richer <= standard_couple_v(metal(name), degc) + 1e-9


@pytest.mark.parametrize("bad", [0.0, 1.5, float("nan")])
def test_an_activity_without_meaning_is_refused(bad: float) -> None:
    with pytest.raises(ChemistryError, match="fluoride activity"):
        couple_v(metal("Nd"), 1000.0, bad)
