"""One device of a cell: qualified in the background, polled and written by the scan."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from drivers.devices.conditions import key_of, meets
from drivers.devices.heartbeat import HeartbeatCounter
from drivers.devices.polling import Polling
from drivers.devices.qualification import Qualified, Unqualified, qualify
from drivers.devices.sequences import Sequences
from drivers.devices.status import DeviceStatus, Phase
from drivers.devices.wire import wire_to
from drivers.devices.writing import REQUIREMENT_AGE_S, Acknowledged, Writing, named
from drivers.errors import DriverError, NotWritable
from drivers.link.link import Link, LinkState, LinkStatus, Priority
from drivers.profiles.schema import Requirement, ResolvedProfile
from drivers.reading import Reading

RETRY_NEEDED_S = 1.0
RETRY_S = 5.0
"""Between two attempts to reach a device that is silent or refused; meanwhile the bus belongs to the others."""
_PATIENCE_S = 2.0
"""How long a request may queue when its caller sets no deadline."""
_LINK_DOWN = "link down"
_NO_EXTRA: Mapping[str, float] = MappingProxyType({})

_log = logging.getLogger(__name__)


class Device:
    """Every failure to read is a quality; every failure to write is a DriverError.

    A device whose watchdog is fed by any frame is left alone for its timeout and ramp after a start, a loss of contact
    and a ``silence``: whoever was not in control of it must not keep it alive by looking at it.
    """

    def __init__(self, name: str, profile: ResolvedProfile, unit: int, link: Link, *, needed: bool) -> None:
        self.name = name
        self.profile = profile
        self.needed = needed
        self.status = DeviceStatus(Phase.OFFLINE, "not started", False, "")
        self._link = link
        self._wire = wire_to(profile, unit, link)
        self._polling = Polling(
            profile, self._wire, needed=needed, on_lost=self._lost_contact, on_changed=self._found_changed
        )
        self._writing = Writing(profile, self._wire, self._polling.latest)
        self._sequences = Sequences(profile, self._polling, self._writing, self._check_writable)
        watchdog = profile.watchdog
        beats = watchdog.mode in ("increment", "toggle") and watchdog.write is not None
        self._counter = HeartbeatCounter("toggle" if watchdog.mode == "toggle" else "increment") if beats else None
        self._quiet_s = watchdog.device_timeout_s + watchdog.device_ramp_s
        self._fed_by_any_frame = watchdog.mode == "any_traffic"
        self._retry_s = RETRY_NEEDED_S if needed else RETRY_S
        self._not_before_s = float("-inf")
        self._muted_until_s = float("-inf")
        self._epoch = -1
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def beats(self) -> bool:
        """Its watchdog wants a heartbeat of its own."""
        return self._counter is not None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._fed_by_any_frame:
            self._not_before_s = loop.time() + self._quiet_s
        self._link.add_listener(self._link_changed)
        self._task = loop.create_task(self._keep_qualified(), name=f"qualification of {self.name}")

    async def close(self) -> None:
        """Writes nothing. The link is its pool's to close."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))
        self._drop(Phase.OFFLINE, "closed")

    def begin_read(self, deadline_s: float) -> None:
        """Queue the reads that are due; none for a device that is not READY."""
        self._polling.begin(deadline_s, asyncio.get_running_loop().time())

    async def finish_read(self) -> Mapping[str, Reading]:
        """By point and ``point.bit``, valid until the next ``begin_read``. Waits no longer than the deadline."""
        return await self._polling.finish()

    def submit_write(
        self,
        command: str,
        value: float,
        *,
        extra: Mapping[str, float] = _NO_EXTRA,
        priority: Priority = Priority.WRITE,
        timeout_s: float | None = None,
        deadline_s: float | None = None,
    ) -> asyncio.Future[Any]:
        """Queue one write and return at once, for callers with several devices to write to at the same time.

        Raises NotWritable where it must not be sent. ``timeout_s`` is the profile's unless given; what has not left by
        ``deadline_s`` (event loop time, 2 s from now unless given) is not sent any more.
        """
        self._check_writable()
        if timeout_s is None:
            timeout_s = self.profile.bus.timeout_s
        if deadline_s is None:
            deadline_s = asyncio.get_running_loop().time() + _PATIENCE_S
        return self._writing.submit(
            command, value, extra, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
        )

    async def write(
        self,
        command: str,
        value: float,
        *,
        extra: Mapping[str, float] = _NO_EXTRA,
        priority: Priority = Priority.WRITE,
        timeout_s: float | None = None,
        deadline_s: float | None = None,
    ) -> None:
        """Raises DriverError. Sent at most once; NoReply and BadReply mean that the device may have acted."""
        future = self.submit_write(
            command, value, extra=extra, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
        )
        try:
            await future
        except DriverError as error:
            raise named(command, error) from error

    def submit_beat(self, deadline_s: float | None = None) -> asyncio.Future[Any] | None:
        """Queue the next heartbeat; None for a device that wants none. Raises NotWritable."""
        watchdog = self.profile.watchdog
        if self._counter is None or watchdog.write is None:
            return None
        self._check_writable()
        echo = None if watchdog.echo is None else self._polling.latest(watchdog.echo, REQUIREMENT_AGE_S)
        shown = echo.value if echo is not None and isinstance(echo.value, float) else None
        return self._writing.submit(
            watchdog.write,
            float(self._counter.next(shown)),
            _NO_EXTRA,
            priority=Priority.HEARTBEAT,
            timeout_s=self.profile.bus.timeout_s,
            deadline_s=deadline_s,
        )

    async def beat(self, deadline_s: float | None = None) -> None:
        """Feed the watchdog once, the last act of a complete scan. Raises DriverError."""
        future = self.submit_beat(deadline_s)
        if future is not None:
            try:
                await future
            except DriverError as error:
                raise named("heartbeat", error) from error

    async def run_sequence(self, name: str) -> None:
        """Raises SequenceFailed with the step and the cause, or NotWritable when nothing was done."""
        await self._sequences.run(name)

    def holds(self, requirement: Requirement) -> bool | None:
        """None where the last reading is BAD or too old to rest a write on."""
        return meets(requirement, self._polling.latest(key_of(requirement), REQUIREMENT_AGE_S))

    def acknowledged(self, command: str) -> Acknowledged | None:
        """The last value the device said yes to since it was qualified; None after an unknown outcome."""
        return self._writing.acknowledged(command)

    def silence(self) -> None:
        """Let the device's own watchdog act: nothing is written until its timeout and ramp have passed, and where any
        frame feeds it the link is closed and nothing is asked either."""
        until_s = asyncio.get_running_loop().time() + self._quiet_s
        self._muted_until_s = until_s
        if self._fed_by_any_frame:
            self._not_before_s = until_s
            self._drop(Phase.SILENT, self._quiet_reason())
            self._link.silence(until_s)

    def _check_writable(self) -> None:
        status = self.status
        if status.phase is not Phase.READY or self._link.epoch != self._epoch:
            raise NotWritable(f"{self.name} is not ready: {status.reason or 'the link was renewed'}")
        if asyncio.get_running_loop().time() < self._muted_until_s:
            raise NotWritable(f"{self.name} is silenced so that its own watchdog can act")

    def _link_changed(self, status: LinkStatus) -> None:
        if self._task is None:
            return
        if status.state is LinkState.UP:
            if self.status.phase is Phase.READY and self._link.epoch != self._epoch:
                self._drop(Phase.OFFLINE, "the link was renewed")
        else:
            was_heard = self.status.phase in (Phase.READY, Phase.QUALIFYING)
            if was_heard and self._fed_by_any_frame:
                self._not_before_s = asyncio.get_running_loop().time() + self._quiet_s
            self._show_link_down()
        self._wake.set()

    def _lost_contact(self, reason: str) -> None:
        self._hold_off()
        self._drop(Phase.OFFLINE, reason)

    def _found_changed(self, reason: str) -> None:
        self._drop(Phase.REFUSED, reason)

    def _hold_off(self) -> None:
        pause_s = max(self._retry_s, self._quiet_s) if self._fed_by_any_frame else self._retry_s
        self._not_before_s = asyncio.get_running_loop().time() + pause_s

    def _drop(self, phase: Phase, reason: str) -> None:
        self._set(phase, reason)
        self._polling.deactivate(reason, asyncio.get_running_loop().time())
        self._writing.forget()
        if self._counter is not None:
            self._counter.forget()
        self._wake.set()

    def _set(self, phase: Phase, reason: str) -> None:
        status = DeviceStatus(phase, reason, self.status.simulated, self.status.identity)
        if status != self.status:
            self.status = status

    async def _keep_qualified(self) -> None:
        """Woken by the link and by whatever drops the device; sleeps while there is nothing to do."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            pause_s: float | None = None
            if self.status.phase is not Phase.READY:
                if self._link.status.state is not LinkState.UP:
                    self._show_link_down()
                    self._wake.clear()
                else:
                    pause_s = self._not_before_s - loop.time()
                    if pause_s <= 0.0:
                        await self._attempt()
                        continue
                    if self._fed_by_any_frame:
                        self._drop_once(Phase.SILENT, self._quiet_reason())
                        self._wake.clear()
            try:
                async with asyncio.timeout(pause_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _attempt(self) -> None:
        epoch = self._link.epoch
        self._set(Phase.QUALIFYING, self.status.reason or "being identified")
        try:
            found = await qualify(self.profile, self._first_read)
        except Unqualified as error:
            self._hold_off()
            self._drop(Phase.REFUSED, str(error))
        except DriverError as error:
            self._hold_off()
            if self.status.phase is Phase.QUALIFYING:  # else the link has said more exactly what happened
                self._drop(Phase.OFFLINE, str(error))
        except Exception as error:
            _log.exception("%s: qualification failed in the program itself", self.name)
            self._hold_off()
            self._drop(Phase.REFUSED, f"program error: {error!r}")
        else:
            self._qualified(found, epoch)

    def _qualified(self, found: Qualified, epoch: int) -> None:
        if self.status.phase is not Phase.QUALIFYING or self._link.epoch != epoch:
            return  # the link went away meanwhile: what was read belongs to the past
        self._epoch = epoch
        self._polling.activate(found.readings, simulated=found.simulated)
        self.status = DeviceStatus(Phase.READY, "", found.simulated, found.identity)

    async def _first_read(self, block: str) -> Mapping[str, Reading]:
        loop = asyncio.get_running_loop()
        return await self._polling.read_now(block, loop.time() + _PATIENCE_S)

    def _show_link_down(self) -> None:
        """A link that is trying again keeps the reason of its last failure: that is what an operator can act on."""
        link = self._link.status
        if self.status.phase is Phase.SILENT and asyncio.get_running_loop().time() < self._not_before_s:
            return
        if link.state is LinkState.SILENT:
            self._drop(Phase.SILENT, link.reason or "the link is kept silent")
        elif link.reason or not self.status.reason.startswith(_LINK_DOWN):
            self._drop_once(Phase.OFFLINE, f"{_LINK_DOWN}: {link.reason or link.state.name.lower()}")

    def _drop_once(self, phase: Phase, reason: str) -> None:
        if (phase, reason) != (self.status.phase, self.status.reason):
            self._drop(phase, reason)

    def _quiet_reason(self) -> str:
        return f"kept silent for {self._quiet_s:g} s so that its own watchdog can act"
