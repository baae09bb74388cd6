"""What can be seen of a cell, free of any sensor."""

from __future__ import annotations

from typing import NamedTuple

from sim.physics import heat, oxide
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
    oxide_undissolved_kg: float
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


def outputs(parameters: CellParameters, state: CellState) -> CellOutputs:
    anodes, bath = state.anodes, state.bath
    worn_cm = parameters.design.anodes.gap_worn_cm
    passivated = sum(anodes.passivated)
    full = 2 * passivated >= parameters.anode_count
    return CellOutputs(
        time_s=state.time_s,
        line_current_a=state.line_current_a,
        cell_voltage_v=state.cell_voltage_v,
        anode_current_a=tuple(anodes.current_a),
        bath_temperature_degc=state.bath_k - 273.15,
        lining_temperature_degc=state.lining_k - 273.15,
        bath_liquidus_degc=bath.liquidus_k - 273.15,
        frozen_share=heat.frozen_share(state.bath_k, bath.liquidus_k, parameters.truth.freezing_range_k),
        oxide_dissolved_wt_pct=oxide.oxide_wt_pct(state.stock.dissolved_kg, bath.mass_kg),
        oxide_undissolved_kg=state.stock.fast_kg + state.stock.slow_kg,
        anode_remaining_mm=tuple([10.0 * (worn_cm - gap) for gap in anodes.gap_cm]),
        anode_remaining_kg=tuple(anodes.remaining_kg),
        anode_age_h=tuple([age / 3600.0 for age in anodes.age_s]),
        anode_passivated=tuple(anodes.passivated),
        anode_load=tuple([c / limit for c, limit in zip(anodes.current_a, anodes.limit_a, strict=True)]),
        anode_effect=full,
        partial_anode_effect=passivated > 0 and not full,
        voltage_clipped=state.clipped,
        current_efficiency=state.current_efficiency,
        metal_kg=state.metal_kg,
        cf4_kg=state.totals.cf4_kg,
    )
