"""Hydrogen fluoride from water that reaches the bath. Exact where all the water reacts.

2 REF3 + 3 H2O → RE2O3 + 6 HF, or REF3 + H2O → REOF + 2 HF: two HF per H2O either way.
"""

from __future__ import annotations

from controller.chemistry.constants import MOLAR_MASS_G_PER_MOL

_HF_G_PER_MOL = MOLAR_MASS_G_PER_MOL["H"] + MOLAR_MASS_G_PER_MOL["F"]
_WATER_G_PER_MOL = 2.0 * MOLAR_MASS_G_PER_MOL["H"] + MOLAR_MASS_G_PER_MOL["O"]
HF_KG_PER_KG_WATER = 2.0 * _HF_G_PER_MOL / _WATER_G_PER_MOL


def hf_kg(water_kg: float) -> float:
    return HF_KG_PER_KG_WATER * water_kg


def oxide_kg(water_kg: float, sesquioxide_g_per_mol: float) -> float:
    """RE2O3 that the water makes of the bath."""
    return water_kg * sesquioxide_g_per_mol / (3.0 * _WATER_G_PER_MOL)


def ref3_lost_kg(water_kg: float, trifluoride_g_per_mol: float) -> float:
    return water_kg * 2.0 * trifluoride_g_per_mol / (3.0 * _WATER_G_PER_MOL)
