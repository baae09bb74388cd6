"""Random plants: parameters of the truth drawn by seed from stated ranges.

Ranges are those in which the literature leaves each parameter. A plant that cannot run at its nominal current with
oxide below saturation is no plant and is drawn again.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sim.physics.cell import LAWS, running_state, solve_again
from sim.physics.outputs import outputs
from sim.physics.parameters import CellParameters, joined

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "critical_exponent": (0.5, 1.2),
        "critical_activation_j_per_mol": (25_000.0, 55_000.0),
        "exchange_current_density_a_per_cm2": (0.15, 0.4),
        "charge_transfer": (0.8, 2.0),
        "co2_plateau": (0.6, 0.9),
        "voidage": (0.05, 0.15),
        "fast_fraction": (0.35, 0.65),
        "fast_time_s": (10.0, 20.0),
        "slow_rate_per_s": (0.005, 0.010),
        "slow_activation_j_per_mol": (40_000.0, 80_000.0),
        "stagnant_share": (0.05, 0.15),
        "stagnant_exchange_s": (200.0, 600.0),
        "loss_activation_j_per_mol": (40_000.0, 120_000.0),
        "moisture_wt_pct": (0.0, 0.5),
        "excess_carbon_fraction": (0.05, 0.40),
        "cold_s": (1200.0, 4800.0),
        "neck_life": (1.3, 2.5),
    }
)
"""Uniform."""
FACTORS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "conductivity_factor": (0.85, 1.15),
        "solubility_factor": (0.9, 1.1),
        "cover_factor": (0.9, 1.1),
        "wall_loss_w_per_k": (0.9, 1.1),
    }
)
"""Uniform, times the cell's own value."""
CRITICAL = (0.85, 1.15)
"""Of the critical current density at the operating point; the prefactor follows from it."""
ANODE_SPREAD = 0.03
"""Standard deviation of single anodes' critical current densities."""
MOST_LOAD = 0.75
AT_SATURATION = 0.9
_TRIES = 200


class NoPlant(RuntimeError):
    """No plant of this design could be drawn that runs within its limits."""


def drawn(parameters: CellParameters, seed: int) -> CellParameters:
    """A plant of that design. The same seed gives the same plant. Raises NoPlant."""
    rng = random.Random(f"plant/{seed}")  # noqa: S311 - repeatable, not secret
    for _ in range(_TRIES):
        plant = _draw(parameters, rng)
        if runs(plant):
            return plant
    raise NoPlant(f"{parameters.design.id}: none of {_TRIES} plants ran below {MOST_LOAD:g} of its limiting current")


def runs(plant: CellParameters) -> bool:
    """Whether its mean anode load is allowed at nominal current with oxide just below saturation."""
    state = running_state(plant, seed=0)
    pct = AT_SATURATION * state.saturation_wt_pct
    state.oxide_kg = (1.0 - plant.truth.stagnant_share) * state.bath_mass_kg * pct / (100.0 - pct)
    solve_again(plant, state, plant.design.nominal_current_a, 100.0)
    return statistics.mean(outputs(plant, state).anode_load) <= MOST_LOAD


def _draw(parameters: CellParameters, rng: random.Random) -> CellParameters:
    own = parameters.truth
    values: dict[str, Any] = {name: rng.uniform(*bounds) for name, bounds in RANGES.items()}
    values |= {name: getattr(own, name) * rng.uniform(*bounds) for name, bounds in FACTORS.items()}
    truth = replace(own, **values)
    # the exponent and activation turn about the operating point, where the density is drawn
    target, bath_k = parameters.design.oxide_target_wt_pct, parameters.derived.target_k
    wanted = rng.uniform(*CRITICAL) * LAWS.critical_a_per_cm2(own, target, bath_k)
    turned = LAWS.critical_a_per_cm2(truth, target, bath_k)
    return joined(
        parameters.design,
        parameters.product,
        replace(truth, critical_prefactor=truth.critical_prefactor * wanted / turned),
    )


def anode_factors(seed: int, count: int) -> list[float]:
    """Departures of single anodes' critical current densities for one plant."""
    rng = random.Random(f"anodes/{seed}")  # noqa: S311 - repeatable, not secret
    return [max(0.8, rng.gauss(1.0, ANODE_SPREAD)) for _ in range(count)]
