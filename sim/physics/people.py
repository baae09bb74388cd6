"""What people do to a cell between steps: anode change, tapping, salt."""

from __future__ import annotations

import math

from sim.physics.anodes import reshape
from sim.physics.bath import bath_of
from sim.physics.parameters import CellParameters
from sim.physics.state import CellState


def change_anode(parameters: CellParameters, state: CellState, position: int) -> CellState:
    """A new, cold anode at that position (from 0). Raises IndexError for a position there is none of."""
    if not 0 <= position < parameters.anode_count:
        raise IndexError(f"anode position {position}: there are {parameters.anode_count}, counted from 0")
    new = state.copy()
    anodes, design = new.anodes, parameters.design.anodes
    anodes.gap_cm[position] = design.gap_new_cm
    anodes.remaining_kg[position] = design.carbon_new_kg
    anodes.age_s[position] = 0.0
    anodes.cold[position] = 1.0
    anodes.passivated[position] = False
    anodes.low_s[position] = 0.0
    reshape(parameters, anodes, position)
    return new


def tap_metal(state: CellState, wanted_kg: float) -> tuple[CellState, float]:
    """Metal drawn off, at most what there is; returns the new state and the mass tapped."""
    if not (math.isfinite(wanted_kg) and wanted_kg >= 0.0):
        raise ValueError(f"wanted_kg = {wanted_kg}: must be finite and not negative")
    new = state.copy()
    tapped_kg = min(wanted_kg, new.metal_kg)
    new.metal_kg -= tapped_kg
    new.totals.metal_tapped_kg += tapped_kg
    return new, tapped_kg


def add_salt(parameters: CellParameters, state: CellState, *, lif_kg: float = 0.0, ref3_kg: float = 0.0) -> CellState:
    """Bath make-up; its chill is not followed. Raises ValueError for amounts that mean nothing."""
    if not (math.isfinite(lif_kg) and math.isfinite(ref3_kg) and lif_kg >= 0.0 and ref3_kg >= 0.0):
        raise ValueError(f"lif_kg = {lif_kg}, ref3_kg = {ref3_kg}: must be finite and not negative")
    new = state.copy()
    bath = state.bath
    new.bath = bath_of(parameters, bath.ref3_kg + ref3_kg, bath.baf2_kg, bath.lif_kg + lif_kg)
    return new
