"""The salt without its oxide: masses, and what follows from composition alone."""

from __future__ import annotations

from typing import NamedTuple

from controller.chemistry.bath import BathComposition, bath_composition
from controller.chemistry.liquidus import bath_liquidus_degc
from controller.chemistry.solubility import oxide_solubility_wt_pct
from sim.physics.parameters import CellParameters


class Bath(NamedTuple):
    ref3_kg: float
    baf2_kg: float
    lif_kg: float
    mass_kg: float
    composition: BathComposition
    liquidus_k: float


def bath_of(parameters: CellParameters, ref3_kg: float, baf2_kg: float, lif_kg: float) -> Bath:
    product, design = parameters.product, parameters.design
    mix = bath_composition(ref3_kg, baf2_kg, lif_kg, product.rare_earth_molar_mass_g_per_mol)
    recipe = bath_composition(
        design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct, product.rare_earth_molar_mass_g_per_mol
    )
    # the recipe's liquidus is the design's own figure; the model only says how far the bath has drifted from it
    element = parameters.truth.rare_earth
    drift = bath_liquidus_degc(mix, element) - bath_liquidus_degc(recipe, element)
    return Bath(ref3_kg, baf2_kg, lif_kg, ref3_kg + baf2_kg + lif_kg, mix, design.bath_liquidus_degc + drift + 273.15)


def saturation_wt_pct(parameters: CellParameters, bath: Bath, bath_k: float) -> float:
    return oxide_solubility_wt_pct(
        bath.composition, parameters.re2o3_g_per_mol, bath_k - 273.15, parameters.truth.solubility_factor
    )
