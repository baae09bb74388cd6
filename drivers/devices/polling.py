"""A device's blocks: asked for when due, decoded when the reply comes, handed on while young enough.

A scan calls ``begin`` on every device first, so that devices on different links answer at the same time, and ``finish``
afterwards. Nothing here is a task: a reply is decoded in its future's callback, with its own time of arrival.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from drivers.devices.block_schedule import BlockSchedule
from drivers.devices.conditions import expectation, matches, plain
from drivers.devices.rate_check import RateCheck
from drivers.devices.wire import Wire
from drivers.errors import DeviceRefused, DriverError, NoReply, NotSent
from drivers.link.link import Priority
from drivers.profiles.codec import BlockDecoder
from drivers.profiles.schema import Block, Condition, ResolvedProfile
from drivers.reading import Quality, Reading, bad

STALE_PERIODS = 2.5
"""A reading is handed on between polls for this many periods of its block, unless its point says otherwise."""
TIMEOUTS_TO_LOST = 3
_FAST_S = 1.0


class _BlockState:
    def __init__(self, profile: ResolvedProfile, block: Block, wire: Wire, *, needed: bool) -> None:
        points = [point for point in profile.points.values() if point.block == block.name]
        self.name = block.name
        self.ask = wire.asker(block)
        self.decoder = BlockDecoder(profile, block.name)
        self.schedule = BlockSchedule(block.every_s)
        self.priority = Priority.FAST_READ if needed and block.every_s <= _FAST_S else Priority.SLOW_READ
        self.rate = RateCheck({p.name: p.max_rate_per_s for p in points if p.max_rate_per_s is not None}, block.every_s)
        conditions = (*profile.identity.all, *profile.checks)
        names = {point.name for point in points}
        self.conditions: tuple[Condition, ...] = tuple(c for c in conditions if c.point in names)
        simulated = profile.identity.simulated
        self.simulated = simulated if simulated is not None and simulated.point in names else None
        self.keys = tuple(key for p in points for key in (p.name, *(f"{p.name}.{bit.name}" for bit in p.bits)))
        limits_s = {p.name: p.stale_after_s or STALE_PERIODS * block.every_s for p in points}
        self.ages = tuple(
            (limit_s, tuple(key for key in self.keys if limits_s[key.partition(".")[0]] == limit_s))
            for limit_s in sorted(set(limits_s.values()))
        )
        self.pending: asyncio.Future[Any] | None = None
        self.time_s = float("-inf")
        self.excuse = ""
        """Why there was no newer reading, for the one that goes stale."""


class Polling:
    """``on_lost(reason)``: three requests in a row went unanswered. ``on_changed(reason)``: what answers is not, or no
    longer, the device that was qualified. Both lead to ``deactivate`` and a new qualification."""

    def __init__(
        self,
        profile: ResolvedProfile,
        wire: Wire,
        *,
        needed: bool,
        on_lost: Callable[[str], None],
        on_changed: Callable[[str], None],
    ) -> None:
        self._states = tuple(_BlockState(profile, block, wire, needed=needed) for block in profile.blocks.values())
        self._by_name = {state.name: state for state in self._states}
        self._block_of = {key: state for state in self._states for key in state.keys}
        self._retry = frozenset(profile.exceptions.retry)
        self._link_codes = frozenset(profile.exceptions.link)
        self._fatal = frozenset(profile.exceptions.fatal)
        self._on_lost = on_lost
        self._on_changed = on_changed
        self._readings: dict[str, Reading] = {}
        self._active = False
        self._simulated = False
        self._timeouts = 0
        self._begun_s: float | None = None
        self._deadline_s = 0.0
        self._waiter: asyncio.Future[None] | None = None
        self.deactivate("not yet asked", 0.0)

    @property
    def block_names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def block_of(self, key: str) -> str:
        """The block that holds a point or ``point.bit``; KeyError for neither."""
        return self._block_of[key].name

    def begin(self, deadline_s: float, now_s: float) -> None:
        interval_s = 0.0 if self._begun_s is None else now_s - self._begun_s
        self._begun_s = now_s
        self._deadline_s = deadline_s
        if not self._active:
            return
        for state in self._states:
            if state.pending is None and state.schedule.is_due(now_s, interval_s):
                state.schedule.taken(now_s)
                state.pending = future = state.ask(state.priority, deadline_s)
                future.add_done_callback(partial(self._replied, state))

    async def finish(self) -> Mapping[str, Reading]:
        """All points of the device, valid until the next ``begin``; a reply that is late comes with the next scan."""
        loop = asyncio.get_running_loop()
        if self._is_waiting():
            self._waiter = loop.create_future()
            timer = loop.call_at(self._deadline_s, self._release)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        if self._active:
            self._mark_stale(loop.time())
        return self._readings

    async def read_now(self, block: str, deadline_s: float | None = None) -> Mapping[str, Reading]:
        """Ask for one block outside the schedule. The readings are kept only while the device is active.

        Raises DriverError.
        """
        state = self._by_name[block]
        future = state.ask(state.priority, deadline_s)
        try:
            # Left to run: a caller that gives up must not cost the bus its late-reply guard.
            await asyncio.wait((future,))
            raw = future.result()
        except asyncio.CancelledError:
            future.add_done_callback(_for_nobody)
            raise
        except DriverError as error:
            self._count(error)
            raise
        readings = self._decode(state, raw)
        if self._active:
            self._accept(state, readings)
        return readings

    def latest(self, key: str, max_age_s: float) -> Reading | None:
        """The last reading if it is not BAD and no older than ``max_age_s``."""
        reading = self._readings.get(key)
        if reading is None or reading.quality is Quality.BAD:
            return None
        return reading if asyncio.get_running_loop().time() - reading.time_s <= max_age_s else None

    def activate(self, first: Mapping[str, Mapping[str, Reading]], *, simulated: bool) -> None:
        """Start polling with the readings of the qualification, by block."""
        self._simulated = simulated
        self._active = True
        self._timeouts = 0
        for state in self._states:
            state.pending = None
            state.rate.forget()
            state.excuse = ""
            readings = dict(first[state.name])
            state.rate.judge(readings)
            state.time_s = min((reading.time_s for reading in readings.values()), default=float("-inf"))
            self._readings.update(readings)

    def deactivate(self, reason: str, now_s: float) -> None:
        """Every point is BAD with this reason until the next ``activate``. Requests that wait in the
        queue are taken back; one in flight runs to its end on the link, and what it brings is for nobody."""
        self._active = False
        for state in self._states:
            pending, state.pending = state.pending, None
            if pending is not None:
                pending.cancel()
        missing = bad(reason, now_s)
        for key in self._block_of:
            self._readings[key] = missing
        self._release()

    def _is_waiting(self) -> bool:
        return any(state.pending is not None for state in self._states)

    def _release(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _replied(self, state: _BlockState, future: asyncio.Future[Any]) -> None:
        error = NotSent("withdrawn") if future.cancelled() else future.exception()
        if state.pending is not future:
            return  # asked before the device was lost; it may be another's answer by now
        state.pending = None
        try:
            if error is None:
                self._accept(state, self._decode(state, future.result()))
            elif isinstance(error, DriverError):
                self._failed(state, error)
            else:
                raise error
        finally:
            if not self._is_waiting():
                self._release()

    def _decode(self, state: _BlockState, raw: Any) -> dict[str, Reading]:
        return state.decoder.decode(raw, asyncio.get_running_loop().time())

    def _accept(self, state: _BlockState, readings: dict[str, Reading]) -> None:
        self._timeouts = 0
        for condition in state.conditions:
            if matches(condition, readings) is False:
                self._on_changed(f"changed under way: {expectation(condition, readings)}")
                return
        if state.simulated is not None and matches(state.simulated, readings) is not self._simulated:
            self._on_changed(f"changed under way between real and simulated: {plain(readings[state.simulated.point])}")
            return
        state.rate.judge(readings)
        state.time_s = asyncio.get_running_loop().time()
        state.excuse = ""
        self._readings.update(readings)

    def _failed(self, state: _BlockState, error: DriverError) -> None:
        reason = str(error)
        state.schedule.again()
        if isinstance(error, NotSent) or (isinstance(error, DeviceRefused) and error.code in self._retry):
            # The bus or the device was busy, nothing is known to be wrong: the last reading stays while it is young.
            state.excuse = reason
            return
        self._bad(state.keys, reason)
        self._count(error)
        if isinstance(error, DeviceRefused) and error.code in self._fatal:
            self._on_changed(f"block {state.name}: {reason}")

    def _count(self, error: DriverError) -> None:
        silent = isinstance(error, NoReply) or (isinstance(error, DeviceRefused) and error.code in self._link_codes)
        if not silent:
            return
        self._timeouts += 1
        if self._active and self._timeouts >= TIMEOUTS_TO_LOST:
            self._on_lost(str(error))

    def _mark_stale(self, now_s: float) -> None:
        for state in self._states:
            age_s = now_s - state.time_s
            for limit_s, keys in state.ages:
                if age_s <= limit_s:
                    break
                self._bad(
                    tuple(key for key in keys if self._readings[key].quality is not Quality.BAD),
                    f"stale: {state.excuse}" if state.excuse else "stale",
                )

    def _bad(self, keys: tuple[str, ...], reason: str) -> None:
        missing = bad(reason, asyncio.get_running_loop().time())
        for key in keys:
            self._readings[key] = missing


def _for_nobody(future: asyncio.Future[Any]) -> None:
    """Look at a failure nobody waits for any more: asyncio would print a traceback for one that was never seen."""
    if not future.cancelled():
        future.exception()
