"""Reversible cell potentials of the oxide route on carbon.

The linear laws per product come from standard formation data (±0.03 V); the activity term takes dissolved oxide as
Henry-like, activity = concentration over saturation (assumed).
"""

from __future__ import annotations

import math

from controller.chemistry.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K, ZERO_CELSIUS_K
from controller.chemistry.product import Product

_REFERENCE_K = 1273.15


def reversible_potential_co_v(product: Product, temperature_degc: float) -> float:
    """Oxide and metal at unit activity, CO at 1 bar; valid 750–1100 °C."""
    a, b = product.reversible_co_v
    return a + b * (temperature_degc + ZERO_CELSIUS_K - _REFERENCE_K)


def reversible_potential_co2_v(product: Product, temperature_degc: float) -> float:
    """Oxide and metal at unit activity, CO2 at 1 bar; valid 750–1100 °C."""
    a, b = product.reversible_co2_v
    return a + b * (temperature_degc + ZERO_CELSIUS_K - _REFERENCE_K)


def oxide_activity_term_v(temperature_degc: float, oxide_over_saturation: float) -> float:
    """What a bath below saturation adds: (RT/6F)·ln(1/a). The ratio is held to 1e-4…1, where the law has a meaning."""
    activity = min(1.0, max(1e-4, oxide_over_saturation))
    temperature_k = temperature_degc + ZERO_CELSIUS_K
    return -GAS_CONSTANT_J_PER_MOL_K * temperature_k / (6.0 * FARADAY_C_PER_MOL) * math.log(activity)


def reversible_potential_v(
    product: Product, temperature_degc: float, co2_charge_fraction: float, oxide_over_saturation: float = 1.0
) -> float:
    """Charge-weighted mean of the CO2 and CO routes, with the oxide activity term."""
    co2 = co2_charge_fraction * reversible_potential_co2_v(product, temperature_degc)
    co = (1.0 - co2_charge_fraction) * reversible_potential_co_v(product, temperature_degc)
    return co2 + co + oxide_activity_term_v(temperature_degc, oxide_over_saturation)
