"""Everything the simulated truth of one cell needs, joined from design, product and the ``[simulator]`` table."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controller.chemistry.bath import BathComposition, bath_composition
from controller.chemistry.cell_design import CellDesign
from controller.chemistry.liquidus import bath_liquidus_degc
from controller.chemistry.product import Product
from sim.physics.simulator_table import SimulatorTable, simulator_table

_FARADAY = 96485.33
_STEFAN_BOLTZMANN = 5.670374e-8
_LIQUIDUS_STEP = 0.005
_LIQUIDUS_ENTRIES = 141
_CE_G_PER_MOL = 140.116
_WATER_KG_PER_MOL = 18.015e-3


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from design, product and table; constant while the cell runs."""

    anode_count: float
    ring: float
    area_new_cm2: float
    gap_new_cm: float
    gap_worn_cm: float
    carbon_new_kg: float
    carbon_density_g_per_cm3: float
    life_s: float
    immersion_cm: float
    radius_cm: float
    pitch_cm: float
    common_resistance_ohm: float
    contact_resistance_ohm: float
    """Per anode."""
    outside_resistance_ohm: float
    excess_carbon_fraction: float
    nominal_current_a: float
    loss_current_a: float
    """Metal burnt back at design temperature, as a current."""
    metal_kg_per_c: float
    re2o3_kg_per_c: float
    ref3_kg_per_c: float
    ref3_kg_per_mol: float
    re2o3_kg_per_mol: float
    re2o3_g_per_mol: float
    feed_re2o3_kg_per_kg: float
    feed_oxidant_mol_per_kg: float
    wrong_re2o3_kg_per_kg: float
    wrong_oxidant_mol_per_kg: float
    e_co_v: float
    e_co_v_per_k: float
    e_co2_v: float
    e_co2_v_per_k: float
    ambient_k: float
    target_k: float
    melting_k: float
    iron: float
    """1 where the cathode is consumable iron."""
    hot_enthalpy_v: float
    """Enthalpy voltage without the part that warms and dissolves oxide: that is charged to each dose."""
    top_w_per_k4: float
    bath_to_lining_w_per_k: float
    film_w_per_k: float
    inner_w_per_k: float
    lining_j_per_k: float
    liquidus_table_degc: tuple[float, ...]
    eutectic_degc: float
    """Lowest of the table; the mole ratio there is below."""
    eutectic_ref3_per_lif: float
    liquidus_shift_k: float
    """The recipe's liquidus is the design's own figure; the model only says how far the bath has drifted from it."""


@dataclass(frozen=True, slots=True)
class CellParameters:
    design: CellDesign
    product: Product
    truth: SimulatorTable
    derived: Derived
    anode_count: int
    anode_area_new_cm2: float
    current_efficiency: float
    oxide_kg_per_coulomb: float
    """Feed as weighed that a charge uses up at a current efficiency of 1; its moisture makes oxide of the bath."""
    metal_kg_per_coulomb: float


def parameters_from(design: CellDesign, product: Product, simulator: Mapping[str, Any]) -> CellParameters:
    """Raises ValueError naming every mistake of the simulator table, one a line."""
    return joined(design, product, simulator_table(simulator))


def joined(design: CellDesign, product: Product, truth: SimulatorTable) -> CellParameters:
    anodes = design.anodes
    derived = _derived(design, product, truth)
    efficiency = truth.current_efficiency if truth.current_efficiency is not None else design.current_efficiency
    water = 0.01 * truth.moisture_wt_pct
    from_water = derived.re2o3_kg_per_mol / (3.0 * _WATER_KG_PER_MOL)
    per_fed_kg = (1.0 - water) * derived.feed_re2o3_kg_per_kg + water * from_water
    return CellParameters(
        design=design,
        product=product,
        truth=truth,
        derived=derived,
        anode_count=anodes.count,
        anode_area_new_cm2=derived.area_new_cm2,
        current_efficiency=efficiency,
        oxide_kg_per_coulomb=derived.re2o3_kg_per_c / per_fed_kg,
        metal_kg_per_coulomb=derived.metal_kg_per_c,
    )


@functools.lru_cache(maxsize=64)
def _liquidus_table(rare_earth: str) -> tuple[float, ...]:
    points = [min(_LIQUIDUS_STEP * place, 0.7) for place in range(_LIQUIDUS_ENTRIES)]
    return tuple(bath_liquidus_degc(BathComposition(x, 0.0, 1.0 - x, 0.0), rare_earth) for x in points)


def _table_at(table: tuple[float, ...], x: float) -> float:
    position = min(max(x / _LIQUIDUS_STEP, 0.0), len(table) - 1.0)
    place = min(int(position), len(table) - 2)
    return table[place] + (position - place) * (table[place + 1] - table[place])


def _derived(design: CellDesign, product: Product, truth: SimulatorTable) -> Derived:
    anodes = design.anodes
    rare_earth = 1e-3 * product.rare_earth_molar_mass_g_per_mol
    re2o3 = 2.0 * rare_earth + 3.0 * 15.999e-3
    ref3 = rare_earth + 3.0 * 18.998e-3
    metal_kg_per_c = rare_earth / (3.0 * _FARADAY)
    re2o3_kg_per_c = re2o3 / (6.0 * _FARADAY)
    fed_mol_per_kg = 1e3 * product.rare_earth_atoms_per_oxide / product.oxide_molar_mass_g_per_mol
    ceo2_kg = 1e-3 * _CE_G_PER_MOL + 2.0 * 15.999e-3
    per_row = anodes.count / 2.0 if truth.arrangement == "plates" else 1.0
    efficiency = truth.current_efficiency if truth.current_efficiency is not None else design.current_efficiency
    excess = truth.excess_carbon_fraction
    target_k = design.bath_temperature_target_degc + 273.15
    ambient_k = truth.ambient_degc + 273.15
    wall_w = truth.wall_loss_w_per_k * (target_k - truth.lining_drop_k - ambient_k)
    to_lining = wall_w / truth.lining_drop_k
    film = truth.wall_film_ratio * to_lining
    warm_kj = truth.oxide_heat_capacity_kj_per_kg_k * (target_k - ambient_k) + truth.oxide_dissolution_kj_per_kg
    mix = bath_composition(
        design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct, product.rare_earth_molar_mass_g_per_mol
    )
    table = _liquidus_table(truth.rare_earth)
    modelled = _table_at(table, mix.ref3 / (1.0 - mix.baf2)) - 400.0 * mix.baf2
    lowest = _LIQUIDUS_STEP * table.index(min(table))
    return Derived(
        anode_count=float(anodes.count),
        ring=1.0 if truth.arrangement == "ring" else 0.0,
        area_new_cm2=anodes.width_cm * anodes.immersion_cm,
        gap_new_cm=anodes.gap_new_cm,
        gap_worn_cm=anodes.gap_worn_cm,
        carbon_new_kg=anodes.carbon_new_kg,
        carbon_density_g_per_cm3=anodes.carbon_density_g_per_cm3,
        life_s=3600.0 * anodes.life_h,
        immersion_cm=anodes.immersion_cm,
        radius_cm=truth.cathode_diameter_cm / 2.0,
        pitch_cm=per_row * anodes.width_cm / truth.cathode_count,
        common_resistance_ohm=design.conductor_resistance_ohm * (1.0 - truth.contact_share),
        contact_resistance_ohm=design.conductor_resistance_ohm * truth.contact_share * anodes.count,
        outside_resistance_ohm=design.conductor_resistance_ohm * (1.0 - truth.conductor_heat_inside),
        excess_carbon_fraction=design.excess_carbon_fraction if excess is None else excess,
        nominal_current_a=design.nominal_current_a,
        loss_current_a=(1.0 - efficiency) * design.nominal_current_a,
        metal_kg_per_c=metal_kg_per_c,
        re2o3_kg_per_c=re2o3_kg_per_c,
        ref3_kg_per_c=ref3 / (3.0 * _FARADAY),
        ref3_kg_per_mol=ref3,
        re2o3_kg_per_mol=re2o3,
        re2o3_g_per_mol=1e3 * re2o3,
        feed_re2o3_kg_per_kg=fed_mol_per_kg * re2o3 / 2.0,
        feed_oxidant_mol_per_kg=fed_mol_per_kg * (product.electrons_per_atom - 3.0),
        wrong_re2o3_kg_per_kg=(1e-3 * _CE_G_PER_MOL + 1.5 * 15.999e-3) / ceo2_kg,
        wrong_oxidant_mol_per_kg=1.0 / ceo2_kg,
        e_co_v=product.reversible_co_v[0],
        e_co_v_per_k=product.reversible_co_v[1],
        e_co2_v=product.reversible_co2_v[0],
        e_co2_v_per_k=product.reversible_co2_v[1],
        ambient_k=ambient_k,
        target_k=target_k,
        melting_k=product.metal_melting_point_degc + 273.15,
        iron=1.0 if product.consumable_cathode else 0.0,
        hot_enthalpy_v=truth.enthalpy_voltage_v - re2o3_kg_per_c * 1e3 * warm_kj,
        top_w_per_k4=truth.cover_factor * truth.emissivity * _STEFAN_BOLTZMANN * truth.top_area_m2,
        bath_to_lining_w_per_k=to_lining,
        film_w_per_k=film,
        inner_w_per_k=1.0 / (1.0 / to_lining - 1.0 / film),
        lining_j_per_k=1e6 * truth.lining_heat_capacity_mj_per_k,
        liquidus_table_degc=table,
        eutectic_degc=min(table),
        eutectic_ref3_per_lif=lowest / (1.0 - lowest),
        liquidus_shift_k=design.bath_liquidus_degc - modelled,
    )
