"""One cell as it truly is: a running state and one step forward. Pure and deterministic.

Noise belongs to the sensors, randomness to the seed of ``running_state``.
"""

from __future__ import annotations

import math
import random

from sim.physics import heat, oxide
from sim.physics.anodes import new_set, warm, wear
from sim.physics.bath import bath_of, saturation_wt_pct
from sim.physics.currents import anodic_split, current_efficiency, passivate, solve
from sim.physics.outputs import CellOutputs, outputs
from sim.physics.oxide import OxideStock
from sim.physics.parameters import CellParameters
from sim.physics.people import add_salt, change_anode, tap_metal
from sim.physics.state import CellInputs, CellState, Totals

__all__ = [
    "CellInputs",
    "CellOutputs",
    "CellState",
    "add_salt",
    "advance",
    "advance_in_place",
    "change_anode",
    "outputs",
    "running_state",
    "tap_metal",
]

_CF4_KG_PER_COULOMB = 88.004e-3 / (4.0 * 96485.33)
_LONGEST_STEP_S = 2.0
_SHORTEST_STEP_S = 1e-6


def running_state(parameters: CellParameters, *, seed: int) -> CellState:
    """At nominal current and set-point, oxide at target, feed and demand in balance, anode ages evenly staggered.

    The seed decides in which order the positions come to their change. A single anode starts new.
    """
    design = parameters.design
    count = parameters.anode_count
    shares = [(i + 0.5) / count for i in range(count)] if count > 1 else [0.0]
    random.Random(seed).shuffle(shares)  # noqa: S311 - repeatable, not secret
    bath = bath_of(parameters, *(
        design.bath_mass_kg * 0.01 * part for part in (design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct)
    ))  # fmt: skip
    bath_k = design.bath_temperature_target_degc + 273.15
    ambient_k = parameters.truth.ambient_degc + 273.15
    inner, outer = parameters.bath_to_lining_w_per_k, parameters.lining_to_ambient_w_per_k
    target = design.oxide_target_wt_pct
    saturation = saturation_wt_pct(parameters, bath, bath_k)
    demand = design.nominal_current_a * parameters.current_efficiency * parameters.oxide_kg_per_coulomb
    state = CellState(
        time_s=0.0,
        bath=bath,
        bath_k=bath_k,
        lining_k=(inner * bath_k + outer * ambient_k) / (inner + outer),
        stock=oxide.steady_stock(
            parameters, bath.mass_kg * target / (100.0 - target), demand, 1.0 - target / saturation, bath_k
        ),
        metal_kg=0.0,
        anodes=new_set(parameters, shares),
        line_current_a=0.0,
        cell_voltage_v=0.0,
        clipped=False,
        current_efficiency=parameters.current_efficiency,
        totals=Totals(),
    )
    share = design.nominal_current_a / count
    state.anodes.current_a[:] = [share] * count
    solve(parameters, state, CellInputs(design.nominal_current_a, 100.0))
    return state


def advance(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> CellState:
    """The cell ``dt_s`` later, 0.1–1 s; ``state`` is left as it was. Raises ValueError for inputs that mean nothing."""
    new = state.copy()
    advance_in_place(parameters, new, inputs, dt_s)
    return new


def advance_in_place(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> None:
    _check(inputs, dt_s)
    truth = parameters.truth
    bath, bath_k, totals = state.bath, state.bath_k, state.totals
    saturation = saturation_wt_pct(parameters, bath, bath_k)
    critical = solve(parameters, state, inputs, saturation)
    current, voltage = state.line_current_a, state.cell_voltage_v
    efficiency = state.current_efficiency = current_efficiency(parameters, current, bath_k)
    oxide_current, cf4_current = anodic_split(state.anodes, critical)
    passivate(state.anodes, dt_s)

    frozen = heat.frozen_share(bath_k, bath.liquidus_k, truth.freezing_range_k)
    stock = oxide.dose_into(parameters, state.stock, inputs.oxide_dose_kg, bath.mass_kg)
    before_kg = stock.dissolved_kg
    stock = oxide.dissolve(
        parameters,
        stock,
        saturation_wt_pct=saturation,
        bath_mass_kg=bath.mass_kg,
        temperature_k=bath_k,
        liquid=1.0 - frozen,
        dt_s=dt_s,
    )
    newly_kg = stock.dissolved_kg - before_kg
    reduced_kg = min(stock.dissolved_kg, oxide_current * efficiency * parameters.oxide_kg_per_coulomb * dt_s)
    state.stock = OxideStock(stock.dissolved_kg - reduced_kg, stock.fast_kg, stock.slow_kg)

    outside = (1.0 - truth.conductor_heat_inside) * parameters.design.conductor_resistance_ohm * current
    heat_w = current * (voltage - outside - efficiency * heat.hot_enthalpy_voltage_v(parameters))
    heat_w += 1e3 * inputs.auxiliary_heat_kw + heat.furnace_w(parameters, bath_k)
    heat_w -= warm(parameters, state.anodes, bath_k, dt_s) / dt_s
    state.bath_k, state.lining_k = heat.step_temperatures(
        parameters,
        bath_k,
        state.lining_k,
        bath_mass_kg=bath.mass_kg,
        liquidus_k=bath.liquidus_k,
        heat_w=heat_w,
        dose_kg=inputs.oxide_dose_kg,
        dissolved_kg=newly_kg,
        lid_closed=inputs.lid_closed,
        dt_s=dt_s,
    )

    made_kg = current * efficiency * parameters.metal_kg_per_coulomb * dt_s
    state.metal_kg += made_kg
    totals.charge_c += current * dt_s
    totals.energy_j += current * voltage * dt_s
    totals.oxide_fed_kg += inputs.oxide_dose_kg
    totals.oxide_reduced_kg += reduced_kg
    totals.metal_made_kg += made_kg
    totals.carbon_burnt_kg += wear(parameters, state.anodes, dt_s)
    totals.cf4_kg += cf4_current * _CF4_KG_PER_COULOMB * dt_s
    state.time_s += dt_s


def _check(inputs: CellInputs, dt_s: float) -> None:
    demand, limit, dose, _, auxiliary = inputs
    if not _SHORTEST_STEP_S <= dt_s <= _LONGEST_STEP_S:
        raise ValueError(f"dt_s = {dt_s}: a step is at most {_LONGEST_STEP_S:g} s and above 0")
    if not (math.isfinite(demand) and math.isfinite(limit) and math.isfinite(dose) and math.isfinite(auxiliary)):
        raise ValueError(f"not finite: {inputs}")
    if demand < 0.0 or limit < 0.0 or dose < 0.0 or auxiliary < 0.0:
        raise ValueError(f"negative: {inputs}")
