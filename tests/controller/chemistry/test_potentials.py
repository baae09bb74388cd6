from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.cell_files import load_product
from controller.chemistry.potentials import (
    oxide_activity_term_v,
    reversible_potential_co2_v,
    reversible_potential_co_v,
    reversible_potential_v,
)

PURE_METALS = ("la", "ce", "pr", "nd", "prnd", "mischmetal")


@pytest.mark.parametrize(("degc", "co", "co2"), [(850.0, 1.482, 1.549), (1050.0, 1.297, 1.453)])
def test_neodymium_reference_points(degc: float, co: float, co2: float) -> None:
    product = load_product("nd")
    assert reversible_potential_co_v(product, degc) == pytest.approx(co, abs=0.005)
    assert reversible_potential_co2_v(product, degc) == pytest.approx(co2, abs=0.005)


@pytest.mark.parametrize("name", PURE_METALS)
@given(degc=st.floats(760.0, 1090.0))
def test_both_fall_with_temperature_and_carbon_monoxide_is_the_lower(name: str, degc: float) -> None:
    product = load_product(name)
    assert reversible_potential_co_v(product, degc + 10.0) < reversible_potential_co_v(product, degc)
    assert reversible_potential_co2_v(product, degc + 10.0) < reversible_potential_co2_v(product, degc)
    assert reversible_potential_co_v(product, degc) < reversible_potential_co2_v(product, degc)


def test_thirty_per_cent_saturation_adds_23_millivolts_at_1050_degc() -> None:
    assert oxide_activity_term_v(1050.0, 0.3) == pytest.approx(0.023, abs=5e-4)
    assert oxide_activity_term_v(1050.0, 1.0) == 0.0


@given(ratio=st.floats(allow_nan=False))
def test_activity_term_is_finite_for_every_ratio(ratio: float) -> None:
    assert 0.0 <= oxide_activity_term_v(1000.0, ratio) < 0.3


@given(share=st.floats(0.0, 1.0))
def test_the_mixed_potential_lies_between_the_two_routes(share: float) -> None:
    product = load_product("prnd")
    low, high = reversible_potential_co_v(product, 1050.0), reversible_potential_co2_v(product, 1050.0)
    assert low - 1e-12 <= reversible_potential_v(product, 1050.0, share) <= high + 1e-12


def test_iron_alloys_need_less_voltage_than_their_metal() -> None:
    for alloy, metal in (("ndfe", "nd"), ("prfe", "pr")):
        gain = reversible_potential_co2_v(load_product(metal), 930.0) - reversible_potential_co2_v(
            load_product(alloy), 930.0
        )
        assert 0.05 <= gain <= 0.15
