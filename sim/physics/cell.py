"""One cell as it truly is: a running state and one step forward. Pure and deterministic.

Noise belongs to the sensors, randomness to the seed of ``running_state``.
"""

from __future__ import annotations

import math
import random

from sim.physics import ops
from sim.physics.outputs import CellOutputs, outputs
from sim.physics.parameters import CellParameters
from sim.physics.specialise import specialise
from sim.physics.state import AnodeColumns, CellInputs, CellState

__all__ = [
    "CellInputs",
    "CellOutputs",
    "CellState",
    "advance",
    "advance_in_place",
    "outputs",
    "running_state",
    "solve_again",
]

LAWS = specialise({name: value for name, value in vars(ops).items() if not name.startswith("_")}, inline=True)
"""The laws for one cell in plain floats."""
LONGEST_STEP_S = 5.0
THIN_ROD = 0.85
"""Of the new radius, at which an iron rod is renewed; assumed."""
MEAN_ROD = 0.5 * (1.0 + THIN_ROD)
_SHORTEST_STEP_S = 1e-6
_step = LAWS.step


def running_state(parameters: CellParameters, *, seed: int) -> CellState:
    """At nominal current and set-point, oxide at target, feed and demand in balance, ages of anodes and iron rods
    evenly staggered.

    The seed decides in which order the positions come to their change. A single anode starts new.
    """
    design, t, d = parameters.design, parameters.truth, parameters.derived
    count = parameters.anode_count
    shares = [(i + 0.5) / count for i in range(count)] if count > 1 else [0.0]
    random.Random(seed).shuffle(shares)  # noqa: S311 - repeatable, not secret
    bath_k = d.target_k
    inner, outer = d.bath_to_lining_w_per_k, t.wall_loss_w_per_k
    salt_kg = design.bath_mass_kg
    whole = design.ref3_wt_pct + design.baf2_wt_pct + design.lif_wt_pct
    target = design.oxide_target_wt_pct
    dissolved_kg = salt_kg * target / (100.0 - target)
    radius_cm = d.radius_cm * (MEAN_ROD if d.iron > 0.5 else 1.0)
    state = CellState(
        bath_k=bath_k,
        lining_k=(inner * bath_k + outer * d.ambient_k) / (inner + outer),
        metal_k=bath_k,
        ref3_kg=salt_kg * design.ref3_wt_pct / whole,
        baf2_kg=salt_kg * design.baf2_wt_pct / whole,
        lif_kg=salt_kg * design.lif_wt_pct / whole,
        oxide_kg=(1.0 - t.stagnant_share) * dissolved_kg,
        oxide_still_kg=t.stagnant_share * dissolved_kg,
        oxide_fast_kg=0.0,
        oxide_slow_kg=0.0,
        sludge_kg=0.0,
        metal_kg=0.0,
        cathode_radius_cm=radius_cm,
        cathode_area_cm2=2.0 * math.pi * radius_cm * d.immersion_cm * t.cathode_count,
        anodes=new_anodes(parameters, shares),
        line_current_a=design.nominal_current_a,
        current_efficiency=parameters.current_efficiency,
    )
    LAWS.composition(d, state)
    LAWS.shape(t, d, state)
    # a recipe or product other than the design's may hold less oxide than its target
    most = 0.9 * LAWS.saturation_wt_pct(t, d, state.ref3_fraction, state.bath_g_per_mol, bath_k)
    if target > most:
        dissolved_kg = salt_kg * most / (100.0 - most)
        state.oxide_kg = (1.0 - t.stagnant_share) * dissolved_kg
        state.oxide_still_kg = t.stagnant_share * dissolved_kg
    state.anodes.current_a = [design.nominal_current_a / count] * count
    solve_again(parameters, state, design.nominal_current_a, 100.0)
    demand = design.nominal_current_a * parameters.current_efficiency * d.re2o3_kg_per_c
    under = max(1e-3, 1.0 - state.oxide_wt_pct / state.saturation_wt_pct)
    fast, slow, _ = LAWS.drives(t, under, 1.0, bath_k)
    state.oxide_fast_kg = t.fast_fraction * demand / fast
    state.oxide_slow_kg = (1.0 - t.fast_fraction) * demand / slow
    return state


def new_anodes(parameters: CellParameters, worn_share: list[float]) -> AnodeColumns:
    """Anodes that have used that share of their life (0 new, 1 due)."""
    d = parameters.derived
    count = len(worn_share)

    def every(value: float) -> list[float]:
        return [value] * count

    remaining = [d.carbon_new_kg * (1.0 - share) for share in worn_share]
    return AnodeColumns(
        gap_cm=[d.gap_new_cm + share * (d.gap_worn_cm - d.gap_new_cm) for share in worn_share],
        remaining_kg=remaining,
        settled_kg=remaining[:],
        set_s=[-d.life_s * share for share in worn_share],
        cold=every(0.0),
        neck=[1.0 - share / parameters.truth.neck_life for share in worn_share],
        corrosion=every(0.0),
        passivated=every(0.0),
        low_s=every(0.0),
        limit_factor=every(1.0),
        current_a=every(0.0),
        co2_share=every(0.0),
        potential_v=every(0.0),
        limit_a=every(0.0),
        resistance_ohm=every(0.0),
        area_cm2=every(0.0),
        limit_area_cm2=every(0.0),
        shape_per_cm=every(0.0),
        contact_ohm=every(0.0),
    )


def solve_again(parameters: CellParameters, state: CellState, current_demand_a: float, voltage_limit_v: float) -> None:
    """Currents and voltage of the state as it stands, after somebody has changed it by hand."""
    LAWS.shape(parameters.truth, parameters.derived, state)
    LAWS.solve(parameters.truth, parameters.derived, state, current_demand_a, voltage_limit_v)


def advance(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> CellState:
    """The cell ``dt_s`` later, 0.1–5 s; ``state`` is left as it was. Raises ValueError for inputs that mean nothing."""
    new = state.copy()
    advance_in_place(parameters, new, inputs, dt_s)
    return new


def advance_in_place(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> None:
    """As ``advance``, but on the state given."""
    _check(inputs, dt_s)
    _step(parameters.truth, parameters.derived, state, inputs, dt_s)


def _check(inputs: CellInputs, dt_s: float) -> None:
    demand, limit, dose, _, auxiliary, by_hand, moisture, wrong = inputs
    if not _SHORTEST_STEP_S <= dt_s <= LONGEST_STEP_S:
        raise ValueError(f"dt_s = {dt_s}: a step is at most {LONGEST_STEP_S:g} s and above 0")
    # a sum of finite numbers of this size is finite, and one that is not finite stays so
    if not math.isfinite(demand + limit + dose + auxiliary + by_hand + moisture + wrong):
        raise ValueError(f"not finite: {inputs}")
    if min(demand, limit, dose, auxiliary, by_hand, moisture, wrong) < 0.0:
        raise ValueError(f"negative: {inputs}")
    if moisture > 100.0 or wrong > 1.0:
        raise ValueError(f"more than the whole dose: {inputs}")
