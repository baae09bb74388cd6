"""The operating modes as a table: which change needs what, and what a person is told when it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, auto
from itertools import product
from typing import NamedTuple

from controller.process_image.modes import Mode


class Need(Flag):
    NOTHING = 0
    ARMED = auto()
    FEEDBACK = auto()
    """Line current and cell voltage are GOOD and fresh."""
    RUNNING = auto()
    """The rectifier does not report that it stands still."""


class Facts(NamedTuple):
    """What decides about a change of mode at one scan. Empty texts mean: met."""

    armed: bool
    feedback_missing: str
    standing_still: bool


class Ruling(NamedTuple):
    allowed: bool
    code: str
    message: str


_RUN = Need.ARMED | Need.FEEDBACK
_NEEDS_BY_TARGET: Mapping[Mode, Need] = {
    Mode.OFF: Need.NOTHING,
    Mode.STANDBY: Need.NOTHING,
    Mode.MANUAL: _RUN,
    Mode.AUTOMATIC: _RUN | Need.RUNNING,
    Mode.HOLD: Need.ARMED,
}
TRANSITIONS: Mapping[tuple[Mode, Mode], Need] = {
    (before, after): _NEEDS_BY_TARGET[after] for before, after in product(Mode, Mode)
} | {
    (Mode.MANUAL, Mode.MANUAL): Need.NOTHING,
    (Mode.AUTOMATIC, Mode.AUTOMATIC): Need.NOTHING,
    (Mode.HOLD, Mode.HOLD): Need.NOTHING,
}
"""Every pair is in the table. Staying needs nothing; leaving HOLD upwards needs what entering the mode needs."""

ENERGISED = frozenset({Mode.MANUAL, Mode.AUTOMATIC, Mode.HOLD})
"""Modes that command a set-point and therefore end when the cell is no longer armed."""
WRITING = ENERGISED | {Mode.OFF}


def ruling(before: Mode, after: Mode, facts: Facts) -> Ruling:
    need = TRANSITIONS[before, after]
    if Need.ARMED in need and not facts.armed:
        return Ruling(False, "not_armed", f"{after.value} writes to the rectifier: arm the cell first")
    if Need.FEEDBACK in need and facts.feedback_missing:
        return Ruling(False, "no_feedback", f"{after.value} needs line current and voltage: {facts.feedback_missing}")
    if Need.RUNNING in need and facts.standing_still:
        text = "the rectifier stands still: go to MANUAL and give a current set-point, which starts it"
        return Ruling(False, "not_running", text)
    return Ruling(True, "accepted", after.value)


def consequence(
    before: Mode, after: Mode, hold_current_a: float, line_current_a: float | None, *, watchdog: bool = True
) -> str:
    """What the change does to the cell, in words for the person who asked."""
    energised = line_current_a is None or line_current_a > 0.0
    if after is Mode.STANDBY and before in ENERGISED and energised:
        return "STANDBY: nothing more is written; " + (
            "without heartbeat the rectifier falls to its hold current "
            f"({hold_current_a:.0f} A) by its own watchdog, within seconds"
            if watchdog
            else "the rectifier has no watchdog, so its current stays as it is: stay with the cell"
        )
    if after is Mode.OFF:
        return "OFF: set-point 0 A and the rectifier is stopped; the bath begins to freeze"
    if after is Mode.HOLD:
        return f"HOLD: at most {hold_current_a:.0f} A and no feed until a person chooses another mode"
    if after is Mode.MANUAL:
        return "MANUAL: the current stays where it is until you give a set-point; oxide falls on request only"
    if after is Mode.AUTOMATIC:
        return "AUTOMATIC: ramps to the recipe's current and feeds"
    return after.name
