"""The parallel anodes: Kirchhoff holds, the clamp holds; the single laws give their published values."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.cell import LAWS, running_state
from sim.physics.parameters import joined
from tests.support.simulated_cells import ALL_CELLS, cell_parameters

J_0 = 0.30
THERMAL_V = 8.31446 * 1323.15 / 96485.33


def shared(demand_a: float, limit_v: float, common_ohm: float, cathode_cm2: float) -> tuple[float, ...]:
    """What all anodes of a sweep share, at 1050 °C."""
    return (
        1.30, 0.15, 0.1, 0.7, 0.11, 0.015, THERMAL_V / 1.08, 0.5 * THERMAL_V, 0.5 / J_0, 12.0, 1.0,
        demand_a, limit_v, common_ohm, 0.015, 0.1 * cathode_cm2,
    )  # fmt: skip


def potential_v(j: float, limit: float, film: float = 0.0) -> float:
    """iR-free potential of one anode of 1 cm² against the metal."""
    cell = shared(j, 1e9, 0.0, 1.0)
    given_columns = ([1.0], [limit], [1e-9], [film])
    return float(LAWS.settle(LAWS.sweep, cell, given_columns, [j])[2])


ANODE = st.tuples(
    st.floats(5.0, 5000.0),  # area
    st.floats(0.01, 3.0),  # limiting current density
    st.floats(0.5, 20.0),  # ohm·cm²
    st.sampled_from([0.0, 1.0]),
)


@given(anodes=st.lists(ANODE, min_size=1, max_size=20), load=st.floats(0.001, 3.0), limit_v=st.floats(0.1, 30.0))
def test_currents_obey_kirchhoff_and_the_clamp(
    anodes: list[tuple[float, float, float, float]], load: float, limit_v: float
) -> None:
    areas, limits, specific, films = (list(column) for column in zip(*anodes, strict=True))
    limit_a = [area * limit for area, limit in zip(areas, limits, strict=True)]
    resistances = [r / area for r, area in zip(specific, areas, strict=True)]
    demand_a = load * sum(limit_a)
    common_ohm, cathode_cm2 = 0.2 / demand_a, demand_a / 4.0
    cell = shared(demand_a, limit_v, common_ohm, cathode_cm2)
    start = [demand_a / len(areas)] * len(areas)
    currents, _, bus_v, line_a, clipped = LAWS.settle(LAWS.sweep, cell, (areas, limit_a, resistances, films), start)
    assert sum(currents) == pytest.approx(line_a, rel=1e-6, abs=1e-9)
    voltage_v = bus_v + common_ohm * line_a + 0.015 * math.log1p(line_a / (0.1 * cathode_cm2))
    if line_a == 0.0:
        assert clipped
        assert voltage_v >= limit_v - 0.05
        return
    for i, current in enumerate(currents):
        own_v = potential_v(current / areas[i], limits[i], films[i])
        assert own_v + resistances[i] * current == pytest.approx(bus_v, rel=1e-5, abs=1e-4)
    if clipped:
        assert voltage_v == pytest.approx(limit_v, abs=1e-4)
        assert line_a <= demand_a * (1.0 + 1e-9)
    else:
        assert line_a == demand_a
        assert voltage_v <= limit_v + 1e-4


@given(j=st.floats(0.01, 1.2), more=st.floats(0.01, 1.0), film=st.sampled_from([0.0, 1.0]))
def test_potential_rises_with_current(j: float, more: float, film: float) -> None:
    assert potential_v(j + more, 1.3, film) > potential_v(j, 1.3, film)


def test_a_film_clears_at_forty_per_cent_and_not_at_fifty() -> None:
    assert potential_v(0.40, 1.0, 1.0) < 2.5
    assert potential_v(0.50, 1.0, 1.0) > 2.5
    assert potential_v(1.00, 1.0, 1.0) > 12.0


def test_a_starved_anode_climbs_at_its_limit_and_passivates_just_above() -> None:
    assert potential_v(0.998, 1.0) < 2.5
    assert potential_v(1.05, 1.0) > 3.9


@pytest.mark.parametrize(
    ("degc", "wt_pct", "expected"),
    [(1050, 0.5, 0.46), (1050, 1, 0.80), (1050, 2, 1.39), (1050, 4, 2.43), (950, 1, 0.60), (850, 0.5, 0.25)],
)
def test_critical_current_density(degc: float, wt_pct: float, expected: float) -> None:
    truth = cell_parameters("prnd_25ka").truth
    found = LAWS.critical_a_per_cm2(truth, wt_pct, degc + 273.15)
    assert found == pytest.approx(expected, abs=0.015)
    assert LAWS.critical_a_per_cm2(truth, 2.0 * wt_pct, degc + 273.15) > found
    assert LAWS.critical_a_per_cm2(truth, wt_pct, degc + 283.15) > found


@pytest.mark.parametrize(("millivolts", "wt_pct"), [(39, 4), (56, 3), (91, 2.2), (113, 2.0), (158, 1.8), (226, 1.7)])
def test_concentration_overvoltage_is_flat_and_then_steep(millivolts: float, wt_pct: float) -> None:
    limit = LAWS.critical_a_per_cm2(cell_parameters("prnd_25ka").truth, wt_pct, 1323.15)
    assert 1000.0 * (potential_v(1.2, limit) - potential_v(1.2, 1e9)) == pytest.approx(millivolts, rel=0.02, abs=1.5)


@pytest.mark.parametrize(("volts", "share"), [(3.9, 0.0), (4.3, 1e-3), (5.1, 0.1), (5.4, 0.5), (9.0, 0.5)])
def test_fluorine_share(volts: float, share: float) -> None:
    assert LAWS.fluorine_share(volts, 3.9) == pytest.approx(share, rel=0.01)


@given(celsius=st.floats(750.0, 1100.0), warmer=st.floats(1.0, 100.0), ref3=st.floats(0.1, 0.5))
def test_a_hotter_bath_conducts_and_dissolves_more(celsius: float, warmer: float, ref3: float) -> None:
    parameters = cell_parameters("prnd_25ka")
    kelvin = celsius + 273.15
    truth, derived = parameters.truth, parameters.derived

    def conductivity(bath_k: float) -> float:
        return float(LAWS.conductivity_s_per_cm(truth, ref3, 1.0, bath_k, 0.0))

    def saturation(bath_k: float) -> float:
        return float(LAWS.saturation_wt_pct(truth, derived, ref3, 100.0, bath_k))

    assert conductivity(kelvin + warmer) > conductivity(kelvin)
    assert saturation(kelvin + warmer) > saturation(kelvin)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_deeper_anodes_need_less_voltage(name: str) -> None:
    shallow = cell_parameters(name)
    anodes = dataclasses.replace(shallow.design.anodes, immersion_cm=1.2 * shallow.design.anodes.immersion_cm)
    deep = joined(dataclasses.replace(shallow.design, anodes=anodes), shallow.product, shallow.truth)
    assert running_state(deep, seed=1).cell_voltage_v < running_state(shallow, seed=1).cell_voltage_v - 0.1
