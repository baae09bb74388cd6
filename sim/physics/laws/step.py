"""One step of a cell in order of cause: electricity, feed, dissolution, products, heat; slow things now and then."""

from __future__ import annotations

from sim.physics.laws.anodes import SLOW_S, settle_slow
from sim.physics.laws.electrics import solve
from sim.physics.laws.heat import content_j, warm
from sim.physics.laws.metal import products
from sim.physics.laws.oxide import dissolve, feed
from sim.physics.ops import any_of
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellInputs, CellState


def step(t: SimulatorTable, d: Derived, s: CellState, u: CellInputs, dt_s: float) -> None:
    """The state ``dt_s`` later, in place."""
    solve(t, d, s, u.current_demand_a, u.voltage_limit_v)
    before_j = content_j(t, d, s)
    feed(t, d, s, u)
    newly_kg = dissolve(t, s, dt_s)
    metal_a, made_kg = products(t, d, s, dt_s)
    s.metal_kg = s.metal_kg + made_kg
    warm(t, d, s, u, metal_a, made_kg, newly_kg, before_j, dt_s)
    s.time_s = s.time_s + dt_s
    s.slow_s = s.slow_s + dt_s
    # on a grid of time, so that many cells come to it together whatever has been done to one of them
    if any_of(s.time_s >= s.slow_due_s - 1e-6):
        settle_slow(t, d, s)
        s.slow_due_s = s.slow_due_s + SLOW_S
