"""Many cells at once: the laws of one cell over arrays. All cells of a set have the same number of anodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.physics import array_ops
from sim.physics.cell import LONGEST_STEP_S, running_state
from sim.physics.parameters import CellParameters, Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.specialise import specialise
from sim.physics.state import AnodeColumns, CellInputs, CellState, Totals

Floats = NDArray[np.float64]
LAWS = specialise({name: value for name, value in vars(array_ops).items() if not name.startswith("_")}, inline=False)
"""The laws for many cells in arrays."""
_WORDS = ("rare_earth", "arrangement")


class ManyCells:
    """Cells that are advanced together. ``state`` holds arrays over cells, its anodes arrays of anodes by cells."""

    def __init__(self, parameters: Sequence[CellParameters], states: Sequence[CellState]) -> None:
        """Raises ValueError for no cells, for unequal numbers, and for cells with different numbers of anodes."""
        if not parameters or len(parameters) != len(states):
            raise ValueError(f"{len(parameters)} sets of parameters, {len(states)} states")
        counts = sorted({one.anode_count for one in parameters})
        if len(counts) > 1:
            raise ValueError(f"cells with {', '.join(map(str, counts))} anodes cannot be advanced together")
        self.count = len(parameters)
        self.parameters = tuple(parameters)
        self._truth = _stacked(SimulatorTable, [one.truth for one in parameters])
        self._derived = _stacked(Derived, [one.derived for one in parameters])
        self.state: CellState = _state(states)

    @classmethod
    def running(cls, parameters: Sequence[CellParameters], seeds: Sequence[int]) -> ManyCells:
        """Each at nominal current and set-point, as ``running_state``."""
        states = [running_state(one, seed=seed) for one, seed in zip(parameters, seeds, strict=True)]
        return cls(parameters, states)

    def advance(
        self,
        dt_s: float,
        *,
        current_demand_a: ArrayLike,
        voltage_limit_v: ArrayLike,
        oxide_dose_kg: ArrayLike = 0.0,
        lid_closed: ArrayLike = False,
        auxiliary_heat_kw: ArrayLike = 0.0,
        hand_fed_kg: ArrayLike = 0.0,
        extra_moisture_wt_pct: ArrayLike = 0.0,
        wrong_oxide_share: ArrayLike = 0.0,
    ) -> None:
        """All cells ``dt_s`` later, up to 5 s. Each input is one value for all or one per cell.

        Raises ValueError for inputs that mean nothing.
        """
        if not 1e-6 <= dt_s <= LONGEST_STEP_S:
            raise ValueError(f"dt_s = {dt_s}: a step is at most {LONGEST_STEP_S:g} s and above 0")
        given: Any = (
            self._input(current_demand_a, np.inf),
            self._input(voltage_limit_v, np.inf),
            self._input(oxide_dose_kg, np.inf),
            np.broadcast_to(np.asarray(lid_closed, dtype=bool), (self.count,)),
            self._input(auxiliary_heat_kw, np.inf),
            self._input(hand_fed_kg, np.inf),
            self._input(extra_moisture_wt_pct, 100.0),
            self._input(wrong_oxide_share, 1.0),
        )
        LAWS.step(self._truth, self._derived, self.state, CellInputs(*given), dt_s)

    def one(self, place: int) -> CellState:
        """One cell's state as that of a single cell."""
        state = CellState.__new__(CellState)
        for item in fields(CellState):
            if item.name not in ("anodes", "totals"):
                setattr(state, item.name, float(getattr(self.state, item.name)[place]))
        state.totals = Totals(*[float(getattr(self.state.totals, item.name)[place]) for item in fields(Totals)])
        anodes = [getattr(self.state.anodes, item.name)[:, place].tolist() for item in fields(AnodeColumns)]
        state.anodes = AnodeColumns(*anodes)
        return state

    def put(self, place: int, state: CellState) -> None:
        """Replace one cell's state, as after an anode change or a tap of that cell."""
        for item in fields(CellState):
            if item.name not in ("anodes", "totals"):
                getattr(self.state, item.name)[place] = getattr(state, item.name)
        for item in fields(Totals):
            getattr(self.state.totals, item.name)[place] = getattr(state.totals, item.name)
        for item in fields(AnodeColumns):
            getattr(self.state.anodes, item.name)[:, place] = getattr(state.anodes, item.name)

    def stored_j(self) -> Floats:
        """Energy of everything in each cell."""
        stored: Floats = LAWS.stored_j(self._truth, self._derived, self.state)
        return stored

    def _input(self, value: ArrayLike, most: float) -> Floats:
        array = np.asarray(value, dtype=np.float64)
        if not np.all(np.isfinite(array)) or np.any(array < 0.0) or np.any(array > most):
            raise ValueError("an input is not finite, negative or too large")
        return np.broadcast_to(array, (self.count,))


def _stacked(kind: type[Any], rows: Sequence[Any]) -> Any:
    """One object of that kind whose numbers are arrays over the rows."""
    made = object.__new__(kind)
    for item in fields(kind):
        values = [getattr(row, item.name) for row in rows]
        stays = item.name in _WORDS or any(value is None for value in values)
        array: Any = values if stays else np.array(values, dtype=np.float64)
        object.__setattr__(made, item.name, array)
    return made


def _state(states: Sequence[CellState]) -> CellState:
    made = CellState.__new__(CellState)
    for item in fields(CellState):
        if item.name not in ("anodes", "totals"):
            setattr(made, item.name, np.array([getattr(one, item.name) for one in states], dtype=np.float64))
    made.totals = _stacked(Totals, [one.totals for one in states])
    made.anodes = AnodeColumns(*[
        np.array([getattr(one.anodes, item.name) for one in states], dtype=np.float64).T.copy()
        for item in fields(AnodeColumns)
    ])  # fmt: skip
    return made
