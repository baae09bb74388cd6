"""Viscosity of the bath: an assumed law through what is said of two baths, 4–6 mPa·s in the usual neodymium bath at
1050 °C and 2–3 mPa·s in the eutectic one at 900 °C. REF3 raises it, La, Ce and Nd nearly alike (measured in FLiNaK)."""

from __future__ import annotations

import math

from controller.chemistry.constants import GAS_CONSTANT_J_PER_MOL_K
from controller.chemistry.melt import Melt
from controller.chemistry.temperature import kelvin

_AT_47_5_MOL_PCT_MPA_S = 4.2
_PER_MOLE_FRACTION = 4.3
_ACTIVATION_K = 30_000.0 / GAS_CONSTANT_J_PER_MOL_K
_REFERENCE_K = 1323.0
LAW_BAND_DEGC = (850.0, 1100.0)
LAW_REF3 = (0.2, 0.5)


def viscosity_mpa_s(melt: Melt, temperature_degc: float) -> float:
    """LiF–BaF2–REF3; BaF2 is not told from LiF. Raises ChemistryError for other salts and outside 298.15–1700 K."""
    temperature_k = kelvin(temperature_degc)
    composition = math.exp(_PER_MOLE_FRACTION * (melt.composition().ref3 - 0.475))
    thermal = math.exp(_ACTIVATION_K * (1.0 / temperature_k - 1.0 / _REFERENCE_K))
    return _AT_47_5_MOL_PCT_MPA_S * composition * thermal


def viscosity_is_extrapolated(melt: Melt, temperature_degc: float) -> bool:
    low, high = LAW_BAND_DEGC
    return not (low <= temperature_degc <= high and LAW_REF3[0] <= melt.ref3 <= LAW_REF3[1])
