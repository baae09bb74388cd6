"""Oxide between hopper and cathode: two populations that dissolve, a bath that can only hold so much.

A dose splits into a part that dissolves within seconds and a part that lags (structure of alumina estimators; rates
assumed). Undersaturation drives both; above saturation the excess falls out into the slow part.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.physics.parameters import CellParameters

_GAS_CONSTANT = 8.31446
_SLOW_ACTIVATION_J_PER_MOL = 60_000.0
_PRECIPITATION_S = 600.0
_FAST_FADES_ABOVE = 0.8
"""Of saturation; the fast part slows down from here."""
_CLUMPING_SHARE = 0.002
"""Of the bath's mass: what is dropped beyond it at once clumps and joins the slow part."""


class OxideStock(NamedTuple):
    dissolved_kg: float
    fast_kg: float
    slow_kg: float


def oxide_wt_pct(dissolved_kg: float, bath_mass_kg: float) -> float:
    return 100.0 * dissolved_kg / (bath_mass_kg + dissolved_kg)


def dose_into(parameters: CellParameters, stock: OxideStock, dose_kg: float, bath_mass_kg: float) -> OxideStock:
    if dose_kg <= 0.0:
        return stock
    fine_kg = min(dose_kg, _CLUMPING_SHARE * bath_mass_kg)
    fast_kg = parameters.truth.fast_fraction * fine_kg
    return OxideStock(stock.dissolved_kg, stock.fast_kg + fast_kg, stock.slow_kg + dose_kg - fast_kg)


def dissolve(
    parameters: CellParameters,
    stock: OxideStock,
    *,
    saturation_wt_pct: float,
    bath_mass_kg: float,
    temperature_k: float,
    liquid: float,
    dt_s: float,
) -> OxideStock:
    """One step; ``liquid`` is the unfrozen share of the bath, without which nothing dissolves."""
    dissolved, fast, slow = stock
    full_kg = bath_mass_kg * saturation_wt_pct / (100.0 - saturation_wt_pct)
    room_kg = full_kg - dissolved
    if room_kg <= 0.0:
        out_kg = -room_kg * -math.expm1(-dt_s / _PRECIPITATION_S)
        return OxideStock(dissolved - out_kg, fast, slow + out_kg)
    undersaturation = 1.0 - oxide_wt_pct(dissolved, bath_mass_kg) / saturation_wt_pct
    fast_drive = min(1.0, undersaturation / (1.0 - _FAST_FADES_ABOVE)) * liquid
    slow_drive = undersaturation * liquid * slow_rate_per_s(parameters, temperature_k)
    from_fast = fast * -math.expm1(-dt_s * fast_drive / parameters.truth.fast_time_s)
    from_slow = slow * -math.expm1(-dt_s * slow_drive)
    both = from_fast + from_slow
    if both > room_kg:
        from_fast *= room_kg / both
        from_slow *= room_kg / both
    return OxideStock(dissolved + from_fast + from_slow, fast - from_fast, slow - from_slow)


def slow_rate_per_s(parameters: CellParameters, temperature_k: float) -> float:
    """In an oxide-free bath."""
    arrhenius = math.exp(-_SLOW_ACTIVATION_J_PER_MOL / _GAS_CONSTANT * (1.0 / temperature_k - 1.0 / 1323.0))
    return parameters.truth.slow_rate_per_s * arrhenius


def steady_stock(
    parameters: CellParameters,
    dissolved_kg: float,
    demand_kg_per_s: float,
    undersaturation: float,
    temperature_k: float,
) -> OxideStock:
    """What lies undissolved when feed and demand have been equal for long."""
    share = parameters.truth.fast_fraction
    fast_drive = min(1.0, undersaturation / (1.0 - _FAST_FADES_ABOVE))
    fast_kg = share * demand_kg_per_s * parameters.truth.fast_time_s / fast_drive
    slow_kg = (1.0 - share) * demand_kg_per_s / (slow_rate_per_s(parameters, temperature_k) * undersaturation)
    return OxideStock(dissolved_kg, fast_kg, slow_kg)
