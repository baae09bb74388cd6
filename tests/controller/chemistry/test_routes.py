"""Against the table of computed potentials (±0.03 V with oxides, ±0.06 V with fluorides)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.chemistry.constants import FARADAY_C_PER_MOL
from controller.chemistry.errors import ChemistryError
from controller.chemistry.metals import METAL_NAMES, RARE_EARTHS, metal
from controller.chemistry.routes import (
    EQUATIONS,
    Route,
    activity_term_v,
    gas_formation_j_per_mol,
    standard_potential_v,
)

LEGAL_DEGC = st.floats(25.0, 1426.85)
NAMES = st.sampled_from(METAL_NAMES)
ROUTES = st.sampled_from(list(Route))


@pytest.mark.parametrize(
    ("route", "at_850", "at_1050"),
    [
        (Route.CO, 1.482, 1.297),
        (Route.CO2, 1.549, 1.453),
        (Route.COF2, 2.21, 2.11),
        (Route.CF4, 2.87, 2.78),
        (Route.C2F6, 3.07, 3.00),
        (Route.F2, 4.85, 4.68),
    ],
)
def test_neodymium_at_two_temperatures(route: Route, at_850: float, at_1050: float) -> None:
    assert standard_potential_v(metal("Nd"), route, 850.0) == pytest.approx(at_850, abs=0.006)
    assert standard_potential_v(metal("Nd"), route, 1050.0) == pytest.approx(at_1050, abs=0.006)


def test_neodymium_oxide_on_an_inert_anode() -> None:
    assert standard_potential_v(metal("Nd"), Route.O2, 1050.0) == pytest.approx(2.48, abs=0.005)


@pytest.mark.parametrize(
    ("symbol", "co", "co2", "cf4", "c2f6"),
    [
        ("La", 1.314, 1.448, 2.886, 3.102),
        ("Ce", 1.304, 1.439, 2.830, 3.046),
        ("Pr", 1.328, 1.462, 2.825, 3.041),
        ("Nd", 1.343, 1.477, 2.804, 3.020),
        ("Gd", 1.353, 1.487, 2.861, 3.077),
        ("Dy", 1.410, 1.544, 2.825, 3.042),
    ],
)
def test_all_at_1000_degc(symbol: str, co: float, co2: float, cf4: float, c2f6: float) -> None:
    found = [
        standard_potential_v(metal(symbol), route, 1000.0) for route in (Route.CO, Route.CO2, Route.CF4, Route.C2F6)
    ]
    assert found == pytest.approx([co, co2, cf4, c2f6], abs=1e-9)


@pytest.mark.parametrize(("gas", "kj_per_mol"), [("CO", -226.0), ("CO2", -395.6)])
def test_formation_of_the_gases_at_1300_kelvin(gas: str, kj_per_mol: float) -> None:
    assert gas_formation_j_per_mol(gas, 1026.85) / 1000.0 == pytest.approx(kj_per_mol, abs=0.05)


@pytest.mark.parametrize("symbol", RARE_EARTHS)
@given(degc=st.floats(750.0, 1100.0))
def test_taking_co_or_co2_apart_gives_the_same_oxygen_route(symbol: str, degc: float) -> None:
    by_co = standard_potential_v(metal(symbol), Route.CO, degc) - gas_formation_j_per_mol("CO", degc) / (
        2.0 * FARADAY_C_PER_MOL
    )
    assert standard_potential_v(metal(symbol), Route.O2, degc) == pytest.approx(by_co, abs=0.006)


@given(name=NAMES, route=ROUTES, degc=st.floats(25.0, 1400.0))
def test_every_potential_falls_with_temperature(name: str, route: Route, degc: float) -> None:
    assert standard_potential_v(metal(name), route, degc + 20.0) < standard_potential_v(metal(name), route, degc)


@given(name=NAMES, degc=st.floats(725.0, 1426.0))
def test_the_order_of_the_routes_above_the_boudouard_point(name: str, degc: float) -> None:
    order = (Route.CO, Route.CO2, Route.COF2, Route.O2, Route.CF4, Route.C2F6, Route.F2)
    found = [standard_potential_v(metal(name), route, degc) for route in order]
    assert found == sorted(found)


@pytest.mark.parametrize("symbol", RARE_EARTHS)
def test_below_about_700_degc_carbon_dioxide_is_the_easier_one(symbol: str) -> None:
    co, co2 = (standard_potential_v(metal(symbol), route, 660.0) for route in (Route.CO, Route.CO2))
    assert co2 < co


@given(name=NAMES, route=ROUTES, degc=LEGAL_DEGC)
def test_never_nan(name: str, route: Route, degc: float) -> None:
    assert math.isfinite(standard_potential_v(metal(name), route, degc))


def test_praseodymium_neodymium_lies_between_its_metals() -> None:
    low, mixed, high = (standard_potential_v(metal(name), Route.CO2, 1050.0) for name in ("Pr", "PrNd", "Nd"))
    assert low < mixed < high


def test_thirty_per_cent_saturation_adds_23_millivolts() -> None:
    for route in (Route.CO, Route.CO2, Route.O2):
        assert activity_term_v(route, 1050.0, oxide_activity=0.3) == pytest.approx(0.023, abs=5e-4)
    assert activity_term_v(Route.CF4, 1050.0, oxide_activity=0.3) == 0.0


@pytest.mark.parametrize(("activity", "volts"), [(0.4, 0.035), (0.1, 0.0875)])
def test_fluoride_activity_adds_35_to_90_millivolts(activity: float, volts: float) -> None:
    for route in (Route.CF4, Route.C2F6, Route.F2):
        assert activity_term_v(route, 1050.0, fluoride_activity=activity) == pytest.approx(volts, abs=0.001)
    assert activity_term_v(Route.CO2, 1050.0, fluoride_activity=activity) == 0.0


@given(route=ROUTES, bar=st.floats(1e-6, 0.99))
def test_thin_gas_lowers_the_potential(route: Route, bar: float) -> None:
    assert activity_term_v(route, 1000.0, gas_pressure_bar=bar) < 0.0


@pytest.mark.parametrize("bad", [0.0, -1.0, 1.1, float("nan")])
def test_activities_outside_their_meaning_are_refused(bad: float) -> None:
    with pytest.raises(ChemistryError, match="oxide activity"):
        activity_term_v(Route.CO, 1000.0, oxide_activity=bad)
    with pytest.raises(ChemistryError, match="fluoride activity"):
        activity_term_v(Route.CF4, 1000.0, fluoride_activity=bad)


@pytest.mark.parametrize("bad", [0.0, 101.0, float("nan")])
def test_a_pressure_outside_its_bounds_is_refused(bad: float) -> None:
    with pytest.raises(ChemistryError, match="bar"):
        activity_term_v(Route.CO, 1000.0, gas_pressure_bar=bad)


@pytest.mark.parametrize("route", list(Route))
def test_equations_carry_one_rare_earth_charge(route: Route) -> None:
    equation = EQUATIONS[route]
    rare_earth_per_electron = 2.0 * equation.oxide + equation.fluoride
    assert rare_earth_per_electron == pytest.approx(1.0 / 3.0)
