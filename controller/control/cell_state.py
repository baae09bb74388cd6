"""What ``step`` remembers between scans, and how it is kept on disk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from controller.control.current import Starting
from controller.control.feed import Feed
from controller.control.settings import ControlSettings
from controller.estimation.anode_estimates import AnodeEstimates
from controller.estimation.anode_wear import AnodeWear
from controller.estimation.beliefs import Beliefs, opening
from controller.estimation.oxide_balance import OxideBook
from controller.process_image.modes import Mode


class CellState(NamedTuple):
    """Plain numbers, words and tuples. ``time_s`` is that of the last scan, None before the first."""

    mode: Mode
    beliefs: Beliefs
    feed: Feed
    time_s: float | None = None
    setpoint_a: float | None = None
    """Ramped set-point of the last scan; None in STANDBY, where the actual is only watched."""
    operator_target_a: float | None = None
    """What a person asked for in this mode; None: MANUAL stays where it is, AUTOMATIC follows the recipe."""
    starting: Starting | None = None
    stop_sent_s: float | None = None
    shown: AnodeEstimates | None = None
    """Anode estimates as last reckoned; None asks for new ones."""


def initial_state(settings: ControlSettings, checkpoint: Mapping[str, Any] | None = None) -> CellState:
    """STANDBY, whatever the checkpoint says. From it only the books are taken: anodes, oxide, feed.

    Anything in it that is missing, not finite or does not fit this cell is left out: a checkpoint is a hint, the
    hardware is the truth.
    """
    beliefs, feed = opening(settings), Feed()
    if checkpoint is None:
        return CellState(Mode.STANDBY, beliefs, feed)
    anodes = _anodes(checkpoint.get("anodes"), settings.design.anodes.count)
    oxide = _numbers(checkpoint.get("oxide"), OxideBook._fields)
    book = _numbers(checkpoint.get("feed"), ("deficit_kg", "number", "fed_kg"))
    if anodes is not None:
        beliefs = beliefs._replace(anodes=anodes)
    if oxide is not None:
        beliefs = beliefs._replace(oxide=OxideBook(**oxide))
    if book is not None and 0 <= book["number"] <= 65535:
        feed = Feed(deficit_kg=book["deficit_kg"], number=int(book["number"]), fed_kg=max(0.0, book["fed_kg"]))
    return CellState(Mode.STANDBY, beliefs, feed)


def checkpoint(state: CellState) -> dict[str, Any]:
    """The books, fit for JSON and for ``initial_state``."""
    feed = state.feed
    return {
        "anodes": {name: list(entries) for name, entries in state.beliefs.anodes._asdict().items()},
        "oxide": state.beliefs.oxide._asdict(),
        "feed": {"deficit_kg": feed.deficit_kg, "number": feed.number, "fed_kg": feed.fed_kg},
    }


def _numbers(table: object, names: tuple[str, ...]) -> dict[str, float] | None:
    if not isinstance(table, Mapping):
        return None
    values = {name: table.get(name) for name in names}
    if all(_is_number(value) for value in values.values()):
        return {name: float(value) for name, value in values.items() if value is not None}
    return None


def _anodes(table: object, count: int) -> AnodeWear | None:
    if not isinstance(table, Mapping):
        return None
    columns = [table.get(name) for name in AnodeWear._fields]
    if not all(isinstance(column, list | tuple) and len(column) == count for column in columns):
        return None
    charge, filtered, known, shared, serial = (tuple(column or ()) for column in columns)
    if not all(_is_number(value) and value >= 0.0 for value in charge + filtered):
        return None
    if not all(isinstance(value, bool) for value in known + shared) or not all(isinstance(v, str) for v in serial):
        return None
    return AnodeWear(charge, filtered, known, shared, serial)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
