"""What goes wrong inside a cell shows where it should."""

from __future__ import annotations

import pytest

from sim.physics.cell import CellInputs, advance_in_place, outputs, running_state
from sim.physics.mishaps import anode_disconnected, anode_dropped, anodes_passivated, bath_spilt, bridged
from sim.physics.people import change_anode
from tests.sim.physics.test_balances import check_balances
from tests.support.simulated_cells import cell_parameters, films, nominal_inputs, run


def test_a_disconnected_anode_carries_nothing_until_it_is_put_back() -> None:
    parameters = cell_parameters("ce_25ka")
    start = running_state(parameters, seed=1)
    state = anode_disconnected(parameters, start, 4)
    run(parameters, state, 60.0)
    assert state.anodes.current_a[4] < 1.0
    assert state.line_current_a == pytest.approx(25_000.0)
    assert state.cell_voltage_v > start.cell_voltage_v + 0.1
    state = anode_disconnected(parameters, state, 4, open_=False)
    run(parameters, state, 60.0)
    assert state.anodes.current_a[4] > 0.5 * start.anodes.current_a[4]


def test_a_dropped_anode_needs_a_change() -> None:
    parameters = cell_parameters("ce_25ka")
    state = anode_dropped(parameters, running_state(parameters, seed=1), 0)
    run(parameters, state, 120.0)
    assert state.anodes.current_a[0] < 1.0
    state = change_anode(parameters, state, 0)
    run(parameters, state, 4 * 3600.0)
    assert state.anodes.current_a[0] > 1000.0


def test_films_put_on_by_hand_are_partial_or_full_effects() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    partial = anodes_passivated(parameters, state, (3,))
    assert outputs(parameters, partial).partial_anode_effect
    full = anodes_passivated(parameters, state, tuple(range(18)))
    advance_in_place(parameters, full, nominal_inputs(parameters), 1.0)
    assert outputs(parameters, full).anode_effect
    assert full.cell_voltage_v > state.cell_voltage_v + 1.0
    assert films(state) == 0


def test_spilt_bath_is_booked_and_oxide_then_falls_faster() -> None:
    parameters = cell_parameters("prnd_25ka")
    start = running_state(parameters, seed=1)
    low = bath_spilt(parameters, start, 0.4)
    assert low.bath_mass_kg == pytest.approx(0.6 * start.bath_mass_kg)
    usual = start.copy()
    before = outputs(parameters, start).oxide_dissolved_wt_pct
    for state in (low, usual):
        run(parameters, state, 600.0, fed=False)
    assert before - outputs(parameters, low).oxide_dissolved_wt_pct > 1.4 * (
        before - outputs(parameters, usual).oxide_dissolved_wt_pct
    )
    check_balances(parameters, start, low)
    with pytest.raises(ValueError, match="share"):
        bath_spilt(parameters, start, 1.0)


def test_a_bridge_takes_current_efficiency() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    advance_in_place(bridged(parameters, 2500.0), state, CellInputs(25_000.0, 15.0), 1.0)
    assert state.current_efficiency == pytest.approx(parameters.current_efficiency - 0.1, abs=0.005)
    with pytest.raises(ValueError, match="current_a"):
        bridged(parameters, float("nan"))


@pytest.mark.parametrize("position", [-1, 10])
def test_positions_there_are_none_of(position: int) -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    for mishap in (anode_disconnected, anode_dropped):
        with pytest.raises(IndexError, match="there are 10"):
            mishap(parameters, state, position)
    with pytest.raises(IndexError, match="there are 10"):
        anodes_passivated(parameters, state, (position,))


def test_moist_feed_makes_hydrogen_fluoride_and_wrong_oxide_costs_metal() -> None:
    parameters = cell_parameters("prnd_25ka", moisture_wt_pct=0.0)
    made = []
    for moisture, wrong in ((0.0, 0.0), (0.5, 0.0), (0.0, 1.0)):
        state = running_state(parameters, seed=1)
        for _ in range(3600):
            inputs = CellInputs(25_000.0, 15.0, 0.01165, extra_moisture_wt_pct=moisture, wrong_oxide_share=wrong)
            advance_in_place(parameters, state, inputs, 1.0)
        made.append((state.totals.hf_kg, state.totals.metal_made_kg))
    assert made[0][0] == 0.0
    assert made[1][0] == pytest.approx(0.01165 * 3600 * 0.005 * 2.22, rel=0.01)
    assert made[2][1] < 0.9 * made[0][1]
