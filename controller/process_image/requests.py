"""What people ask for, checked for form and taken once per scan. Requests are inputs of ``step`` like measurements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from controller.process_image.modes import Mode


class Verb(Enum):
    ARM = "arm"
    DISARM = "disarm"
    MODE = "mode"
    CURRENT = "current"
    HOLD = "hold"
    STOP = "stop"
    DOSE = "dose"
    ANODE_CHANGED = "anode-changed"
    TAPPED = "tapped"


LOWERING = frozenset({Verb.DISARM, Verb.HOLD, Verb.STOP})
"""Never refused for anything but their form; see docs/decisions."""


_RAISING = frozenset({Verb.ARM, Verb.MODE, Verb.CURRENT, Verb.DOSE})


@dataclass(frozen=True, slots=True)
class Request:
    """``value`` is the set-point in A, the dose or tap in kg, or the anode position (1…n); ``text`` the mode's name or
    an anode's serial."""

    id: str
    verb: Verb
    actor: str
    value: float | None = None
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a request. ``code`` is a stable word ("accepted", "not_armed", "outside_envelope", …)."""

    request: Request
    accepted: bool
    code: str
    message: str


def mode_asked(request: Request) -> Mode | None:
    """The mode a request leads to: ``hold`` and ``stop`` are the modes HOLD and OFF by shorter names."""
    if request.verb is Verb.HOLD:
        return Mode.HOLD
    if request.verb is Verb.STOP:
        return Mode.OFF
    if request.verb is Verb.MODE and request.text in Mode.__members__:
        return Mode[request.text]
    return None


def may_raise(request: Request) -> bool:
    """Could lead to more energy or feed, as far as the request alone tells."""
    return request.verb in _RAISING and mode_asked(request) not in (Mode.OFF, Mode.STANDBY, Mode.HOLD)
