"""One cell run open loop: constant current, feed on demand to a level, temperature held or free, people at work."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.physics.cell import LAWS, CellInputs, CellState, advance_in_place
from sim.physics.parameters import CellParameters
from sim.physics.service import Recipe, served

_LOOK_S = 30.0
_FEED_GAIN_PER_S = 1.0 / 300.0
"""How fast a departure from the level is made good."""


@dataclass(slots=True)
class OpenLoop:
    """Advances ``state``; ``feed_wt_pct`` None means no feed, ``hold_k`` None a free temperature."""

    parameters: CellParameters
    state: CellState
    current_a: float
    voltage_limit_v: float
    feed_wt_pct: float | None = None
    hold_k: float | None = None
    service: bool = True
    step_s: float = 1.0
    changes: int = 0
    taps: int = 0
    _looked_s: float = field(default=0.0)
    _feed_kg_per_s: float = field(default=0.0)
    _recipe: Recipe = field(default=Recipe(0.0, 0.0))

    def __post_init__(self) -> None:
        self._recipe = Recipe(self.state.lif_kg, self.state.ref3_kg)
        self._look()

    def run(self, seconds: float) -> CellState:
        """The state that many seconds later."""
        until_s = self.state.time_s + seconds
        while self.state.time_s < until_s - 1e-6:
            self.step(min(self.step_s, until_s - self.state.time_s))
        return self.state

    def step(self, dt_s: float) -> None:
        inputs = CellInputs(self.current_a, self.voltage_limit_v, self._feed_kg_per_s * dt_s)
        advance_in_place(self.parameters, self.state, inputs, dt_s)
        if self.hold_k is not None:
            held_at(self.parameters, self.state, self.hold_k)
        if self.state.time_s - self._looked_s >= _LOOK_S - 1e-6:
            self._look()

    def _look(self) -> None:
        self._looked_s = self.state.time_s
        if self.feed_wt_pct is not None:
            self._feed_kg_per_s = self._feed(self.feed_wt_pct)
        if self.service:
            self._serve()

    def _feed(self, wt_pct: float) -> float:
        """What is used up, and a share of what is missing."""
        p, s = self.parameters, self.state
        efficiency = LAWS.current_efficiency(p.truth, p.derived, s)
        demand = s.line_current_a * efficiency * p.oxide_kg_per_coulomb
        salt_kg = s.bath_mass_kg - s.ledge_kg
        missing_kg = salt_kg * wt_pct / (100.0 - wt_pct) - s.oxide_kg - s.oxide_still_kg
        return float(max(0.0, demand + _FEED_GAIN_PER_S * missing_kg))

    def _serve(self) -> None:
        work = served(self.parameters, self.state, self._recipe)
        self.state = work.state
        self.changes += len(work.changed)
        self.taps += work.tapped_kg > 0.0


def held_at(parameters: CellParameters, state: CellState, bath_k: float) -> None:
    """Bring the bath to that temperature; the heat it took is booked as heating."""
    t, d = parameters.truth, parameters.derived
    before_j = LAWS.stored_j(t, d, state)
    state.bath_k = bath_k
    state.heat_owed_j = 0.0
    state.totals.heating_j += LAWS.stored_j(t, d, state) - before_j
