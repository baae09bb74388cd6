"""The zero-current intercept E_b, from the natural ripple of current and voltage, blended with the recipe's value.

A recursive least-squares line with exponential forgetting. The current's own measuring noise flattens the fitted line
and lifts the intercept; the demand for excitation well above that noise keeps this error below 0.2 V.
"""

from __future__ import annotations

import math
from typing import NamedTuple

FORGETTING_TIME_S = 600.0
"""Gap and temperature drift over longer times would be taken for slope (assumed)."""
LEAST_WEIGHT = 30.0
LEAST_RIPPLE_FRACTION = 0.004
"""Standard deviation of current, of nominal; transducers of this class have 0.0005 (assumed)."""
RECIPE_SIGMA_V = 0.3
MODEL_SIGMA_V = 0.05
"""What no regression removes: the anodic overvoltage is no constant (assumed)."""


class BackEmf(NamedTuple):
    """Exponentially forgotten sums about running means."""

    weight: float = 0.0
    mean_a: float = 0.0
    mean_v: float = 0.0
    s_aa: float = 0.0
    s_av: float = 0.0
    s_vv: float = 0.0


class BackEmfFit(NamedTuple):
    back_emf_v: float
    sigma_v: float
    excited: bool
    """False: the current hardly moved, this is the recipe's value."""


def with_sample(state: BackEmf, current_a: float, voltage_v: float, dt_s: float) -> BackEmf:
    weight, mean_a, mean_v, s_aa, s_av, s_vv = state
    keep = 1.0 - dt_s / FORGETTING_TIME_S
    if not 0.0 <= keep <= 1.0:
        keep = 0.0
    weight = keep * weight + 1.0
    before_a, before_v = current_a - mean_a, voltage_v - mean_v
    mean_a += before_a / weight
    mean_v += before_v / weight
    after_v = voltage_v - mean_v
    return BackEmf(
        weight,
        mean_a,
        mean_v,
        keep * s_aa + before_a * (current_a - mean_a),
        keep * s_av + before_a * after_v,
        keep * s_vv + before_v * after_v,
    )


def fit(state: BackEmf, recipe_v: float, nominal_current_a: float) -> BackEmfFit:
    weight, mean_a, mean_v, s_aa, s_av, s_vv = state
    ripple_a = LEAST_RIPPLE_FRACTION * nominal_current_a
    if weight < LEAST_WEIGHT or not s_aa >= weight * ripple_a * ripple_a or not s_av > 0.0:
        return BackEmfFit(recipe_v, RECIPE_SIGMA_V, excited=False)
    resistance_ohm = s_av / s_aa
    measured_v = mean_v - resistance_ohm * mean_a
    noise = max(0.0, s_vv - resistance_ohm * s_av) / (weight - 2.0)
    variance = noise / weight + noise * mean_a * mean_a / s_aa + MODEL_SIGMA_V**2
    prior = RECIPE_SIGMA_V**2
    blended_v = (measured_v * prior + recipe_v * variance) / (prior + variance)
    return BackEmfFit(blended_v, math.sqrt(prior * variance / (prior + variance)), excited=True)
