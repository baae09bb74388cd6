"""Faraday's law for a product: metal, oxide and carbon that go with a charge. Exact."""

from __future__ import annotations

from controller.chemistry.constants import FARADAY_C_PER_MOL, MOLAR_MASS_G_PER_MOL, SECONDS_PER_HOUR
from controller.chemistry.product import Product

_CARBON_G_PER_MOL = MOLAR_MASS_G_PER_MOL["C"]


def metal_g_per_ah(product: Product) -> float:
    """Rare-earth metal per ampere-hour at a current efficiency of 1."""
    return product.rare_earth_molar_mass_g_per_mol * SECONDS_PER_HOUR / (product.electrons_per_atom * FARADAY_C_PER_MOL)


def oxide_demand_kg_per_kah(product: Product, current_efficiency: float = 1.0) -> float:
    """Oxide that 1000 A use up in an hour; metal that burns back returns its oxide, hence the current efficiency."""
    return metal_g_per_ah(product) * product.oxide_kg_per_kg_metal * current_efficiency


def carbon_g_per_ah(co2_charge_fraction: float) -> float:
    """Anode carbon per ampere-hour, where that fraction of the charge makes CO2 (4 e) and the rest CO (2 e).

    The anode burns with all the current, whatever the current efficiency.
    """
    per_coulomb = co2_charge_fraction / 4.0 + (1.0 - co2_charge_fraction) / 2.0
    return _CARBON_G_PER_MOL * per_coulomb * SECONDS_PER_HOUR / FARADAY_C_PER_MOL


def face_recession_mm_per_h(
    current_density_a_per_cm2: float, co2_charge_fraction: float, carbon_density_g_per_cm3: float
) -> float:
    """Speed at which the working face burns back, air burn not counted."""
    return 10.0 * current_density_a_per_cm2 * carbon_g_per_ah(co2_charge_fraction) / carbon_density_g_per_cm3
