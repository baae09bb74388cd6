"""How the simulated cell starves, passivates and recovers."""

from __future__ import annotations

import pytest

from sim.physics.cell import CellState, advance_in_place, outputs, running_state
from sim.physics.parameters import CellParameters
from sim.physics.state import CellInputs
from sim.physics.truths import cf4_ppm
from tests.support.simulated_cells import ALL_CELLS, cell_parameters, demand_kg_per_s, films, run, without_lag

UNFED_MINUTES = {"ce_25ka": 35.0, "prnd_25ka": 33.0, "ndfe_20ka": 56.0, "nd_6ka": 21.0}
"""From the middle of the window with nothing undissolved, feed off."""


def in_full_effect(parameters: CellParameters, *, seconds_in: float = 20.0) -> CellState:
    state = running_state(parameters, seed=1)
    run(parameters, state, 3 * 3600.0, fed=False, until=lambda now: films(now) == parameters.anode_count)
    assert films(state) == parameters.anode_count
    run(parameters, state, seconds_in, fed=False)
    return state


@pytest.mark.parametrize("name", UNFED_MINUTES)
def test_without_feed_the_effect_comes_after_the_time_oxide_lasts(name: str) -> None:
    parameters = cell_parameters(name)
    state = without_lag(parameters)
    minutes = run(parameters, state, 3 * 3600.0, fed=False, until=lambda now: films(now) > 0) / 60.0
    assert minutes == pytest.approx(UNFED_MINUTES[name], rel=0.2)


def test_undissolved_oxide_puts_it_off() -> None:
    parameters = cell_parameters("prnd_25ka")
    bare = without_lag(parameters)
    usual = running_state(parameters, seed=1)
    first = run(parameters, bare, 7200.0, fed=False, until=lambda now: films(now) > 0)
    second = run(parameters, usual, 7200.0, fed=False, until=lambda now: films(now) > 0)
    assert first + 60.0 < second < 3600.0


@pytest.mark.parametrize("name", ALL_CELLS)
def test_a_full_effect_is_clipped_and_the_current_collapses(name: str) -> None:
    parameters = cell_parameters(name)
    before = running_state(parameters, seed=1)
    seen = outputs(parameters, in_full_effect(parameters))
    limit_v = parameters.design.voltage_limit_v
    assert seen.anode_effect
    assert seen.cell_voltage_v > before.cell_voltage_v + 3.0
    assert seen.cell_voltage_v <= limit_v + 1e-6
    assert seen.voltage_clipped == (seen.line_current_a < 0.999 * parameters.design.nominal_current_a)
    assert seen.voltage_clipped
    assert seen.cf4_kg > 0.0


def test_the_effect_is_sudden_and_begins_on_few_anodes() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    run(parameters, state, 3 * 3600.0, fed=False, until=lambda now: films(now) > 0)
    assert films(state) <= parameters.anode_count // 2
    took_s = run(parameters, state, 120.0, fed=False, until=lambda now: films(now) == parameters.anode_count)
    assert took_s <= 60.0


def test_no_fluorine_gas_before_passivation() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    run(
        parameters,
        state,
        3 * 3600.0,
        fed=False,
        until=lambda now: max(now.anodes.potential_v) > parameters.truth.passivation_v,
    )
    assert state.totals.cf4_kg < 1e-3


def test_an_effect_that_lasts_goes_on_making_fluorine_gas() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = in_full_effect(parameters, seconds_in=5.0)
    first = state.cf4_kg_per_s / state.line_current_a
    run(parameters, state, 1800.0, fed=False)
    assert films(state) == parameters.anode_count
    # the hood's air is there though hardly any oxide is left to make CO of
    assert 300.0 < cf4_ppm(parameters, state) < 20_000.0
    later = state.cf4_kg_per_s / state.line_current_a
    assert 0.5 * parameters.truth.pfc_plateau * first < later < 0.5 * first


@pytest.mark.parametrize("name", ["prnd_25ka", "ce_25ka", "nd_6ka"])
def test_feed_alone_does_not_end_a_full_effect(name: str) -> None:
    parameters = cell_parameters(name)
    state = in_full_effect(parameters)
    for second in range(300):
        dose_kg = 0.002 * parameters.design.bath_mass_kg if second in (0, 60) else 0.0
        advance_in_place(
            parameters,
            state,
            CellInputs(parameters.design.nominal_current_a, parameters.design.voltage_limit_v, dose_kg),
            1.0,
        )
        assert 2 * films(state) >= parameters.anode_count
    assert outputs(parameters, state).anode_effect


@pytest.mark.parametrize("name", ["prnd_25ka", "ce_25ka", "ndfe_20ka", "nd_6ka"])
@pytest.mark.parametrize("share", [0.4, 0.2, 0.0])
def test_lowering_the_current_ends_it(name: str, share: float) -> None:
    parameters = cell_parameters(name)
    nominal_a = parameters.design.nominal_current_a
    state = in_full_effect(parameters)
    cleared_s = run(parameters, state, 30.0, current_a=share * nominal_a, until=lambda now: films(now) == 0)
    assert films(state) == 0
    assert cleared_s >= parameters.truth.clearing_s
    run(parameters, state, 20.0, current_a=share * nominal_a)
    advance_in_place(
        parameters, state, CellInputs(share * nominal_a, 15.0, 0.002 * parameters.design.bath_mass_kg), 1.0
    )
    for step in range(180):
        ramp_a = nominal_a * (share + (1.0 - share) * (step + 1) / 180.0)
        dose_kg = demand_kg_per_s(parameters, state, ramp_a)
        advance_in_place(parameters, state, CellInputs(ramp_a, parameters.design.voltage_limit_v, dose_kg), 1.0)
    seen = outputs(parameters, state)
    assert not seen.anode_effect
    assert not seen.partial_anode_effect
    assert seen.line_current_a == pytest.approx(nominal_a)
    assert seen.cell_voltage_v < 10.0


def test_a_short_dip_is_not_enough() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = in_full_effect(parameters)
    run(parameters, state, 3.0, current_a=0.0)
    run(parameters, state, 5.0)
    assert films(state) == parameters.anode_count


def one_weak_anode(parameters: CellParameters, oxide_factor: float, *, position: int) -> CellState:
    state = without_lag(parameters, oxide_factor=oxide_factor)
    state.anodes.passivated[position] = 1.0
    state.films = 1.0
    return state


def test_a_partial_effect_hides_in_the_cell_voltage_but_not_in_the_anode_currents() -> None:
    parameters = cell_parameters("prnd_25ka")
    healthy = running_state(parameters, seed=1)
    state = one_weak_anode(parameters, 1.0, position=4)
    run(parameters, state, 3.0)
    seen = outputs(parameters, state)
    assert seen.partial_anode_effect
    assert not seen.anode_effect
    assert seen.cell_voltage_v - healthy.cell_voltage_v < 0.5
    share = seen.anode_current_a[4] / healthy.anodes.current_a[4]
    others = seen.anode_current_a[3] / healthy.anodes.current_a[3]
    assert share < 0.9
    assert others > 1.0


def test_feed_alone_can_end_a_partial_effect() -> None:
    parameters = cell_parameters("ce_25ka")
    gaps = running_state(parameters, seed=1).anodes.gap_cm
    state = one_weak_anode(parameters, 0.85, position=gaps.index(max(gaps)))
    run(parameters, state, 300.0)
    assert films(state) == 1
    for _ in range(40):
        advance_in_place(parameters, state, CellInputs(25_000.0, 15.0, 2.2), 1.0)
        run(parameters, state, 59.0, until=lambda now: films(now) == 0)
    assert films(state) == 0
