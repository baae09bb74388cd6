"""Shipped cells as the physics sees them, and the plainest way to run one: fed by demand, at steady inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from controller.cell_files import load_cell_design, load_product
from sim.physics.cell import LAWS, CellInputs, CellState, advance_in_place, running_state
from sim.physics.parameters import CellParameters, parameters_from

REFERENCE_CELLS = ("ce_25ka", "prnd_25ka", "ndfe_20ka", "nd_6ka", "nd_3ka", "nd_10ka", "prnd_40ka")
ALL_CELLS = (*REFERENCE_CELLS, "lab_400a")


def cell_parameters(name: str, **simulator: Any) -> CellParameters:
    design, table = load_cell_design(name)
    return parameters_from(design, load_product(design.product), {**table, **simulator})


def demand_kg_per_s(parameters: CellParameters, state: CellState, current_a: float) -> float:
    """Feed the cell uses up at that current as it now is."""
    then = state.copy()
    then.line_current_a = current_a
    efficiency: float = LAWS.current_efficiency(parameters.truth, parameters.derived, then)
    return current_a * efficiency * parameters.oxide_kg_per_coulomb


def without_lag(parameters: CellParameters, *, seed: int = 1, oxide_factor: float = 1.0) -> CellState:
    """A running cell with nothing undissolved, its dissolved oxide scaled."""
    state = running_state(parameters, seed=seed)
    state.oxide_kg *= oxide_factor
    state.oxide_still_kg *= oxide_factor
    state.oxide_fast_kg = state.oxide_slow_kg = 0.0
    return state


def films(state: CellState) -> int:
    """Anodes under a film."""
    return round(state.films)


def nominal_inputs(parameters: CellParameters, *, dose_kg: float = 0.0) -> CellInputs:
    return CellInputs(parameters.design.nominal_current_a, parameters.design.voltage_limit_v, dose_kg)


def run(
    parameters: CellParameters,
    state: CellState,
    seconds: float,
    *,
    current_a: float | None = None,
    fed: bool = True,
    lid_closed: bool = False,
    dt_s: float = 1.0,
    until: Callable[[CellState], bool] | None = None,
) -> float:
    """Runs ``state`` in place, oxide trickling in as it is used (or not at all); the time it took, s."""
    design = parameters.design
    wanted_a = design.nominal_current_a if current_a is None else current_a
    steps = round(seconds / dt_s)
    dose_kg = 0.0
    for step in range(steps):
        if fed and step % 10 == 0:
            dose_kg = demand_kg_per_s(parameters, state, wanted_a) * dt_s
        inputs = CellInputs(wanted_a, design.voltage_limit_v, dose_kg, lid_closed)
        advance_in_place(parameters, state, inputs, dt_s)
        if until is not None and until(state):
            return (step + 1) * dt_s
    return steps * dt_s
