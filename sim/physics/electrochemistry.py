"""Potentials between an anode's carbon and the metal: reversible part, overvoltages, limit and film.

The structure is that of published aluminium-cell models; the constants are fitted to the one rare-earth cell whose
voltage split is published (1.62 V interfaces at 1 A/cm²) and are otherwise assumed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_GAS_CONSTANT = 8.31446
_FARADAY = 96485.33

CO2_HALF_A_PER_CM2 = 0.11
_CO2_WIDTH_A_PER_CM2 = 0.015
_CO2_FLOOR = 0.1
CO2_SETTLED_A_PER_CM2 = 0.40

PASSIVATION_V = 3.9
"""iR-free, against the metal. Converted from 4.3 V against lithium; ±0.2 V."""
CLEARING_V = 2.5
CLEARING_S = 5.0
FILM_V = 12.0
"""U = FILM_V·(j/j_c)³ over a passivated anode; assumed. Clears at 40 % of the limiting current, not at 50 %."""
_CONCENTRATION_KNEE = 0.999
"""Of j_c: above, the concentration overvoltage goes on along its tangent, so that every current has a potential."""
_FILM_CONCENTRATION = 0.95
_CATHODE_SLOPE_V = 0.015
_CATHODE_J0_A_PER_CM2 = 0.1
_LEAST_LIMIT_A_PER_CM2 = 0.004
"""Oxide-free bath still carries residual current; assumed. Keeps ratios finite."""


def co2_charge_share(current_density_a_per_cm2: float, plateau: float) -> float:
    """Primary anodic charge that makes CO2: CO below about 0.07 A/cm², CO2 above (seen in cryolite)."""
    j = current_density_a_per_cm2
    if j >= CO2_SETTLED_A_PER_CM2:
        return plateau
    rise = (plateau - _CO2_FLOOR) / (1.0 + math.exp(-(j - CO2_HALF_A_PER_CM2) / _CO2_WIDTH_A_PER_CM2))
    return _CO2_FLOOR + rise


def critical_current_density_a_per_cm2(
    oxide_wt_pct: float, temperature_k: float, prefactor: float, exponent: float, activation_j_per_mol: float
) -> float:
    """Largest current density the dissolved oxide sustains; 0 without oxide. Assumed law, to be identified per cell."""
    if oxide_wt_pct <= 0.0:
        return 0.0
    arrhenius = math.exp(-activation_j_per_mol / _GAS_CONSTANT * (1.0 / temperature_k - 1.0 / 1323.0))
    return prefactor * math.pow(oxide_wt_pct, exponent) * arrhenius


def limit_for_potential(critical: float) -> float:
    return critical if critical > _LEAST_LIMIT_A_PER_CM2 else _LEAST_LIMIT_A_PER_CM2


def cathode_overvoltage_v(current_a: float, area_cm2: float) -> float:
    return _CATHODE_SLOPE_V * math.log1p(current_a / (area_cm2 * _CATHODE_J0_A_PER_CM2))


def cathode_overvoltage_slope_ohm(current_a: float, area_cm2: float) -> float:
    return _CATHODE_SLOPE_V / (area_cm2 * _CATHODE_J0_A_PER_CM2 + current_a)


def pfc_charge_share(potential_v: float) -> float:
    """Share of an anode's current that makes CF4, by its iR-free potential: log-linear between assumed knots."""
    if potential_v <= PASSIVATION_V:
        return 0.0
    knots = ((3.9, -4.0), (4.3, -3.0), (5.1, -1.0), (5.4, -0.3))
    for (v0, log0), (v1, log1) in pairwise(knots):
        if potential_v <= v1:
            return float(10.0 ** (log0 + (log1 - log0) * (potential_v - v0) / (v1 - v0)))
    return 0.5


class Branches(NamedTuple):
    """The anodes as the electrical problem sees them; one entry each."""

    area_cm2: Sequence[float]
    limit_a: Sequence[float]
    resistance_ohm: Sequence[float]
    passivated: Sequence[bool]


class AnodeLaw(NamedTuple):
    """What all anodes of one bath share during one step."""

    reversible_co_v: float
    """With the oxide activity term."""
    reversible_co2_v: float
    thermal_v: float
    """RT/(α·F) of the surface overvoltage."""
    half_thermal_v: float
    """RT/2F of the concentration overvoltage."""
    exchange_a_per_cm2: float
    co2_plateau: float


def anode_law(
    *,
    reversible_co_v: float,
    reversible_co2_v: float,
    temperature_k: float,
    exchange_a_per_cm2: float,
    charge_transfer: float,
    co2_plateau: float,
) -> AnodeLaw:
    thermal = _GAS_CONSTANT * temperature_k / _FARADAY
    return AnodeLaw(
        reversible_co_v, reversible_co2_v, thermal / charge_transfer, 0.5 * thermal, exchange_a_per_cm2, co2_plateau
    )


def potential_and_slope(
    law: AnodeLaw, current_a: float, area_cm2: float, limit_a: float, passivated: bool
) -> tuple[float, float]:
    """iR-free anode potential against the metal, V, and its derivative, V/A (above 0 for every current)."""
    e_co, e_co2, thermal, half_thermal, exchange, plateau = law
    j = current_a / area_cm2
    if j >= CO2_SETTLED_A_PER_CM2:
        potential = e_co + plateau * (e_co2 - e_co)
        slope = 0.0
    else:
        exponent = (CO2_HALF_A_PER_CM2 - j) / _CO2_WIDTH_A_PER_CM2
        share = 1.0 / (1.0 + math.exp(exponent)) if exponent < 500.0 else 0.0
        potential = e_co + (_CO2_FLOOR + (plateau - _CO2_FLOOR) * share) * (e_co2 - e_co)
        # below about 700 °C CO2 lies under CO and this part falls by some millivolts: the solver, which needs a
        # positive slope, sees it as level
        rise = (plateau - _CO2_FLOOR) * share * (1.0 - share) / _CO2_WIDTH_A_PER_CM2 * (e_co2 - e_co)
        slope = rise if rise > 0.0 else 0.0
    half = j / (2.0 * exchange)
    potential += thermal * math.asinh(half)
    slope += thermal / (2.0 * exchange * math.sqrt(1.0 + half * half))
    slope /= area_cm2
    ratio = current_a / limit_a
    if passivated:
        held = ratio if ratio < _FILM_CONCENTRATION else _FILM_CONCENTRATION
        square = ratio * ratio
        potential += FILM_V * square * ratio - half_thermal * math.log(1.0 - held)
        slope += 3.0 * FILM_V * square / limit_a
        if held is ratio:
            slope += half_thermal / ((1.0 - ratio) * limit_a)
    elif ratio < _CONCENTRATION_KNEE:
        potential -= half_thermal * math.log(1.0 - ratio)
        slope += half_thermal / ((1.0 - ratio) * limit_a)
    else:
        steep = half_thermal / (1.0 - _CONCENTRATION_KNEE)
        potential += steep * (ratio - _CONCENTRATION_KNEE) - half_thermal * math.log(1.0 - _CONCENTRATION_KNEE)
        slope += steep / limit_a
    return potential, slope


def tangents(law: AnodeLaw, branches: Branches, currents_a: Sequence[float]) -> tuple[list[float], list[float]]:
    """Each anode with its own resistance, linearised where it stands: conductances g and constants c of I = c + g·U.

    It is ``potential_and_slope`` of every anode. A third of a simulated second goes here, so anodes in ordinary service
    (CO2 settled, no film, below the knee) are reckoned in place, with fewer operations.
    """
    e_co, e_co2, thermal, half_thermal, exchange, plateau = law
    settled = e_co + plateau * (e_co2 - e_co)
    double_exchange = 2.0 * exchange
    beyond_knee = 1.0 - _CONCENTRATION_KNEE
    log, sqrt = math.log, math.sqrt
    conductances, constants = [], []
    for current, area, limit, own, film in zip(currents_a, *branches, strict=True):
        left = limit - current
        if film or current < CO2_SETTLED_A_PER_CM2 * area or left <= beyond_knee * limit:
            potential, slope = potential_and_slope(law, current, area, limit, film)
        else:
            exchanged = double_exchange * area
            half = current / exchanged
            root = sqrt(1.0 + half * half)
            potential = settled + thermal * log(half + root) - half_thermal * log(left / limit)
            slope = thermal / (exchanged * root) + half_thermal / left
        g = 1.0 / (slope + own)
        conductances.append(g)
        constants.append(current - g * (potential + own * current))
    return conductances, constants
