"""One supervised byte stream with one exchange in flight.

Everything is driven by callbacks of the event loop: a request costs one future, one write and one read, no task and,
as long as replies come, no timer. Failures arrive in the future:

* ``LinkDown``, ``NotSent``: nothing was sent.
* ``NoReply``, ``BadReply``: the request left, what it did is unknown. A stream lost under way is ``NoReply``.
* ``DeviceRefused``: the device said no.

Nothing is ever sent twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from math import inf
from typing import Any, Final, TypeVar

from drivers.errors import BadReply, DeviceRefused, DriverError, LinkDown, NoReply, NotSent
from drivers.link.address import LinkAddress
from drivers.link.exchange import Exchange, Priority
from drivers.link.exchange_queue import ExchangeQueue, Waiting
from drivers.link.line_timing import is_line, line_timing
from drivers.link.seam import ByteSeam
from drivers.link.status import LinkCounters, LinkState, LinkStatus
from drivers.link.supervisor import Supervisor
from drivers.link.trace import FrameTrace
from drivers.profiles.schema import Bus

__all__ = ["Exchange", "Link", "LinkCounters", "LinkState", "LinkStatus", "Priority"]

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

_EARLY_S: Final = 1e-6
"""Event loops call a timer up to their clock's resolution too early; what is that near counts as due."""
_LONGEST_REPLY: Final = 4096
"""Bytes after which a stream that never completes a reply is nonsense."""
_STRIKES: Final = 3
"""Time-outs in a row after which a tagged stream is dropped; one that saw replies to other requests counts double."""
_WARNING_EVERY_S: Final = 60.0
_NEVER_QUIET_S: Final = 2.0
"""A line that is noisy for this much longer than its guard is reopened."""


class Link:
    def __init__(self, address: LinkAddress, seam: ByteSeam, *, bus: Bus, needed: bool = True) -> None:
        self.address = address
        self.status = LinkStatus(LinkState.CLOSED, "not started", 0.0)
        self.counters = LinkCounters()
        self.trace = FrameTrace()
        self.epoch = 0
        """Counts connections. What was known of a device in another epoch is not known any more."""
        self._is_line = is_line(address)
        self.bus = bus
        self._supervisor = Supervisor(
            address, seam, needed=needed, on_bytes=self._received, on_change=self._stream_changed
        )
        self._listeners: list[Callable[[LinkStatus], None]] = []
        self._queue = ExchangeQueue()
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._exchange: Any = None
        self._future: asyncio.Future[Any] | None = None
        self._timeout_s = 0.0
        self._due_s = inf
        self._tagged = False
        self._buffer = b""
        self._quiet_until_s = -inf
        self._noisy_since_s = inf
        self._guarded = False
        self._strikes = 0
        self._proven = False
        self._warn_again_s = -inf
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s = inf

    @property
    def bus(self) -> Bus:
        return self._bus

    @bus.setter
    def bus(self, bus: Bus) -> None:
        self._bus = bus
        self._timing = line_timing(self.address, bus)

    @property
    def needed(self) -> bool:
        return self._supervisor.needed

    @needed.setter
    def needed(self, needed: bool) -> None:
        self._supervisor.needed = needed

    @property
    def next_attempt_s(self) -> float | None:
        """Event loop time of the next attempt to connect; None while none is set."""
        return self._supervisor.next_attempt_s

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._supervisor.start()

    async def close(self) -> None:
        """Fails what waits, ends the stream, and returns when its port is free."""
        await self._supervisor.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._timer_s = None, inf

    def silence(self, until_s: float) -> None:
        """Close the stream; no frame and no connection before ``until_s`` (event loop time)."""
        self._supervisor.silence(until_s)

    def add_listener(self, callback: Callable[[LinkStatus], None]) -> None:
        """Called with every change of ``status``, after it has changed."""
        self._listeners.append(callback)

    def submit(
        self, exchange: Exchange[T], *, priority: Priority, timeout_s: float, deadline_s: float | None = None
    ) -> asyncio.Future[T]:
        """``timeout_s`` counts from the moment the request is sent; after ``deadline_s`` it is not sent any more.

        Never raises. A future that is cancelled while it waits takes its request back; once the request is sent, the
        exchange runs to its end all the same, as a reply nobody takes would be taken for the next one's.
        """
        loop = self._loop
        if loop is None:
            loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._transport is None:
            self.counters.not_sent += 1
            future.set_exception(LinkDown(f"link down: {self.status.reason}"))
            return future
        now_s = loop.time()
        if self._exchange is None and now_s >= self._quiet_until_s and not self._queue and not self._guarded:
            if deadline_s is not None and now_s > deadline_s:
                self._not_sent(future, "too late to be sent")
            else:
                self._send(exchange, future, timeout_s, now_s)
            return future
        waiting = Waiting(exchange, future, timeout_s, inf if deadline_s is None else deadline_s)
        displaced = self._queue.put(waiting, priority)
        if displaced is not None:
            self._not_sent(displaced.future, "queue full")
        self._arm()
        return future

    def _send(self, exchange: Exchange[Any], future: asyncio.Future[Any], timeout_s: float, now_s: float) -> None:
        assert self._transport is not None
        try:
            request = exchange.request
        except Exception:
            _LOG.exception("%s: no request to send", self.address)
            self._not_sent(future, "the request could not be made")
            return
        if hasattr(exchange, "rest"):
            self._tagged = True
        elif self._tagged or self._buffer:
            self._tagged = False
            self._buffer = b""
        self._guarded = False
        self._exchange = exchange
        self._future = future
        self._timeout_s = timeout_s
        self._due_s = due_s = now_s + timeout_s
        self.counters.requests += 1
        self.trace.add((now_s, "sent", request))
        self._transport.write(request)
        if due_s < self._timer_s:
            self._set_timer(due_s)

    def _received(self, data: bytes) -> None:
        assert self._loop is not None
        now_s = self._loop.time()
        exchange = self._exchange
        if exchange is None:
            self._unasked(data, now_s)
            return
        self.trace.add((now_s, "received", data))
        if self._buffer:
            data = self._buffer + data
        try:
            result = exchange.feed(data)
        except DeviceRefused as refusal:
            self.counters.refused += 1
            future = self._answered(exchange, now_s)
            if not future.done():
                future.set_exception(refusal)
        except BadReply as wrong:
            self._bad(wrong, now_s)
            return
        except Exception as error:
            _LOG.exception("%s: reply not understood: %s", self.address, data.hex(" "))
            self._bad(BadReply(f"reply not understood: {error!r}"), now_s)
            return
        else:
            if result is None:
                self._buffer = exchange.rest if self._tagged else data
                if len(self._buffer) > _LONGEST_REPLY:
                    self._bad(BadReply(f"{len(self._buffer)} bytes and no reply among them"), now_s)
                return
            self.counters.replies += 1
            future = self._answered(exchange, now_s)
            if not future.done():
                future.set_result(result)
        if self._queue:
            self._send_next(now_s)

    def _answered(self, exchange: Any, now_s: float) -> asyncio.Future[Any]:
        """The exchange is over; the future is to be settled unless its owner has cancelled it."""
        future = self._future
        assert future is not None
        self._exchange = self._future = None
        self._buffer = exchange.rest if self._tagged else b""
        gap_s = self._timing.gap_s
        if gap_s:
            self._quiet_until_s = now_s + gap_s
            self._noisy_since_s = inf
        self._guarded = False
        self._strikes = 0
        if not self._proven:
            self._proven = True
            self._supervisor.proven()
        return future

    def _bad(self, error: BadReply, now_s: float) -> None:
        self.counters.bad_replies += 1
        # The frames tell a commissioning engineer most of what went wrong; once a minute is enough to read.
        level = logging.WARNING if now_s >= self._warn_again_s else logging.DEBUG
        if level == logging.WARNING:
            self._warn_again_s = now_s + _WARNING_EVERY_S
        if _LOG.isEnabledFor(level):
            _LOG.log(level, "%s: %s\n%s", self.address, error, self.trace.dump(4))
        self._failed(error)
        if self._is_line:
            self._guard(now_s)
        else:
            self._supervisor.drop(f"dropped after a wrong reply: {error}")

    def _timed_out(self, now_s: float) -> None:
        self.counters.timeouts += 1
        remark = self._exchange.remark() if self._tagged else ""
        self._failed(NoReply(f"no reply within {self._timeout_s:g} s" + (f", but {remark}" if remark else "")))
        if self._tagged:
            self._strikes += 2 if remark else 1
            if self._strikes >= _STRIKES:
                self._supervisor.drop("dropped after several requests without a reply")
        elif self._is_line:
            self._guard(now_s)
        else:
            self._supervisor.drop("dropped after a request without a reply: a late one could not be told from the next")

    def _failed(self, error: DriverError) -> None:
        future = self._future
        self._exchange = self._future = None
        if future is not None and not future.done():
            future.set_exception(error)

    def _guard(self, now_s: float) -> None:
        """Leave the line alone until a late reply must have come and gone."""
        if self._buffer:
            self.counters.discarded_bytes += len(self._buffer)
            self._buffer = b""
        self._guarded = True
        self._noisy_since_s = now_s
        self._quiet_until_s = now_s + self._timing.guard_s
        self._arm()

    def _unasked(self, data: bytes, now_s: float) -> None:
        if self._tagged:
            self.trace.add((now_s, "received", data))
            self._buffer += data
            if len(self._buffer) > _LONGEST_REPLY:
                self._supervisor.drop("dropped because of bytes nobody asked for")
            return
        self.trace.add((now_s, "discarded", data))
        self.counters.discarded_bytes += len(data)
        if now_s > self._quiet_until_s or self._noisy_since_s == inf:
            self._noisy_since_s = now_s
        self._quiet_until_s = max(self._quiet_until_s, now_s + self._timing.settle_s)
        if now_s - self._noisy_since_s > self._timing.guard_s + _NEVER_QUIET_S:
            self._supervisor.drop("dropped because the line is never quiet")
        elif self._queue:
            self._arm()

    def _send_next(self, now_s: float) -> None:
        while self._exchange is None and self._transport is not None and self._queue:
            if now_s < self._quiet_until_s - _EARLY_S:
                self._arm()
                return
            if self._guarded and _has_unread_bytes(self._transport):
                self._quiet_until_s = now_s + self._timing.settle_s
                self._arm()
                return
            waiting = self._queue.pop()
            if waiting is None:
                return
            if now_s > waiting.deadline_s:
                self._not_sent(waiting.future, "its turn came too late")
            else:
                self._send(waiting.exchange, waiting.future, waiting.timeout_s, now_s)

    def _not_sent(self, future: asyncio.Future[Any], why: str) -> None:
        if not future.done():
            self.counters.not_sent += 1
            future.set_exception(NotSent(f"not sent: {why}"))

    def _arm(self) -> None:
        """See to it that the one timer fires no later than the next thing that has to happen."""
        wake_s = self._due_s if self._exchange is not None else inf
        if self._queue:
            wake_s = min(wake_s, self._queue.earliest_deadline_s)
            if self._exchange is None:
                wake_s = min(wake_s, self._quiet_until_s)
        if wake_s < self._timer_s:
            self._set_timer(wake_s)

    def _set_timer(self, when_s: float) -> None:
        assert self._loop is not None
        if self._timer is not None:
            self._timer.cancel()
        self._timer_s = when_s
        self._timer = self._loop.call_at(when_s, self._tick)

    def _tick(self) -> None:
        assert self._loop is not None
        self._timer, self._timer_s = None, inf
        now_s = self._loop.time()
        if self._exchange is not None and now_s >= self._due_s - _EARLY_S:
            self._timed_out(now_s)
        if self._queue and now_s >= self._queue.earliest_deadline_s - _EARLY_S:
            for waiting in self._queue.take_expired(now_s + _EARLY_S):
                self._not_sent(waiting.future, "its turn came too late")
        self._send_next(now_s)
        self._arm()

    def _stream_changed(self, state: LinkState, reason: str) -> None:
        assert self._loop is not None or state is LinkState.CLOSED
        now_s = asyncio.get_running_loop().time()
        self.status = LinkStatus(state, reason, now_s)
        transport = self._supervisor.transport if state is LinkState.UP else None
        if transport is not None:
            self.epoch += 1
            self.counters.connects += 1
            self._quiet_until_s = now_s + self._timing.post_connect_s
        elif self._transport is not None:
            self._fail_all(reason)
        self._transport = transport
        self._buffer = b""
        self._tagged = False
        self._strikes = 0
        self._proven = False
        for listener in self._listeners:
            try:
                listener(self.status)
            except Exception:
                _LOG.exception("%s: a listener failed", self.address)

    def _fail_all(self, reason: str) -> None:
        if self._exchange is not None:
            self.counters.lost += 1
            self._failed(NoReply(f"connection lost before the reply: {reason}"))
        for waiting in self._queue.take_all():
            self.counters.not_sent += 1
            waiting.future.set_exception(LinkDown(f"link down: {reason}"))


def _has_unread_bytes(transport: asyncio.Transport) -> bool:
    """Whether a serial port holds bytes that the event loop has not fetched yet.

    A loop that was held up finds the end of the guard and the late reply at the same moment.
    """
    port = transport.get_extra_info("serial")
    try:
        return port is not None and bool(port.in_waiting)
    except OSError:
        return False  # unplugged: connection_lost is on its way
