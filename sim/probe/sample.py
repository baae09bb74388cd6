"""What a probe writes down of a cell at one moment, and the unit of each of its names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from sim.physics.parameters import CellParameters
from sim.physics.state import CellState
from sim.physics.truths import truths

Value = float | tuple[float, ...] | None
Sample = Mapping[str, Value]
_BY_ENDING = (
    ("_a_per_cm2", "A/cm²"), ("_g_per_cm3", "g/cm³"), ("_s_per_cm", "S/cm"), ("_kg_per_t", "kg/t"),
    ("_kg_per_h", "kg/h"),
    ("kwh_per_kg", "kWh/kg"), ("_wt_pct", "wt%"), ("_mol_pct", "mol%"), ("_degc", "°C"), ("_ppm", "ppm"),
    ("_ohm", "Ω"), ("_kwh", "kWh"), ("_ah", "Ah"), ("_kw", "kW"), ("_kg", "kg"), ("_cm", "cm"), ("_h", "h"),
    ("_v", "V"), ("_a", "A"), ("_s", "s"),
)  # fmt: skip


def unit(name: str) -> str:
    """Shares, efficiencies and flags have the unit 1."""
    for ending, text in _BY_ENDING:
        if name.endswith(ending):
            return text
    return "1"


class Counted(NamedTuple):
    """Energies and masses at the last sample, for mean powers and rates between two."""

    time_s: float
    energy_j: float
    heating_j: float
    top_j: float
    walls_j: float
    reaction_j: float
    fed_kg: float
    hf_kg: float
    cf4_kg: float


def counted(state: CellState) -> Counted:
    t = state.totals
    return Counted(
        state.time_s, t.energy_j, t.heating_j, t.top_j, t.walls_j, t.reaction_j, t.dropped_kg, t.hf_kg, t.cf4_kg
    )


def sample(parameters: CellParameters, state: CellState, before: Counted) -> Sample:
    """All truths; powers and hourly rates are means since ``before`` (None where no time has passed)."""
    seen: dict[str, Value] = {"time_h": state.time_s / 3600.0, **truths(parameters, state)}
    seen.pop("time_s", None)
    if state.line_current_a < 1e-3 * parameters.design.nominal_current_a:
        seen["pseudo_resistance_ohm"] = None
    if state.totals.metal_made_kg <= 0.0:
        seen["kwh_per_kg"] = seen["carbon_kg_per_t"] = None
    charge_c = state.totals.charge_c
    mean = state.totals.metal_made_kg / (charge_c * parameters.metal_kg_per_coulomb) if charge_c > 0.0 else None
    seen["current_efficiency_mean"] = mean
    now = counted(state)
    passed_s = now.time_s - before.time_s
    for (name, factor), later, earlier in zip(_RATES, now[1:], before[1:], strict=True):
        seen[name] = factor * (later - earlier) / passed_s if passed_s > 0.0 else None
    seen["anode_passivated_count"] = state.films
    return MappingProxyType(seen)


_RATES = (
    ("dc_power_kw", 1e-3),
    ("heating_power_kw", 1e-3),
    ("top_loss_kw", 1e-3),
    ("wall_loss_kw", 1e-3),
    ("reaction_power_kw", 1e-3),
    ("feed_kg_per_h", 3600.0),
    ("hf_kg_per_h", 3600.0),
    ("cf4_kg_per_h", 3600.0),
)
"""Of what ``Counted`` counts after the time."""
