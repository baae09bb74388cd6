"""Physical constants and molar masses both the controller and the simulator compute with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FARADAY_C_PER_MOL = 96485.33
GAS_CONSTANT_J_PER_MOL_K = 8.31446
ZERO_CELSIUS_K = 273.15
SECONDS_PER_HOUR = 3600.0

MOLAR_MASS_G_PER_MOL: Mapping[str, float] = MappingProxyType(
    {
        "H": 1.008,
        "C": 12.011,
        "O": 15.999,
        "F": 18.998,
        "Li": 6.94,
        "Na": 22.990,
        "Ca": 40.078,
        "Ba": 137.327,
        "La": 138.905,
        "Ce": 140.116,
        "Pr": 140.908,
        "Nd": 144.242,
        "Gd": 157.25,
        "Tb": 158.925,
        "Dy": 162.500,
        "Fe": 55.845,
    }
)
"""Standard atomic weights, IUPAC abridged."""

LIF_G_PER_MOL = MOLAR_MASS_G_PER_MOL["Li"] + MOLAR_MASS_G_PER_MOL["F"]
BAF2_G_PER_MOL = MOLAR_MASS_G_PER_MOL["Ba"] + 2.0 * MOLAR_MASS_G_PER_MOL["F"]


def trifluoride_g_per_mol(rare_earth_g_per_mol: float) -> float:
    return rare_earth_g_per_mol + 3.0 * MOLAR_MASS_G_PER_MOL["F"]
