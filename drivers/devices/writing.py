"""The one way from the controller to a device's outputs: checked in full, sent once, never repeated."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from drivers.devices.conditions import key_of, meets
from drivers.devices.counts import count_of
from drivers.devices.raising_limit import RaisingLimit
from drivers.devices.wire import Wire
from drivers.errors import BadReply, DeviceRefused, DriverError, LinkDown, NoReply, NotSent, NotWritable
from drivers.link.link import Priority
from drivers.profiles.schema import Command, Requirement, ResolvedProfile
from drivers.reading import Reading

REQUIREMENT_AGE_S = 3.0
"""Oldest reading a precondition may rest on: the age up to which control-critical samples are used at all."""
_JITTER = 0.1
"""Share by which a write may come before its minimum interval: scans jitter, and a refused set-point costs more."""

Latest = Callable[[str, float], Reading | None]


class Acknowledged(NamedTuple):
    """A value the device said yes to, and when."""

    value: float
    time_s: float


class _CommandState:
    __slots__ = ("_acknowledged", "_sent", "command", "limit", "sent_at_s")

    def __init__(self, command: Command) -> None:
        self.command = command
        self.limit = None if command.limits is None else RaisingLimit(command.limits, count_of(command))
        self.sent_at_s = -math.inf
        self._acknowledged: Acknowledged | None = None
        self._sent: tuple[float, asyncio.Future[Any]] | None = None

    @property
    def acknowledged(self) -> Acknowledged | None:
        self._settle()
        return self._acknowledged

    def sent(self, value: float, now_s: float, future: asyncio.Future[Any]) -> None:
        self._settle()
        self.sent_at_s = now_s
        self._sent = (value, future)
        future.add_done_callback(self._settle)

    def forget(self) -> None:
        self._sent = self._acknowledged = None

    def _settle(self, done: asyncio.Future[Any] | None = None) -> None:
        """Called back, and by whoever asks first: an awaiting caller may run before the callbacks do."""
        if done is not None and not done.cancelled():
            done.exception()  # looked at, or the loop complains that nobody did
        if self._sent is None or not self._sent[1].done():
            return
        value, future = self._sent
        self._sent = None
        error = None if future.cancelled() else future.exception()
        if error is None and not future.cancelled():
            self._acknowledged = Acknowledged(value, asyncio.get_running_loop().time())
        elif not isinstance(error, NotSent | LinkDown | DeviceRefused):
            self._acknowledged = None


class Writing:
    def __init__(self, profile: ResolvedProfile, wire: Wire, latest: Latest) -> None:
        self._states = {name: _CommandState(command) for name, command in profile.commands.items()}
        self._wire = wire
        self._latest = latest

    def submit(
        self,
        name: str,
        value: float,
        extra: Mapping[str, float],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[Any]:
        """The frame is queued when this returns. Raises NotWritable where it must not be sent; what the link or the
        device says arrives in the future."""
        state = self._states.get(name)
        if state is None:
            raise NotWritable(f"there is no command {name}")
        _must_be_number(name, value)
        for companion, number in extra.items():
            _must_be_number(companion, number)
        command = state.command
        for requirement in command.requires:
            self._must_hold(name, requirement)
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        base = self.value_in_force(name)
        # A smaller dose lowers nothing: only what can be said twice without harm is a level.
        lowering = command.idempotent and command.limits is not None and base is not None and value < base
        wait_s = state.sent_at_s + command.min_interval_s * (1.0 - _JITTER) - now_s
        if wait_s > 0.0 and not lowering:
            raise NotWritable(f"{name}: the device takes one every {command.min_interval_s:g} s")
        if state.limit is not None:
            refusal = state.limit.refusal(value, base, now_s)
            if refusal is not None:
                raise NotWritable(f"{name}: {refusal}")
        if command.storage == "eeprom" and state.acknowledged is not None and state.acknowledged.value == value:
            done: asyncio.Future[Any] = loop.create_future()
            done.set_result(None)  # the memory cell already holds it, and wears with every write
            return done
        future = self._wire.send(command, value, extra, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)
        if state.limit is not None:
            state.limit.sent(value, base, now_s)
        state.sent(value, now_s, future)
        return future

    async def write(
        self,
        name: str,
        value: float,
        extra: Mapping[str, float],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> None:
        """Raises DriverError; whether the device may have acted is told by its class and its text."""
        future = self.submit(name, value, extra, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)
        try:
            # A caller that gives up cannot call back what is on the wire. Not a shield: from Python 3.14 on that
            # complains of a failure that nobody waits for any more.
            await asyncio.wait((future,))
            future.result()
        except DriverError as error:
            raise named(name, error) from error

    def value_in_force(self, name: str) -> float | None:
        """What the device goes by now: what it just acknowledged while its read-back may lag, then its read-back."""
        state = self._states[name]
        confirm = state.command.confirm
        now_s = asyncio.get_running_loop().time()
        acknowledged = state.acknowledged
        if confirm is None or (acknowledged is not None and now_s - acknowledged.time_s < confirm.within_s):
            return None if acknowledged is None else acknowledged.value
        reading = self._latest(confirm.point, REQUIREMENT_AGE_S)
        return reading.value if reading is not None and isinstance(reading.value, float) else None

    def acknowledged(self, name: str) -> Acknowledged | None:
        """None when nothing was written since the device was qualified, or the last outcome is unknown."""
        return self._states[name].acknowledged

    def free_at_s(self, name: str) -> float:
        """When the command's minimum interval is over."""
        state = self._states[name]
        return state.sent_at_s + state.command.min_interval_s

    def forget(self) -> None:
        """The device was away: what it was told before counts for nothing. Intervals and allowances stand."""
        for state in self._states.values():
            state.forget()

    def _must_hold(self, name: str, requirement: Requirement) -> None:
        held = meets(requirement, self._latest(key_of(requirement), REQUIREMENT_AGE_S))
        if held is None:
            raise NotWritable(f"{name} needs {requirement}, which is not known")
        if not held:
            raise NotWritable(f"{name} needs {requirement}")


def _must_be_number(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotWritable(f"{name}: {value!r} is no finite number")


def named(name: str, error: DriverError) -> DriverError:
    """The same kind of error, saying which command it was and whether the device may have acted."""
    if isinstance(error, DeviceRefused):
        return DeviceRefused(f"{name}: {error}", error.code)
    if isinstance(error, NoReply | BadReply):
        return type(error)(f"{name}: {error}; outcome unknown")
    return type(error)(f"{name}: {error}")
