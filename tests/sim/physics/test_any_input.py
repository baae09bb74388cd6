"""Whatever acts on the cell, what is seen stays finite and possible."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.physics.cell import CellOutputs, advance, advance_in_place, outputs, running_state
from sim.physics.people import change_anode, tap_metal
from sim.physics.state import CellInputs
from tests.support.simulated_cells import ALL_CELLS, cell_parameters

SEGMENT = st.tuples(
    st.one_of(st.just(0.0), st.floats(0.0, 50_000.0)),
    st.one_of(st.sampled_from([0.0, 15.0, 30.0]), st.floats(0.0, 30.0)),
    st.one_of(st.just(0.0), st.floats(0.0, 50.0)),
    st.booleans(),
    st.sampled_from([0.1, 0.5, 1.0, 5.0]),
    st.integers(1, 60),
)


def numbers(seen: CellOutputs) -> list[float]:
    found: list[float] = []
    for value in seen:
        found.extend(value) if isinstance(value, tuple) else found.append(value)
    return found


@pytest.mark.parametrize("name", ALL_CELLS)
@settings(max_examples=40, deadline=None)
@given(segments=st.lists(SEGMENT, min_size=1, max_size=8), position=st.integers(0, 1000))
def test_no_input_makes_nonsense(
    name: str, segments: list[tuple[float, float, float, bool, float, int]], position: int
) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=1)
    for demand_a, limit_v, dose_kg, lid_closed, dt_s, steps in segments:
        for _ in range(steps):
            advance_in_place(parameters, state, CellInputs(demand_a, limit_v, dose_kg, lid_closed), dt_s)
        seen = outputs(parameters, state)
        assert all(math.isfinite(value) for value in numbers(seen))
        assert 0.0 <= seen.line_current_a <= demand_a * (1.0 + 1e-9)
        assert sum(seen.anode_current_a) == pytest.approx(seen.line_current_a, rel=1e-6, abs=1e-6)
        assert seen.cell_voltage_v <= limit_v + 1e-3 or seen.line_current_a == 0.0
        assert seen.oxide_dissolved_wt_pct >= 0.0
        assert seen.oxide_undissolved_kg >= 0.0
        assert 0.0 <= seen.current_efficiency <= 1.0
        assert -50.0 <= seen.bath_temperature_degc <= 2000.0
        assert 0.5 < seen.cell_voltage_v < 30.1
        state = change_anode(parameters, state, position % parameters.anode_count)


@pytest.mark.parametrize(
    "inputs",
    [
        CellInputs(math.nan, 15.0),
        CellInputs(math.inf, 15.0),
        CellInputs(1000.0, math.nan),
        CellInputs(1000.0, 15.0, math.nan),
        CellInputs(1000.0, 15.0, -0.1),
        CellInputs(-1.0, 15.0),
        CellInputs(1000.0, 15.0, auxiliary_heat_kw=math.inf),
    ],
)
def test_meaningless_inputs_are_refused_before_anything_moves(inputs: CellInputs) -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    before = outputs(parameters, state)
    with pytest.raises(ValueError, match=r"not finite|negative"):
        advance_in_place(parameters, state, inputs, 1.0)
    assert outputs(parameters, state) == before


@pytest.mark.parametrize("dt_s", [0.0, -1.0, 6.0, math.nan])
def test_steps_out_of_range_are_refused(dt_s: float) -> None:
    parameters = cell_parameters("ce_25ka")
    with pytest.raises(ValueError, match="dt_s"):
        advance(parameters, running_state(parameters, seed=1), CellInputs(1000.0, 15.0), dt_s)


def test_a_month_of_neglect_ends_in_burnt_through_anodes_and_not_in_nonsense() -> None:
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    shares = []
    for step in range(13 * 24 * 720):
        dose_kg = 0.1 if step < 8 * 24 * 720 else 0.0
        advance_in_place(parameters, state, CellInputs(25_000.0, 15.0, dose_kg), 5.0)
        if step % 8640 == 0:
            assert all(math.isfinite(value) for value in numbers(outputs(parameters, state)))
            shares.append(state.line_current_a)
    seen = outputs(parameters, state)
    assert max(seen.anode_remaining_mm) < 0.0
    assert state.anodes.neck.count(0.0) >= 5
    assert seen.voltage_clipped
    assert shares[-1] < 1000.0


def test_a_new_anode_takes_its_share_over_hours() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    oldest = max(range(18), key=lambda i: state.anodes.gap_cm[i])
    state = change_anode(parameters, state, oldest)
    assert outputs(parameters, state).anode_remaining_mm[oldest] == pytest.approx(60.0)
    assert outputs(parameters, state).anode_remaining_kg[oldest] == pytest.approx(31.0)
    shares = []
    for _ in range(4):
        advance_in_place(parameters, state, CellInputs(25_000.0, 15.0, 0.0114), 1.0)
        shares.append(state.anodes.current_a[oldest] * 18.0 / 25_000.0)
        for _ in range(3599):
            advance_in_place(parameters, state, CellInputs(25_000.0, 15.0, 0.0114), 1.0)
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] > 1.0


def test_positions_that_do_not_exist_are_refused() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    for position in (-1, 18):
        with pytest.raises(IndexError, match="there are 18"):
            change_anode(parameters, state, position)


def test_a_tap_brings_at_most_what_there_is() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    state.metal_kg = 50.0
    after, tapped_kg = tap_metal(parameters, state, 30.0)
    assert (after.metal_kg, tapped_kg) == (20.0, 30.0)
    assert state.metal_kg == 50.0
    empty, tapped_kg = tap_metal(parameters, after, 30.0)
    assert (empty.metal_kg, tapped_kg) == (0.0, 20.0)
    with pytest.raises(ValueError, match="wanted_kg"):
        tap_metal(parameters, state, math.nan)
