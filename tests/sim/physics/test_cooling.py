"""Power cut: how long until bath and metal freeze, and what freezing does."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim.physics.cell import LAWS, CellState, advance, advance_in_place, outputs, running_state
from sim.physics.people import add_salt
from sim.physics.state import CellInputs
from tests.support.simulated_cells import REFERENCE_CELLS, cell_parameters, run

TO_LIQUIDUS_MIN = {
    "ce_25ka": (40.0, 68.0),
    "prnd_25ka": (66.0, 160.0),
    "ndfe_20ka": (65.0, 116.0),
    "nd_6ka": (52.0, 229.0),
}
"""Bath alone, and bath with all its surroundings: the truth lies between."""
TO_SOLID_METAL_MIN = {"prnd_25ka": (13.0, 32.0), "nd_6ka": (6.0, 27.0)}


@pytest.mark.parametrize("name", TO_LIQUIDUS_MIN)
def test_minutes_to_liquidus_at_zero_current(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=1)
    minutes = run(parameters, state, 6 * 3600.0, current_a=0.0, until=lambda s: s.bath_k < s.liquidus_k) / 60.0
    low, high = TO_LIQUIDUS_MIN[name]
    assert low <= minutes <= high


@pytest.mark.parametrize("name", TO_SOLID_METAL_MIN)
def test_minutes_to_solid_metal_at_zero_current(name: str) -> None:
    parameters = cell_parameters(name)
    melting_k = parameters.product.metal_melting_point_degc + 273.15
    state = running_state(parameters, seed=1)
    minutes = run(parameters, state, 3600.0, current_a=0.0, until=lambda s: s.bath_k < melting_k) / 60.0
    low, high = TO_SOLID_METAL_MIN[name]
    assert low <= minutes <= high


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_a_cell_without_power_only_cools(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=1)
    temperatures = [state.bath_k]

    def note(now: CellState) -> bool:
        temperatures.append(now.bath_k)
        return False

    run(parameters, state, 3600.0, current_a=0.0, until=note)
    assert all(later < earlier for earlier, later in pairwise(temperatures))


def test_a_lid_and_auxiliary_heat_put_freezing_off() -> None:
    parameters = cell_parameters("ce_25ka")
    times = []
    for lid_closed in (False, True):
        state = running_state(parameters, seed=1)
        times.append(
            run(
                parameters,
                state,
                6 * 3600.0,
                current_a=0.0,
                lid_closed=lid_closed,
                until=lambda s: s.bath_k < s.liquidus_k,
            )
        )
    assert times[1] > 1.3 * times[0]
    state = running_state(parameters, seed=1)
    without = advance(parameters, state, CellInputs(0.0, 15.0), 1.0)
    heated = advance(parameters, state, CellInputs(0.0, 15.0, auxiliary_heat_kw=100.0), 1.0)
    capacity_j_per_k = LAWS.bath_capacity_j_per_k(parameters.truth, state)
    warmed_j = (heated.bath_k - without.bath_k) * capacity_j_per_k
    assert warmed_j == pytest.approx(100e3, rel=1e-6)


def test_freezing_slows_cooling_and_raises_resistance() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    nominal_v = state.cell_voltage_v

    def rate_k_per_s() -> float:
        before = state.bath_k
        run(parameters, state, 60.0, current_a=0.0)
        return (before - state.bath_k) / 60.0

    run(parameters, state, 6 * 3600.0, current_a=0.0, until=lambda s: s.bath_k < s.liquidus_k + 2.0)
    above = rate_k_per_s()
    run(parameters, state, 6 * 3600.0, current_a=0.0, until=lambda s: s.bath_k < s.liquidus_k)
    below = rate_k_per_s()
    assert below < 0.6 * above
    run(parameters, state, 12 * 3600.0, current_a=0.0, until=lambda s: s.bath_k < s.eutectic_k)
    at_halt = rate_k_per_s()
    assert at_halt < 0.3 * below
    stiff = advance(parameters, state, CellInputs(25_000.0, 30.0), 1.0)
    assert stiff.cell_voltage_v > nominal_v + 2.0


@pytest.mark.parametrize("name", ["prnd_25ka", "nd_6ka"])
def test_the_usual_neodymium_bath_freezes_from_844_to_the_eutectic_at_731_degrees(name: str) -> None:
    """At the eutectic the liquid has 31.4 mol% NdF3: of a bath of 47.5 mol% 43 wt% has crystallised before."""
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=1)

    def frozen_at(degc: float) -> float:
        state.bath_k = degc + 273.15
        return outputs(parameters, state).frozen_share

    assert frozen_at(845.0) == 0.0
    assert 0.15 < frozen_at(790.0) < 0.25
    assert frozen_at(733.0) == pytest.approx(0.43, abs=0.02)
    assert frozen_at(720.0) == 1.0


def test_oxide_stops_falling_out_when_all_is_solid() -> None:
    parameters = cell_parameters("nd_6ka")
    state = running_state(parameters, seed=1)
    run(parameters, state, 20 * 3600.0, current_a=0.0, dt_s=5.0)
    assert outputs(parameters, state).frozen_share == 1.0
    sludge_kg, dissolved_kg = state.sludge_kg, state.oxide_kg
    assert dissolved_kg > 0.0
    run(parameters, state, 3600.0, current_a=0.0, dt_s=5.0)
    assert state.sludge_kg == sludge_kg
    assert state.bath_k < state.eutectic_k - parameters.truth.eutectic_range_k


def test_a_cell_goes_solid_without_power_and_comes_back_by_alternating_current() -> None:
    parameters = cell_parameters("nd_6ka")
    state = running_state(parameters, seed=1)
    state.metal_kg = 20.0
    nominal_v = state.cell_voltage_v
    run(parameters, state, 20 * 3600.0, current_a=0.0, dt_s=5.0)
    seen = outputs(parameters, state)
    assert seen.frozen_share == 1.0
    assert seen.metal_temperature_degc < parameters.product.metal_melting_point_degc
    for _ in range(20 * 720):
        heat_kw = 30.0 if state.bath_k < parameters.derived.target_k else 0.0
        advance_in_place(parameters, state, CellInputs(0.0, 15.0, auxiliary_heat_kw=heat_kw), 5.0)
    assert outputs(parameters, state).frozen_share == 0.0
    assert state.ledge_kg == 0.0
    run(parameters, state, 600.0)
    seen = outputs(parameters, state)
    assert not seen.anode_effect
    assert seen.line_current_a == pytest.approx(4010.0)
    assert seen.cell_voltage_v == pytest.approx(nominal_v, abs=0.3)


@pytest.mark.parametrize("current_a", [500.0, 1000.0, 3000.0])
def test_the_three_kiloampere_cell_runs_from_half_a_kiloampere(current_a: float) -> None:
    parameters = cell_parameters("nd_3ka")
    state = running_state(parameters, seed=1)
    run(parameters, state, 600.0, current_a=current_a)
    seen = outputs(parameters, state)
    assert seen.line_current_a == pytest.approx(current_a)
    assert 2.0 < seen.cell_voltage_v < 10.0
    assert not seen.anode_effect


def test_one_dose_chills_by_its_heat_over_the_baths() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    plain = advance(parameters, state, CellInputs(25_000.0, 15.0), 1.0)
    fed = advance(parameters, state, CellInputs(25_000.0, 15.0, 1.0), 1.0)
    chill_k = 410.0 / (0.88 * 2390.0)  # kJ to warm 1 kg to 1050 °C, over kJ/K
    assert plain.bath_k - fed.bath_k == pytest.approx(chill_k, rel=0.03)


def test_lithium_fluoride_lowers_the_liquidus_of_a_rich_bath() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    leaner = add_salt(parameters, state, lif_kg=30.0)
    richer = add_salt(parameters, state, ref3_kg=200.0)
    assert leaner.liquidus_k < state.liquidus_k - 10.0
    assert richer.liquidus_k > state.liquidus_k + 5.0
    assert leaner.bath_mass_kg == state.bath_mass_kg + 30.0
    with pytest.raises(ValueError, match="lif_kg"):
        add_salt(parameters, state, lif_kg=float("nan"))
