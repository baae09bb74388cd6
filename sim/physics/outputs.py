"""What can be seen of a cell, free of any sensor."""

from __future__ import annotations

from typing import NamedTuple

from sim.physics.laws.electrics import frozen_share
from sim.physics.parameters import CellParameters
from sim.physics.state import CellState


class CellOutputs(NamedTuple):
    time_s: float
    line_current_a: float
    cell_voltage_v: float
    anode_current_a: tuple[float, ...]
    bath_temperature_degc: float
    lining_temperature_degc: float
    bath_liquidus_degc: float
    frozen_share: float
    oxide_dissolved_wt_pct: float
    """Of the whole bath, stirred and stagnant."""
    oxide_undissolved_kg: float
    """Suspended and sunken."""
    anode_remaining_mm: tuple[float, ...]
    """Of the working face until due for change; negative when overdue."""
    anode_remaining_kg: tuple[float, ...]
    anode_age_h: tuple[float, ...]
    anode_passivated: tuple[bool, ...]
    anode_load: tuple[float, ...]
    """Current over limiting current, j/j_c."""
    anode_effect: bool
    """At least half of the anodes passivated."""
    partial_anode_effect: bool
    """Some are, but fewer than half."""
    voltage_clipped: bool
    current_efficiency: float
    metal_kg: float
    cf4_kg: float
    metal_temperature_degc: float
    sludge_kg: float
    ledge_kg: float
    hf_kg: float


def outputs(parameters: CellParameters, state: CellState) -> CellOutputs:
    anodes, totals = state.anodes, state.totals
    worn_mm = 10.0 * parameters.derived.gap_worn_cm
    now_h = state.time_s / 3600.0
    films = sum(anodes.passivated)
    full = 2.0 * films >= parameters.anode_count
    dissolved_kg = state.oxide_kg + state.oxide_still_kg
    salt_kg = state.ref3_kg + state.baf2_kg + state.lif_kg - state.ledge_kg
    return CellOutputs(
        state.time_s,
        state.line_current_a,
        state.cell_voltage_v,
        tuple(anodes.current_a),
        state.bath_k - 273.15,
        state.lining_k - 273.15,
        state.liquidus_k - 273.15,
        0.0 if state.bath_k >= state.liquidus_k else frozen_share(parameters.truth, state, state.bath_k),
        100.0 * dissolved_kg / (salt_kg + dissolved_kg),
        state.oxide_fast_kg + state.oxide_slow_kg + state.sludge_kg,
        tuple([worn_mm - 10.0 * gap for gap in anodes.gap_cm]),
        tuple(anodes.remaining_kg),
        tuple([now_h - set_s / 3600.0 for set_s in anodes.set_s]),
        (False,) * parameters.anode_count if films == 0.0 else tuple([film > 0.5 for film in anodes.passivated]),
        tuple([current / limit for current, limit in zip(anodes.current_a, anodes.limit_a, strict=True)]),
        full,
        films > 0.0 and not full,
        state.clipped > 0.5,
        state.current_efficiency,
        state.metal_kg,
        totals.cf4_kg,
        state.metal_k - 273.15,
        state.sludge_kg,
        state.ledge_kg,
        totals.hf_kg,
    )
