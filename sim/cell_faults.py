"""What the faults of the library do to a simulated cell. A size is that of ``fault_table``; positions count from 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from sim.physics.cell import LAWS
from sim.physics.mishaps import anode_disconnected, anode_dropped, anodes_passivated, bath_spilt
from sim.plant import SimulatedCell

STARVED = 0.5
"""Of its limiting current is left to an anode in effect: the bath at its face is spent. Assumed; a power of two, so
that it is undone exactly."""


class CellFault(NamedTuple):
    begin: Callable[[SimulatedCell, float], None]
    end: Callable[[SimulatedCell, float], None]


def _nothing(cell: SimulatedCell, size: float) -> None:
    """What a fault does whose trace stays, or which people set right on their rounds."""


def _disconnect(cell: SimulatedCell, position: float) -> None:
    cell.state = anode_disconnected(cell.parameters, cell.state, int(position) - 1)


def _connect(cell: SimulatedCell, position: float) -> None:
    cell.state = anode_disconnected(cell.parameters, cell.state, int(position) - 1, open_=False)


def _drop(cell: SimulatedCell, position: float) -> None:
    cell.leave_to_itself(int(position))
    cell.state = anode_dropped(cell.parameters, cell.state, int(position) - 1)


def _let_change(cell: SimulatedCell, position: float) -> None:
    cell.leave_to_itself(int(position), left=False)


def _short(cell: SimulatedCell, share: float) -> None:
    cell.bypass_a = share * cell.plan.design.nominal_current_a


def _part(cell: SimulatedCell, _: float) -> None:
    cell.bypass_a = 0.0


def _bridge(cell: SimulatedCell, share: float) -> None:
    cell.bridge(share * cell.plan.design.nominal_current_a)


def _unbridge(cell: SimulatedCell, _: float) -> None:
    cell.bridge(0.0)


def _stop_tapping(cell: SimulatedCell, _: float) -> None:
    cell.taps = False


def _tap_again(cell: SimulatedCell, _: float) -> None:
    cell.taps = True


def _spill(cell: SimulatedCell, share: float) -> None:
    cell.makes_up_salt = False
    cell.state = bath_spilt(cell.parameters, cell.state, share)


def _make_up(cell: SimulatedCell, _: float) -> None:
    cell.makes_up_salt = True


def _moisten(cell: SimulatedCell, wt_pct: float) -> None:
    cell.extra_moisture_wt_pct = wt_pct


def _dry(cell: SimulatedCell, _: float) -> None:
    cell.extra_moisture_wt_pct = 0.0


def _mistake(cell: SimulatedCell, share: float) -> None:
    cell.wrong_oxide_share = share


def _notice(cell: SimulatedCell, _: float) -> None:
    cell.wrong_oxide_share = 0.0


def _film(cell: SimulatedCell, position: float) -> None:
    _starve(cell, (int(position) - 1,))


def _feed_face(cell: SimulatedCell, position: float) -> None:
    _supply(cell, (int(position) - 1,), 1.0 / STARVED)


def _films(cell: SimulatedCell, _: float) -> None:
    _starve(cell, tuple(range(cell.parameters.anode_count)))


def _feed_faces(cell: SimulatedCell, _: float) -> None:
    _supply(cell, tuple(range(cell.parameters.anode_count)), 1.0 / STARVED)


def _starve(cell: SimulatedCell, positions: tuple[int, ...]) -> None:
    cell.state = anodes_passivated(cell.parameters, cell.state, positions)
    _supply(cell, positions, STARVED)


def _supply(cell: SimulatedCell, positions: tuple[int, ...], times: float) -> None:
    for position in positions:
        cell.state.anodes.limit_factor[position] *= times
    LAWS.shape(cell.parameters.truth, cell.parameters.derived, cell.state)


def _scoop(cell: SimulatedCell, mass_kg: float) -> None:
    cell.hand_feed(mass_kg)


CELL_FAULTS: Mapping[str, CellFault] = MappingProxyType(
    {
        "anode_disconnected": CellFault(_disconnect, _connect),
        "anode_dropped": CellFault(_drop, _let_change),
        "cathode_short": CellFault(_short, _part),
        "metal_bridging": CellFault(_bridge, _unbridge),
        "tap_missed": CellFault(_stop_tapping, _tap_again),
        "bath_level_low": CellFault(_spill, _make_up),
        "moist_oxide": CellFault(_moisten, _dry),
        "wrong_oxide": CellFault(_mistake, _notice),
        "partial_anode_effect": CellFault(_film, _feed_face),
        "full_anode_effect": CellFault(_films, _feed_faces),
        "hand_feeding": CellFault(_scoop, _nothing),
    }
)
