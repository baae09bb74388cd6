"""Everything the simulated truth of one cell needs, joined from design, product and the ``[simulator]`` table.

A default marked assumed has no measurement of a rare-earth cell behind it; campaigns vary those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from controller.chemistry.cell_design import CellDesign
from controller.chemistry.liquidus import EUTECTICS
from controller.chemistry.product import Product

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
    """Heat drawn by the reaction per charge that ends as metal, feed at 25 °C, metal and gas leaving at bath temperature."""
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


@dataclass(frozen=True, slots=True)
class CellParameters:
    design: CellDesign
    product: Product
    truth: SimulatorTable
    anode_count: int
    anode_area_new_cm2: float
    cathode_radius_cm: float
    cathode_area_cm2: float
    rod_pitch_cm: float
    common_resistance_ohm: float
    contact_resistance_ohm: float
    """Per anode."""
    excess_carbon_fraction: float
    current_efficiency: float
    bath_to_lining_w_per_k: float
    lining_to_ambient_w_per_k: float
    nominal_loss_current_a: float
    """Metal burnt back at design temperature, as a current."""
    oxide_kg_per_coulomb: float
    metal_kg_per_coulomb: float
    re2o3_g_per_mol: float


_POSITIVE = {
    "cathode_diameter_cm", "top_area_m2", "lining_heat_capacity_mj_per_k", "lining_drop_k",
    "bath_heat_capacity_kj_per_kg_k", "freezing_range_k", "conductivity_factor", "solubility_factor",
    "critical_current_density_factor", "critical_prefactor", "critical_exponent", "exchange_current_density_a_per_cm2",
    "charge_transfer", "fast_time_s", "slow_rate_per_s", "cover_factor", "lid_factor", "wall_loss_w_per_k",
}  # fmt: skip
_FRACTION = {
    "co2_plateau", "voidage", "fast_fraction", "conductor_heat_inside", "contact_share", "cover_factor", "lid_factor",
}  # fmt: skip


def parameters_from(design: CellDesign, product: Product, simulator: Mapping[str, Any]) -> CellParameters:
    """Raises ValueError naming every mistake of the simulator table, one a line."""
    truth = _simulator_table(simulator)
    anodes = design.anodes
    per_row = anodes.count / 2.0 if truth.arrangement == "plates" else 1.0
    row_cm = per_row * anodes.width_cm
    rods = truth.cathode_count
    radius = truth.cathode_diameter_cm / 2.0
    target_k = design.bath_temperature_target_degc + 273.15
    ambient_k = truth.ambient_degc + 273.15
    wall_w = truth.wall_loss_w_per_k * (target_k - truth.lining_drop_k - ambient_k)
    efficiency = truth.current_efficiency if truth.current_efficiency is not None else design.current_efficiency
    excess = truth.excess_carbon_fraction
    metal_kg_per_coulomb = product.rare_earth_molar_mass_g_per_mol * 1e-3 / (product.electrons_per_atom * 96485.33)
    return CellParameters(
        design=design,
        product=product,
        truth=truth,
        anode_count=anodes.count,
        anode_area_new_cm2=anodes.width_cm * anodes.immersion_cm,
        cathode_radius_cm=radius,
        cathode_area_cm2=rods * math.pi * truth.cathode_diameter_cm * anodes.immersion_cm,
        rod_pitch_cm=row_cm / rods,
        common_resistance_ohm=design.conductor_resistance_ohm * (1.0 - truth.contact_share),
        contact_resistance_ohm=design.conductor_resistance_ohm * truth.contact_share * anodes.count,
        excess_carbon_fraction=design.excess_carbon_fraction if excess is None else excess,
        current_efficiency=efficiency,
        bath_to_lining_w_per_k=wall_w / truth.lining_drop_k,
        lining_to_ambient_w_per_k=truth.wall_loss_w_per_k,
        nominal_loss_current_a=(1.0 - efficiency) * design.nominal_current_a,
        oxide_kg_per_coulomb=metal_kg_per_coulomb * product.oxide_kg_per_kg_metal,
        metal_kg_per_coulomb=metal_kg_per_coulomb,
        re2o3_g_per_mol=2.0 * product.rare_earth_molar_mass_g_per_mol + 3.0 * 15.999,
    )


def _simulator_table(table: Mapping[str, Any]) -> SimulatorTable:
    known = {item.name: item for item in fields(SimulatorTable)}
    mistakes = [f"[simulator] unknown key {key!r}" for key in table if key not in known]
    required = ("rare_earth", "arrangement", "cathode_count", "cathode_diameter_cm", "enthalpy_voltage_v", "top_area_m2",
                "cover_factor", "wall_loss_w_per_k", "lining_heat_capacity_mj_per_k")  # fmt: skip
    mistakes += [f"[simulator] {key} is missing" for key in required if key not in table]
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
    if key == "cathode_count":
        return "" if isinstance(value, int) and value >= 1 else "must be a whole number from 1"
    if key in _FRACTION and not 0.0 <= value <= 1.0:
        return "must lie in 0–1"
    if key in _POSITIVE and not value > 0.0:
        return "must be above 0"
    return "" if value >= 0.0 else "must not be negative"
