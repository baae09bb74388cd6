"""How much oxide a bath can hold.

Law fitted to two measurements of LiF–NdF3 (0.13 mol% at 750 °C and 0.22 mol% at 900 °C, both at 23 mol% NdF3); the
exponent on the fluoride share is assumed, 1.5 (range 1–2.3). Other rare earths by a factor, assumed.

What a bath cannot hold does not stay RE2O3 for long: with REF3 it forms the oxyfluoride, RE2O3 + REF3 → 3 REOF (seen
with lanthanum and praseodymium when oxide is added to LiF–CaF2), denser than the bath, and sinks as sludge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from controller.chemistry.bath import BathComposition
from controller.chemistry.constants import ZERO_CELSIUS_K

_DISSOLUTION_K = 4210.0
"""Heat of dissolution over R; about 35 kJ/mol."""
_COMPOSITION_EXPONENT = 1.5
SOLUBILITY_FACTORS: Mapping[str, float] = MappingProxyType(
    {"La": 1.25, "Ce": 1.25, "Pr": 1.0, "Nd": 1.0, "Gd": 0.85, "Dy": 0.75}
)
"""Against neodymium. Assumed: that La ≥ Ce > Pr ≈ Nd > Gd > Dy is recalled, the size of the steps is not."""
TRIED_REF3 = (0.15, 0.60)
"""Mole fraction between which the exponent may be trusted to a factor of about 1.5."""


def oxide_solubility_mol_pct(ref3_mole_fraction: float, temperature_degc: float, bath_factor: float = 1.0) -> float:
    temperature_k = temperature_degc + ZERO_CELSIUS_K
    composition = math.pow(ref3_mole_fraction / 0.23, _COMPOSITION_EXPONENT)
    return bath_factor * 0.22 * composition * math.exp(-_DISSOLUTION_K * (1.0 / temperature_k - 1.0 / 1173.15))


def oxide_solubility_wt_pct(
    bath: BathComposition, oxide_g_per_mol: float, temperature_degc: float, bath_factor: float = 1.0
) -> float:
    """``oxide_g_per_mol`` is that of RE2O3, the form in which oxide is dissolved whatever was fed."""
    fraction = min(0.5, 0.01 * oxide_solubility_mol_pct(bath.ref3, temperature_degc, bath_factor))
    oxide = fraction * oxide_g_per_mol
    return 100.0 * oxide / (oxide + (1.0 - fraction) * bath.molar_mass_g_per_mol)
