"""How fast the simulated cell runs, one and many, beside the toy cell of ``toy_cell``, in turns within one process."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from controller.cell_files import load_cell_design, load_product
from sim.bench.toy_cell import START, STEP_S, ToyCells, one_step
from sim.physics.cell import CellInputs, advance_in_place, outputs, running_state
from sim.physics.draw import drawn
from sim.physics.many import ManyCells
from sim.physics.noise import noise_of, scan_statistics
from sim.physics.parameters import CellParameters, parameters_from

CELL = "ce_25ka"
ONE_STEP_S = 1.0
"""A scan."""
MANY_STEP_S = 5.0
"""What the test of a day at half the step permits: bath within 0.1 K, oxide 0.01 wt%, voltage 5 mV."""
_ONE_S = 300.0
_MANY_S = 60.0
_TOY_ONE_S = 300.0
_TOY_MANY_S = 4.0
_WARM_UP_TURNS = 2

Turn = Callable[[], float]
"""Runs for a while; the simulated seconds, of each cell."""


def times_real(counts: Sequence[int], turns: int) -> dict[str, float]:
    """Simulated seconds per second of CPU, of each cell: ``one`` and ``toy``, ``many N`` for each count and ``toys N``
    for the second of them. They take turns, each a few hundredths of a second, so that all see the same machine."""
    design, table = load_cell_design(CELL)
    parameters = parameters_from(design, load_product(design.product), table)
    plants = [drawn(parameters, seed) for seed in range(max(counts))]
    takers: dict[str, Turn] = {"one": _one(parameters), "toy": _toy()}
    for count in counts:
        takers[f"many {count}"] = _many(plants[:count])
    takers[f"toys {counts[1]}"] = _toys(counts[1])
    simulated = dict.fromkeys(takers, 0.0)
    taken = dict.fromkeys(takers, 0.0)
    gc.collect()
    gc.freeze()
    try:
        for turn in range(_WARM_UP_TURNS + turns):
            for name, taker in takers.items():
                began_s = time.process_time()
                seconds = taker()
                took_s = time.process_time() - began_s
                if turn >= _WARM_UP_TURNS:
                    simulated[name] += seconds
                    taken[name] += took_s
    finally:
        gc.unfreeze()
    return {name: seconds / taken[name] for name, seconds in simulated.items()}


def _one(parameters: CellParameters) -> Turn:
    """Fed what it uses up, its outputs worked out and its noise drawn at every step."""
    state = running_state(parameters, seed=1)
    nominal_a = parameters.design.nominal_current_a
    limit_v = parameters.design.voltage_limit_v
    per_step = nominal_a * parameters.oxide_kg_per_coulomb * ONE_STEP_S
    rng = random.Random(1)  # noqa: S311 - repeatable, not secret

    def turn() -> float:
        for _ in range(round(_ONE_S / ONE_STEP_S)):
            inputs = CellInputs(nominal_a, limit_v, state.current_efficiency * per_step)
            advance_in_place(parameters, state, inputs, ONE_STEP_S)
            outputs(parameters, state)
            scan_statistics(noise_of(parameters, state), ONE_STEP_S, rng)
        return _ONE_S

    return turn


def _many(plants: Sequence[CellParameters]) -> Turn:
    cells = ManyCells.running(plants, range(len(plants)))
    nominal_a, limit_v = plants[0].design.nominal_current_a, plants[0].design.voltage_limit_v
    per_step = np.array([nominal_a * plant.oxide_kg_per_coulomb * MANY_STEP_S for plant in plants])

    def turn() -> float:
        for _ in range(round(_MANY_S / MANY_STEP_S)):
            dose = cells.state.current_efficiency * per_step
            cells.advance(MANY_STEP_S, current_demand_a=nominal_a, voltage_limit_v=limit_v, oxide_dose_kg=dose)
        return _MANY_S

    return turn


def _toy() -> Turn:
    def turn() -> float:
        state = list(START)
        for _ in range(round(_TOY_ONE_S / STEP_S)):
            state = one_step(state)
        return _TOY_ONE_S

    return turn


def _toys(count: int) -> Turn:
    cells = ToyCells(count)

    def turn() -> float:
        for _ in range(round(_TOY_MANY_S / STEP_S)):
            cells.step()
        return _TOY_MANY_S

    return turn
