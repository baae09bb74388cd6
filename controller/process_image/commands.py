"""What a scan wants done. None means: write nothing to that output, leave it as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RectifierOrder(Enum):
    NONE = "none"
    TAKE_REMOTE = "take_remote"
    """Run the profile's take_remote sequence, which also acknowledges a watchdog fallback; part of arming."""
    START = "start"
    """Run the profile's start sequence; energy-raising."""
    STOP = "stop"
    """Run the profile's stop sequence; energy-lowering, never refused."""


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose of oxide. ``number`` is monotone per cell (1…65535, wrapping to 1) so that a feeder acts on it once."""

    number: int
    mass_kg: float


@dataclass(frozen=True, slots=True)
class Commands:
    """``current_setpoint_a`` is the set-point for this scan, already ramped. ``permit`` closes the permit contact."""

    current_setpoint_a: float | None = None
    rectifier_order: RectifierOrder = RectifierOrder.NONE
    dose: Dose | None = None
    permit: bool | None = None
    heartbeat: bool = False
    """The scan is complete and valid: feed the rectifier's watchdog and the alive pulse, last of all writes."""

    def without_heartbeat(self) -> Commands:
        return Commands(self.current_setpoint_a, self.rectifier_order, self.dose, self.permit)


NO_COMMANDS = Commands()
