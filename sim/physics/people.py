"""What people do to a cell between steps: anode change, tapping, salt."""

from __future__ import annotations

import math

from sim.physics.cell import LAWS
from sim.physics.parameters import CellParameters
from sim.physics.state import CellState

_DISSOLVED = ("metal_carbon_kg", "metal_oxygen_kg", "metal_refractory_kg", "metal_iron_kg", "metal_lithium_kg")


def change_anode(parameters: CellParameters, state: CellState, position: int) -> CellState:
    """A new anode at that position (from 0), cold among others; where it is the only one it is set preheated.

    A cold ring crusted with frozen bath, carrying all current, would drive the rectifier into its voltage limit.
    Raises IndexError for a position there is none of.
    """
    if not 0 <= position < parameters.anode_count:
        raise IndexError(f"anode position {position}: there are {parameters.anode_count}, counted from 0")
    new = state.copy()
    LAWS.settle_slow(parameters.truth, parameters.derived, new)
    anodes, derived, totals = new.anodes, parameters.derived, new.totals
    totals.carbon_removed_kg += anodes.remaining_kg[position]
    totals.carbon_set_kg += derived.carbon_new_kg
    anodes.gap_cm[position] = derived.gap_new_cm
    anodes.remaining_kg[position] = derived.carbon_new_kg
    anodes.settled_kg[position] = derived.carbon_new_kg
    anodes.set_s[position] = state.time_s
    anodes.cold[position] = 1.0 - parameters.truth.sole_preheated if parameters.anode_count == 1 else 1.0
    anodes.neck[position] = 1.0
    anodes.corrosion[position] = 0.0
    anodes.low_s[position] = 0.0
    anodes.passivated[position] = 0.0
    new.films = sum(anodes.passivated)
    LAWS.shape(parameters.truth, parameters.derived, new)
    return new


def tap_metal(parameters: CellParameters, state: CellState, wanted_kg: float) -> tuple[CellState, float]:
    """Metal drawn off, at most what there is; returns the new state and the mass tapped. Solid metal does not come."""
    if not (math.isfinite(wanted_kg) and wanted_kg >= 0.0):
        raise ValueError(f"wanted_kg = {wanted_kg}: must be finite and not negative")
    new = state.copy()
    derived = parameters.derived
    tapped_kg = min(wanted_kg, new.metal_kg) if new.metal_k > derived.melting_k - 5.0 else 0.0
    if tapped_kg > 0.0:
        kept = 1.0 - tapped_kg / new.metal_kg
        for name in _DISSOLVED:
            setattr(new, name, getattr(new, name) * kept)
        new.metal_kg -= tapped_kg
        new.totals.metal_tapped_kg += tapped_kg
        energy_j = tapped_kg * LAWS.metal_energy_j_per_kg(parameters.truth, derived, new.metal_k)
        new.totals.carried_out_j += energy_j
    return new, tapped_kg


def add_salt(parameters: CellParameters, state: CellState, *, lif_kg: float = 0.0, ref3_kg: float = 0.0) -> CellState:
    """Bath make-up, cold and melted at the bath's cost. Raises ValueError for amounts that mean nothing."""
    if not (math.isfinite(lif_kg) and math.isfinite(ref3_kg) and lif_kg >= 0.0 and ref3_kg >= 0.0):
        raise ValueError(f"lif_kg = {lif_kg}, ref3_kg = {ref3_kg}: must be finite and not negative")
    new = state.copy()
    truth, derived, totals = parameters.truth, parameters.derived, new.totals
    before_j = LAWS.stored_j(truth, derived, new)
    new.lif_kg += lif_kg
    new.ref3_kg += ref3_kg
    totals.lif_added_kg += lif_kg
    totals.ref3_added_kg += ref3_kg
    LAWS.composition(derived, new)
    added_j = LAWS.stored_j(truth, derived, new) - before_j
    # what came was solid and cold: warming and melting it is owed
    melting_j = 1e3 * truth.fusion_heat_kj_per_kg * (lif_kg + ref3_kg)
    new.heat_owed_j -= added_j + melting_j
    totals.carried_out_j += melting_j
    return new


def change_cathode(parameters: CellParameters, state: CellState, worn_radius_cm: float) -> CellState:
    """One rod of that radius gives way to a new one; all are counted by their mean radius."""
    new = state.copy()
    truth, derived = parameters.truth, parameters.derived
    thicker_cm = (derived.radius_cm - worn_radius_cm) / truth.cathode_count
    new.cathode_radius_cm = min(derived.radius_cm, new.cathode_radius_cm + thicker_cm)
    new.cathode_area_cm2 = 2.0 * math.pi * new.cathode_radius_cm * derived.immersion_cm * truth.cathode_count
    LAWS.shape(truth, derived, new)
    return new
