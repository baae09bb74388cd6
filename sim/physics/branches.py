"""How the line current divides among anodes in parallel, and what the supply can deliver at its voltage limit.

Each anode: voltage of the anode bus against the metal = its iR-free potential + its own resistance × its current. The
supply is a current source with a voltage limit that cannot absorb: current is never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sim.physics.electrochemistry import (
    AnodeLaw,
    Branches,
    cathode_overvoltage_slope_ohm,
    cathode_overvoltage_v,
    potential_and_slope,
    tangents,
)

__all__ = ["Branches", "Division", "Supply", "divide"]

_MOST_ITERATIONS = 60
_ENOUGH = 1e-4
"""Largest change of any anode's current, of its limiting current, after which one more step gains microvolts."""


class Supply(NamedTuple):
    demand_a: float
    voltage_limit_v: float
    common_resistance_ohm: float
    cathode_area_cm2: float


class Division(NamedTuple):
    line_current_a: float
    cell_voltage_v: float
    anode_current_a: list[float]
    anode_potential_v: list[float]
    """iR-free, against the metal."""
    clipped: bool
    iterations: int


def divide(law: AnodeLaw, branches: Branches, supply: Supply, guess_a: Sequence[float]) -> Division:
    """Newton's method on all anode currents at once; from a good guess one iteration is enough.

    Every branch is monotone and convex for positive currents, so iterations come down on the solution from above;
    the hardest steps (a film appears, the limit moves) take about ten.
    """
    limit, resistance = branches.limit_a, branches.resistance_ohm
    demand, voltage_limit, common, cathode_area = supply
    if demand <= 0.0:
        return _idle(law, branches, False)
    currents = list(guess_a)
    line = demand
    clipped = False
    iterations = 0
    while iterations < _MOST_ITERATIONS:
        iterations += 1
        inverse, constant = tangents(law, branches, currents)
        conductance, offset, total = sum(inverse), sum(constant), sum(currents)
        bus = (demand - offset) / conductance
        clipped = False
        line = demand
        if bus + common * demand + cathode_overvoltage_v(demand, cathode_area) > voltage_limit:
            clipped = True
            here = total if total > 0.0 else 0.0
            slope = cathode_overvoltage_slope_ohm(here, cathode_area)
            rest = voltage_limit - cathode_overvoltage_v(here, cathode_area) + slope * here
            line = (rest + offset / conductance) / (1.0 / conductance + common + slope)
            if line <= 0.0:
                return _idle(law, branches, True)
            bus = (line - offset) / conductance
        before, currents = currents, [c + g * bus for c, g in zip(constant, inverse, strict=True)]
        if max([abs(new - old) / most for new, old, most in zip(currents, before, limit, strict=True)]) < _ENOUGH:
            break
    potentials = [bus - own * current for own, current in zip(resistance, currents, strict=True)]
    voltage = bus + common * line + cathode_overvoltage_v(line, cathode_area)
    return Division(line, voltage, currents, potentials, clipped, iterations)


def _idle(law: AnodeLaw, branches: Branches, clipped: bool) -> Division:
    """No current: the cell shows its open-circuit voltage."""
    potentials = [
        potential_and_slope(law, 0.0, area, limit, passivated)[0]
        for area, limit, _, passivated in zip(*branches, strict=True)
    ]
    return Division(0.0, min(potentials), [0.0] * len(potentials), potentials, clipped, 0)
