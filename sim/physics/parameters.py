"""Everything the simulated truth of one cell needs, joined from design, product and the ``[simulator]`` table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product
from controller.chemistry.stoichiometry import metal_g_per_ah
from sim.physics.simulator_table import SimulatorTable, simulator_table


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


def parameters_from(design: CellDesign, product: Product, simulator: Mapping[str, Any]) -> CellParameters:
    """Raises ValueError naming every mistake of the simulator table, one a line."""
    truth = simulator_table(simulator)
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
    metal_kg_per_coulomb = metal_g_per_ah(product) / 3.6e6
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
