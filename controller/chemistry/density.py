"""Density of a bath from molar volumes.

LiF–LaF3 volumes add up; LiF–NdF3 and LiF–GdF3 lie above the sum (both measured, maximum bubble pressure). The densities
of the pure liquids are handbook lines (recalled), the other rare earths' volumes follow lanthanum's by the contraction
of the series (assumed). ±4 % with neodymium, ±6 % else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from controller.chemistry.melt import SALT_G_PER_MOL, Melt
from controller.chemistry.temperature import kelvin

_LINES_G_PER_CM3: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "LiF": (2.358, -4.90e-4),
        "NaF": (2.655, -5.40e-4),
        "CaF2": (3.179, -3.91e-4),
        "BaF2": (5.775, -9.99e-4),
        "LaF3": (5.793, -6.82e-4),
    }
)
"""ρ = a + b·T (K) of the liquids, also where they would be supercooled. Recalled."""
_VOLUME_OVER_LANTHANUM: Mapping[str, float] = MappingProxyType(
    {"La": 1.0, "Ce": 0.989, "Pr": 0.978, "Nd": 0.968, "Gd": 0.940, "Dy": 0.922}
)
_EXCESS_VOLUME = 0.02
"""What LiF–REF3 melts but LaF3's are larger than the sum of their salts; assumed the same from 10 to 90 mol% REF3."""
_EXCESS_FULL_FROM = 0.1


def density_g_per_cm3(melt: Melt, temperature_degc: float) -> float:
    """Raises ChemistryError outside 298.15–1700 K."""
    temperature_k = kelvin(temperature_degc)
    expanding = sum(share for symbol, share in melt.rare_earths if symbol != "La")
    mixed = min(1.0, melt.ref3 / _EXCESS_FULL_FROM, (1.0 - melt.ref3) / _EXCESS_FULL_FROM)
    volume = sum(fraction * _molar_volume(salt, temperature_k) for salt, fraction in melt.mole_fractions)
    return melt.molar_mass_g_per_mol / (volume * (1.0 + _EXCESS_VOLUME * expanding * mixed))


def _molar_volume(salt: str, temperature_k: float) -> float:
    base = salt if salt in _LINES_G_PER_CM3 else "LaF3"
    a, b = _LINES_G_PER_CM3[base]
    factor = _VOLUME_OVER_LANTHANUM[salt.removesuffix("F3")] if base == "LaF3" else 1.0
    return factor * SALT_G_PER_MOL[base] / (a + b * temperature_k)
