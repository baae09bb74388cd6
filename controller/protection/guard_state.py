"""What the guard remembers between scans, and what it returns. Plain numbers and words only, so that it replays."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from controller.process_image.commands import Commands
from controller.process_image.requests import Verdict


class Action(IntEnum):
    """Degraded actions, mild to hard."""

    NONE = 0
    FREEZE = 1
    """Nothing is written; the set-point stays at its last verified value."""
    REDUCE = 2
    """No increase, from anyone."""
    HOLD = 3
    """Set-point at most the hold current, no feed; latched until a person chooses a mode with the cause gone."""
    SILENT = 4
    """Nothing is written and no heartbeat given: a rectifier's own watchdog, where it has one, takes it to its
    hold current."""


class GuardState(NamedTuple):
    """Times are monotonic seconds; None means: not running."""

    armed: bool = False
    why_not_armed: str = "nobody has armed this cell since the controller started"
    disarmed_by_guard: bool = False
    """True until a person arms or disarms: the guard took the authority away, and a person should know."""
    taking_remote_since_s: float | None = None
    time_s: float | None = None
    hold_reason: str = ""
    """Why HOLD is latched; empty when it is not."""
    hold_a: float | None = None
    verified_a: float | None = None
    """The last line current that was GOOD and fresh."""
    written_a: float | None = None
    """The set-point let through by the last scan."""
    readback_time_s: float = 0.0
    mismatches: int = 0
    blind_since_s: float | None = None
    temperature_lost_since_s: float | None = None
    echo: float | None = None
    echo_since_s: float | None = None
    beating: bool = False
    doses: tuple[tuple[float, float], ...] = ()
    """(time_s, kg) of every dose let through within the last hour."""


class Guarded(NamedTuple):
    commands: Commands
    state: GuardState
    action: Action
    reasons: tuple[str, ...]
    """Why this scan was restricted, the first cause first; empty with ``Action.NONE`` while armed."""
    verdicts: tuple[Verdict, ...]
