"""Vapour pressure of LiF, the salt a bath loses by evaporation.

Pure LiF: 133 Pa at 1047 °C and 1 atm at about 1680 °C (handbook, recalled), a straight line in 1/T between them. Over a
bath times the activity of LiF, 0.3–0.5 in the usual ones (assumed 0.4).
"""

from __future__ import annotations

import math

from controller.chemistry.errors import ChemistryError
from controller.chemistry.temperature import kelvin

_PRESSURE_PA = 133.0
_AT_K = 1320.15
_EVAPORATION_K = 27_000.0
LIF_ACTIVITY = 0.4


def lif_vapour_pressure_pa(temperature_degc: float, lif_activity: float = LIF_ACTIVITY) -> float:
    """Raises ChemistryError outside 298.15–1700 K and for activities outside 0–1."""
    if not 0.0 <= lif_activity <= 1.0:
        raise ChemistryError(f"LiF activity {lif_activity:g} is outside 0–1")
    return lif_activity * _PRESSURE_PA * math.exp(-_EVAPORATION_K * (1.0 / kelvin(temperature_degc) - 1.0 / _AT_K))
