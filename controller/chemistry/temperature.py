"""Temperatures at which chemistry answers: freely in its own band, flagged outside it, not at all beyond the bounds."""

from __future__ import annotations

import math

from controller.chemistry.constants import ZERO_CELSIUS_K
from controller.chemistry.errors import ChemistryError

BAND_DEGC = (750.0, 1100.0)
"""Where the potentials were computed and baths are run; outside it answers are extrapolated."""
LOWEST_K = 298.15
HIGHEST_K = 1700.0
_ROUNDING_K = 1e-6


def kelvin(temperature_degc: float) -> float:
    """Raises ChemistryError outside 298.15–1700 K, and for what is no number."""
    temperature_k = temperature_degc + ZERO_CELSIUS_K
    if not math.isfinite(temperature_k):
        raise ChemistryError(f"temperature {temperature_degc} is not a number")
    if not LOWEST_K - _ROUNDING_K <= temperature_k <= HIGHEST_K + _ROUNDING_K:
        low, high = LOWEST_K - ZERO_CELSIUS_K, HIGHEST_K - ZERO_CELSIUS_K
        raise ChemistryError(
            f"temperature {temperature_degc:g} °C ({temperature_k:g} K) is outside {low:g}–{high:g} °C "
            f"({LOWEST_K:g}–{HIGHEST_K:g} K), beyond which these laws say nothing"
        )
    return temperature_k


def outside(temperature_degc: float, band_degc: tuple[float, float] = BAND_DEGC) -> bool:
    """Whether an answer at this temperature is extrapolated."""
    low, high = band_degc
    return not low - _ROUNDING_K <= temperature_degc <= high + _ROUNDING_K
