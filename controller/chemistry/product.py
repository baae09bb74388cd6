"""What a product is made of and where it may be made. Data come from ``config/products/``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One product; every mass ratio is per kg of rare-earth metal, iron not counted.

    ``reversible_co_v`` and ``reversible_co2_v`` are (a, b) of E = a + b·(T − 1273.15 K), V and V/K.
    """

    id: str
    name: str
    rare_earth_molar_mass_g_per_mol: float
    oxide_formula: str
    oxide_molar_mass_g_per_mol: float
    """Per formula unit as fed."""
    rare_earth_atoms_per_oxide: float
    electrons_per_atom: float
    """Charge of the feed route per rare-earth atom: 3, or 4 where CeO2 is fed."""
    metal_melting_point_degc: float
    bath_temperature_band_degc: tuple[float, float]
    reversible_co_v: tuple[float, float]
    reversible_co2_v: tuple[float, float]
    consumable_cathode: bool = False

    @property
    def oxide_kg_per_kg_metal(self) -> float:
        return self.oxide_molar_mass_g_per_mol / (
            self.rare_earth_atoms_per_oxide * self.rare_earth_molar_mass_g_per_mol
        )
