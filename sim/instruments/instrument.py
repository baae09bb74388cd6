"""What all simulated instruments have in common, whatever their protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drivers.profiles.schema import Point, ResolvedProfile
from sim.active_faults import ActiveFaults
from sim.devices.model import DeviceModel

Value = float | str


class Exchange(NamedTuple):
    """A request as it came off the wire, without framing. ``tag`` is the transaction number where there is one."""

    unit: int
    tag: int
    body: bytes


@dataclass(frozen=True, slots=True)
class InstrumentPlan:
    """``signals`` maps points ("t0", "status.remote") to process signals, as the plant file has it."""

    name: str
    unit: int
    profile: ResolvedProfile
    signals: Mapping[str, str]
    faults: ActiveFaults = field(default_factory=ActiveFaults)


class Instrument:
    """Speaks for one device model. ``advance`` brings the model to the present before every look at it."""

    def __init__(self, plan: InstrumentPlan, model: DeviceModel, advance: Callable[[], None]) -> None:
        self.name = plan.name
        self.unit = plan.unit
        self.profile = plan.profile
        self.model = model
        self.faults = plan.faults
        self.source = _sources(plan.profile, plan.signals)
        """Where the value of a point or point.bit comes from: a key of ``model.values``."""
        self.constants = _constants(plan.profile)
        self.previous_reply: bytes | None = None
        self._advance = advance

    def answer(self, body: bytes) -> bytes | None:
        """The reply to one request, both without framing; None where the instrument stays silent."""
        raise NotImplementedError

    def refusal(self, body: bytes, code: int) -> bytes:
        """How this instrument says no."""
        raise NotImplementedError

    def power_returned(self) -> None:
        """After a power cycle of the device: what the instrument itself kept is lost."""
        self.previous_reply = None

    def look(self) -> DeviceModel:
        """The model at the present moment, having heard a frame."""
        self._advance()
        self.model.heard_a_frame()
        return self.model

    def value_of(self, point: str) -> tuple[Value | None, str | None]:
        """Value and quality word of a point or point.bit; a value of None means that nothing is connected."""
        if "wrong_identity" in self.faults and point in self.constants:
            return _another(self.constants[point]), None
        key = self.source.get(point, point)
        word = self.model.quality.get(key)
        if key in self.model.values:
            return self.model.values[key], word
        return self.constants.get(point), word


def resting(point: Point) -> float:
    """What an input shows to which nothing is connected: zero, or the plausible value next to it."""
    low, high = point.plausible or (0.0, 0.0)
    return min(max(0.0, low), high)


def _another(value: Value) -> Value:
    return value[::-1] + "X" if isinstance(value, str) else value + 1


def _sources(profile: ResolvedProfile, signals: Mapping[str, str]) -> dict[str, str]:
    source: dict[str, str] = {}
    for command in profile.commands.values():
        if command.confirm is not None:
            source[command.confirm.point] = command.signal or command.name
    if profile.watchdog.echo is not None:
        source[profile.watchdog.echo] = "heartbeat"
    for point in profile.points.values():
        if point.signal:
            source[point.name] = point.signal
        for bit in point.bits:
            source[f"{point.name}.{bit.name}"] = bit.signal or bit.name
    source.update(signals)
    return source


def _constants(profile: ResolvedProfile) -> dict[str, Value]:
    """Identity and settings, as the profile expects them, and the mark by which a simulated instrument is known."""
    constants: dict[str, Value] = {}
    for condition in (*profile.identity.all, *profile.checks):
        constants[condition.point] = condition.allowed[0]
    if profile.identity.simulated is not None:
        constants[profile.identity.simulated.point] = profile.identity.simulated.allowed[0]
    return constants
