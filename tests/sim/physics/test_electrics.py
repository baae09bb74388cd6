"""The parallel anodes: Kirchhoff holds, the clamp holds, one iteration is enough for a quiet cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.branches import Branches, Supply, divide
from sim.physics.electrochemistry import (
    CLEARING_V,
    PASSIVATION_V,
    AnodeLaw,
    anode_law,
    cathode_overvoltage_v,
    co2_charge_share,
    critical_current_density_a_per_cm2,
    pfc_charge_share,
    potential_and_slope,
)


def law(bath_k: float = 1323.15) -> AnodeLaw:
    return anode_law(
        reversible_co_v=1.30,
        reversible_co2_v=1.45,
        temperature_k=bath_k,
        exchange_a_per_cm2=0.30,
        charge_transfer=1.08,
        co2_plateau=0.8,
    )


ANODE = st.tuples(
    st.floats(5.0, 5000.0),  # area
    st.floats(0.01, 3.0),  # limiting current density
    st.floats(0.5, 20.0),  # ohm·cm²
    st.booleans(),
)


@given(anodes=st.lists(ANODE, min_size=1, max_size=20), load=st.floats(0.001, 3.0), limit_v=st.floats(0.1, 30.0))
def test_currents_obey_kirchhoff_and_the_clamp(
    anodes: list[tuple[float, float, float, bool]], load: float, limit_v: float
) -> None:
    areas, limits, specific, passivated = zip(*anodes, strict=True)
    limit_a = [area * limit for area, limit in zip(areas, limits, strict=True)]
    branches = Branches(areas, limit_a, [r / area for r, area in zip(specific, areas, strict=True)], passivated)
    demand_a = load * sum(limit_a)
    supply = Supply(demand_a, limit_v, 0.2 / demand_a, demand_a / 4.0)
    found = divide(law(), branches, supply, [demand_a / len(areas)] * len(areas))
    assert sum(found.anode_current_a) == pytest.approx(found.line_current_a, rel=1e-6, abs=1e-9)
    if found.line_current_a == 0.0:
        assert found.clipped
        assert found.cell_voltage_v >= limit_v - 0.05
        return
    own = found.cell_voltage_v - 0.2 * found.line_current_a / demand_a
    own -= cathode_overvoltage_v(found.line_current_a, supply.cathode_area_cm2)
    for i, current in enumerate(found.anode_current_a):
        potential, slope = potential_and_slope(law(), current, areas[i], limit_a[i], passivated[i])
        assert slope > 0.0
        assert potential + branches.resistance_ohm[i] * current == pytest.approx(own, abs=0.002)
    if found.clipped:
        assert found.line_current_a < demand_a
        assert found.cell_voltage_v == pytest.approx(limit_v, abs=0.002)
    else:
        assert found.line_current_a == demand_a
        assert found.cell_voltage_v <= limit_v + 1e-9


def test_a_quiet_cell_needs_one_iteration() -> None:
    branches = Branches([2475.0] * 10, [3800.0] * 10, [0.0024] * 10, [False] * 10)
    supply = Supply(25_000.0, 15.0, 1e-5, 7600.0)
    settled = divide(law(), branches, supply, [2500.0] * 10)
    again = divide(law(), branches, supply._replace(demand_a=25_001.0), settled.anode_current_a)
    assert again.iterations == 1
    assert again.cell_voltage_v == pytest.approx(
        divide(law(), branches, supply._replace(demand_a=25_001.0), [1.0] * 10).cell_voltage_v, abs=1e-6
    )


def test_without_demand_the_cell_shows_its_open_circuit_voltage() -> None:
    branches = Branches([2475.0] * 2, [3800.0] * 2, [0.0024] * 2, [False] * 2)
    found = divide(law(), branches, Supply(0.0, 15.0, 1e-5, 7600.0), [1.0, 1.0])
    assert found.line_current_a == 0.0
    assert found.anode_current_a == [0.0, 0.0]
    assert found.cell_voltage_v == pytest.approx(1.315, abs=0.003)  # CO route with a tenth of CO2
    assert not found.clipped


@pytest.mark.parametrize("passivated", [False, True])
@given(ratio=st.floats(-0.5, 5.0), step=st.floats(1e-6, 0.5))
def test_potential_rises_with_current(passivated: bool, ratio: float, step: float) -> None:
    lower, _ = potential_and_slope(law(), 1000.0 * ratio, 1000.0, 1000.0, passivated)
    upper, _ = potential_and_slope(law(), 1000.0 * (ratio + step), 1000.0, 1000.0, passivated)
    assert upper > lower


def test_film_clears_at_40_per_cent_of_the_limit_and_not_at_50() -> None:
    assert potential_and_slope(law(), 400.0, 1000.0, 1000.0, True)[0] < CLEARING_V
    assert potential_and_slope(law(), 500.0, 1000.0, 1000.0, True)[0] > CLEARING_V


def test_an_active_anode_passes_the_passivation_potential_only_at_its_limit() -> None:
    assert potential_and_slope(law(), 990.0, 1000.0, 1000.0, False)[0] < 2.2
    assert potential_and_slope(law(), 1050.0, 1000.0, 1000.0, False)[0] > PASSIVATION_V


@pytest.mark.parametrize(("j", "co2_least", "co2_most"), [(0.05, 0.0, 0.3), (0.2, 0.7, 1.0), (0.5, 0.8, 0.8)])
def test_primary_gas_by_current_density(j: float, co2_least: float, co2_most: float) -> None:
    assert co2_least <= co2_charge_share(j, 0.8) <= co2_most


@pytest.mark.parametrize(
    ("degc", "wt_pct", "expected"),
    [(1050, 0.5, 0.46), (1050, 1, 0.80), (1050, 2, 1.39), (1050, 4, 2.43), (950, 1, 0.60), (850, 0.5, 0.25)],
)
def test_critical_current_density(degc: float, wt_pct: float, expected: float) -> None:
    found = critical_current_density_a_per_cm2(wt_pct, degc + 273.15, 0.8, 0.8, 38_000.0)
    assert found == pytest.approx(expected, abs=0.015)
    assert critical_current_density_a_per_cm2(2.0 * wt_pct, degc + 273.15, 0.8, 0.8, 38_000.0) > found


def test_critical_current_density_stays_below_the_laboratory_sweep() -> None:
    assert critical_current_density_a_per_cm2(2.9, 920.0 + 273.15, 0.8, 0.8, 38_000.0) <= 1.6
    assert critical_current_density_a_per_cm2(0.0, 1193.15, 0.8, 0.8, 38_000.0) == 0.0


@pytest.mark.parametrize(("millivolts", "wt_pct"), [(39, 4), (56, 3), (91, 2.2), (113, 2.0), (158, 1.8), (226, 1.7)])
def test_concentration_overvoltage_is_flat_and_then_steep(millivolts: float, wt_pct: float) -> None:
    limit = critical_current_density_a_per_cm2(wt_pct, 1323.15, 0.8, 0.8, 38_000.0)
    far, _ = potential_and_slope(law(), 1.2, 1.0, 1e9, False)
    here, _ = potential_and_slope(law(), 1.2, 1.0, limit, False)
    assert 1000.0 * (here - far) == pytest.approx(millivolts, rel=0.02, abs=1.5)


@pytest.mark.parametrize(("volts", "share"), [(3.9, 0.0), (4.3, 1e-3), (5.1, 0.1), (6.0, 0.5)])
def test_fluorine_gas_share(volts: float, share: float) -> None:
    assert pfc_charge_share(volts) == pytest.approx(share, rel=0.01)
