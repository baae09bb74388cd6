"""Bath composition: from the weights a recipe names to the mole fractions chemistry needs."""

from __future__ import annotations

from typing import NamedTuple

from controller.chemistry.constants import BAF2_G_PER_MOL, LIF_G_PER_MOL, trifluoride_g_per_mol


class BathComposition(NamedTuple):
    """Mole fractions and the mean molar mass of the oxide-free bath."""

    ref3: float
    baf2: float
    lif: float
    molar_mass_g_per_mol: float


def bath_composition(
    ref3_parts: float, baf2_parts: float, lif_parts: float, rare_earth_g_per_mol: float
) -> BathComposition:
    """From parts by weight (kg or wt%, they need not sum to 100). Raises ValueError for an empty bath."""
    if not (ref3_parts >= 0.0 and baf2_parts >= 0.0 and lif_parts >= 0.0 and ref3_parts + lif_parts > 0.0):
        raise ValueError(f"no bath: REF3 {ref3_parts}, BaF2 {baf2_parts}, LiF {lif_parts} parts by weight")
    ref3_mol = ref3_parts / trifluoride_g_per_mol(rare_earth_g_per_mol)
    baf2_mol = baf2_parts / BAF2_G_PER_MOL
    lif_mol = lif_parts / LIF_G_PER_MOL
    total_mol = ref3_mol + baf2_mol + lif_mol
    mass = ref3_parts + baf2_parts + lif_parts
    return BathComposition(ref3_mol / total_mol, baf2_mol / total_mol, lif_mol / total_mol, mass / total_mol)
