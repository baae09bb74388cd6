"""The ``[simulator]`` table of a cell file: its keys, defaults and bounds.

A default marked assumed has no measurement of a rare-earth cell behind it; campaigns vary those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal

from controller.chemistry.liquidus import EUTECTICS

Arrangement = Literal["plates", "ring"]


@dataclass(frozen=True, slots=True)
class SimulatorTable:
    """``[simulator]`` of a cell file. Every key may be overlaid by the plant file."""

    rare_earth: str
    """Whose fluoride system gives the liquidus: a symbol, Nd for Pr–Nd."""
    arrangement: Arrangement
    """Plates in two rows facing rods, or one ring around one rod."""
    cathode_count: int
    cathode_diameter_cm: float
    enthalpy_voltage_v: float
    """Heat the reaction draws per charge that ends as metal; feed at 25 °C, metal and gas leave at bath temperature."""
    top_area_m2: float
    cover_factor: float
    """Share of the black-body loss the open top keeps under its usual crust; assumed 0.2–1."""
    wall_loss_w_per_k: float
    """Lining to surroundings."""
    lining_heat_capacity_mj_per_k: float
    lid_factor: float = 0.35
    """What a closed lid leaves of the top loss; assumed."""
    lining_drop_k: float = 30.0
    """Bath to lining at nominal; most of the fall lies in the insulation. Assumed."""
    bath_heat_capacity_kj_per_kg_k: float = 0.88
    fusion_heat_kj_per_kg: float = 370.0
    freezing_range_k: float = 60.0
    """From liquidus to fully solid; assumed."""
    conductor_heat_inside: float = 0.5
    """Share of the conductors' heat that ends in the bath; assumed."""
    contact_share: float = 0.4
    """Share of the conductor resistance that lies in the anodes' own stubs and clamps; assumed."""
    conductivity_factor: float = 1.0
    """BaF2 baths 0.85–0.95; assumed, ±0.2 on all."""
    solubility_factor: float = 1.0
    critical_current_density_factor: float = 1.0
    critical_prefactor: float = 0.80
    critical_exponent: float = 0.8
    critical_activation_j_per_mol: float = 38_000.0
    exchange_current_density_a_per_cm2: float = 0.30
    charge_transfer: float = 1.08
    co2_plateau: float = 0.8
    """Largest charge share of CO2, reached above about 0.2 A/cm²; assumed, 0.3–1."""
    voidage: float = 0.08
    fringe: float = 0.5
    """Current that passes below the electrodes of a ring cell, in gaps; assumed 0.3–0.8."""
    fast_fraction: float = 0.5
    fast_time_s: float = 15.0
    slow_rate_per_s: float = 0.0075
    """Dissolution of the slow half at 1050 °C in an oxide-free bath; assumed 0.005–0.01."""
    loss_activation_j_per_mol: float = 80_000.0
    """Of metal dissolving and burning back; assumed 40–120 kJ/mol."""
    ambient_degc: float = 25.0
    furnace_max_kw: float = 0.0
    """Regulated heat from outside, for small cells that cannot hold their own temperature."""
    furnace_bias_kw: float = 0.0
    furnace_gain_kw_per_k: float = 0.0
    furnace_target_degc: float = 0.0
    excess_carbon_fraction: float | None = None
    """The truth where it should differ from the design's."""
    current_efficiency: float | None = None


_BOUNDS: Mapping[str, tuple[float, float]] = {
    "cathode_count": (1, 100),
    "cathode_diameter_cm": (0.1, 100.0),
    "enthalpy_voltage_v": (1.0, 5.0),
    "top_area_m2": (1e-4, 100.0),
    "cover_factor": (0.01, 1.0),
    "wall_loss_w_per_k": (0.01, 10_000.0),
    "lining_heat_capacity_mj_per_k": (0.001, 1000.0),
    "lid_factor": (0.01, 1.0),
    "lining_drop_k": (1.0, 300.0),
    "bath_heat_capacity_kj_per_kg_k": (0.2, 3.0),
    "fusion_heat_kj_per_kg": (0.0, 2000.0),
    "freezing_range_k": (5.0, 300.0),
    "conductor_heat_inside": (0.0, 1.0),
    "contact_share": (0.0, 1.0),
    "conductivity_factor": (0.1, 3.0),
    "solubility_factor": (0.1, 3.0),
    "critical_current_density_factor": (0.1, 5.0),
    "critical_prefactor": (0.05, 5.0),
    "critical_exponent": (0.2, 2.0),
    "critical_activation_j_per_mol": (0.0, 200_000.0),
    "exchange_current_density_a_per_cm2": (1e-4, 5.0),
    "charge_transfer": (0.3, 4.0),
    "co2_plateau": (0.1, 1.0),
    "voidage": (0.0, 0.6),
    "fringe": (0.0, 2.0),
    "fast_fraction": (0.0, 1.0),
    "fast_time_s": (1.0, 600.0),
    "slow_rate_per_s": (1e-5, 0.1),
    "loss_activation_j_per_mol": (0.0, 200_000.0),
    "ambient_degc": (-40.0, 60.0),
    "furnace_max_kw": (0.0, 10_000.0),
    "furnace_bias_kw": (0.0, 10_000.0),
    "furnace_gain_kw_per_k": (0.0, 1000.0),
    "furnace_target_degc": (0.0, 1200.0),
    "excess_carbon_fraction": (0.0, 1.0),
    "current_efficiency": (0.05, 1.0),
}


def simulator_table(table: Mapping[str, Any]) -> SimulatorTable:
    """Raises ValueError naming every mistake, one a line."""
    known = {item.name: item for item in fields(SimulatorTable)}
    mistakes = [f"[simulator] unknown key {key!r}" for key in table if key not in known]
    mistakes += [
        f"[simulator] {key} is missing" for key, item in known.items() if item.default is MISSING and key not in table
    ]
    for key, value in table.items():
        if key in known and (wrong := _wrong(key, value)):
            mistakes.append(f"[simulator] {key} = {value!r}: {wrong}")
    if mistakes:
        raise ValueError("\n".join(mistakes))
    return SimulatorTable(**table)


def _wrong(key: str, value: object) -> str:
    if key == "arrangement":
        return "" if value in ("plates", "ring") else 'must be "plates" or "ring"'
    if key == "rare_earth":
        return "" if value == "Nd" or value in EUTECTICS else f"must be one of Nd, {', '.join(EUTECTICS)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return "must be a number"
    if key == "cathode_count" and not isinstance(value, int):
        return "must be a whole number"
    low, high = _BOUNDS[key]
    return "" if low <= value <= high else f"must lie in {low:g}–{high:g}"
