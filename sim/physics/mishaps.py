"""What can go wrong inside a cell, as changes of its state. Anode positions count from 0."""

from __future__ import annotations

from dataclasses import replace

from sim.physics.cell import LAWS
from sim.physics.parameters import CellParameters, joined
from sim.physics.state import CellState

_OPEN = 1e8
"""Times a contact's resistance: a clamp that holds nothing."""


def anode_disconnected(parameters: CellParameters, state: CellState, position: int, *, open_: bool = True) -> CellState:
    """A clamp that has come off (or has been put back): the anode stays in the bath and carries nothing."""
    new = _settled(parameters, state, position)
    new.anodes.corrosion[position] = _OPEN if open_ else 0.0
    LAWS.shape(parameters.truth, parameters.derived, new)
    return new


def anode_dropped(parameters: CellParameters, state: CellState, position: int) -> CellState:
    """An anode burnt through at its neck; only a change brings it back."""
    new = _settled(parameters, state, position)
    new.anodes.neck[position] = 0.0
    LAWS.shape(parameters.truth, parameters.derived, new)
    return new


def anodes_passivated(parameters: CellParameters, state: CellState, positions: tuple[int, ...]) -> CellState:
    """A film on these anodes, as after local starvation."""
    new = state.copy()
    for position in positions:
        _checked(parameters, position)
        new.anodes.passivated[position] = 1.0
        new.anodes.low_s[position] = 0.0
    new.films = sum(new.anodes.passivated)
    return new


def bath_spilt(parameters: CellParameters, state: CellState, share: float) -> CellState:
    """That share of the bath, with what is dissolved and suspended in it, has run out. Raises ValueError."""
    if not 0.0 <= share < 0.9:
        raise ValueError(f"share = {share}: must lie in 0–0.9")
    new = state.copy()
    totals = new.totals
    before_j = LAWS.stored_j(parameters.truth, parameters.derived, new)
    totals.lif_lost_kg += share * new.lif_kg
    totals.ref3_lost_kg += share * new.ref3_kg
    for name in ("lif_kg", "ref3_kg", "baf2_kg", "ledge_kg", *_OXIDE):
        if name in _OXIDE:
            totals.oxide_spilt_kg += share * getattr(new, name)
        setattr(new, name, getattr(new, name) * (1.0 - share))
    LAWS.composition(parameters.derived, new)
    totals.carried_out_j += before_j - LAWS.stored_j(parameters.truth, parameters.derived, new)
    return new


def bridged(parameters: CellParameters, current_a: float) -> CellParameters:
    """Metal that bridges electrodes or shorts a cathode takes that current past the bath; 0 undoes it."""
    if not 0.0 <= current_a <= 50_000.0:
        raise ValueError(f"current_a = {current_a}: must lie in 0–50000")
    return joined(parameters.design, parameters.product, replace(parameters.truth, shunt_a=current_a))


_OXIDE = ("oxide_kg", "oxide_still_kg", "oxide_fast_kg", "oxide_slow_kg")


def _checked(parameters: CellParameters, position: int) -> None:
    if not 0 <= position < parameters.anode_count:
        raise IndexError(f"anode position {position}: there are {parameters.anode_count}, counted from 0")


def _settled(parameters: CellParameters, state: CellState, position: int) -> CellState:
    _checked(parameters, position)
    new = state.copy()
    LAWS.settle_slow(parameters.truth, parameters.derived, new)
    return new
