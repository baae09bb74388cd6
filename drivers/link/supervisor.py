"""Keeps one byte stream open: opens it, opens it again when it is lost, and says at any time how that stands.

There is never more than one stream: the next attempt waits until the last stream has said that it is gone. Some devices
have a single session to give, and a serial port can be opened once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final, cast

from drivers.link.address import LinkAddress
from drivers.link.failure_words import why_no_stream
from drivers.link.seam import ByteSeam
from drivers.link.status import LinkState

_LOG = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.25
LONGEST_RETRY_NEEDED_S: Final = 2.0
LONGEST_RETRY_S: Final = 5.0
CONNECT_TIMEOUT_S: Final = 2.0
_SILENT: Final = "silent on purpose"
_EARLY_S: Final = 1e-6
"""Event loops call a timer up to their clock's resolution too early."""


class _Stream(asyncio.Protocol):
    """One connection. It outlives neither its transport nor the supervisor's interest in it."""

    def __init__(self, supervisor: Supervisor, on_bytes: Callable[[bytes], None]) -> None:
        self._supervisor = supervisor
        self._on_bytes = on_bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asserted: the transports of uvloop are no subclasses of asyncio's.
        self._supervisor.opened(self, cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        self._on_bytes(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._supervisor.lost(self, exc)

    def ignore(self) -> None:
        """Whatever still arrives is for nobody."""
        self._on_bytes = _for_nobody


def _for_nobody(_data: bytes) -> None:
    pass


class Supervisor:
    """``on_change(state, reason)`` is called on every change, ``transport`` being set exactly while UP."""

    def __init__(
        self,
        address: LinkAddress,
        seam: ByteSeam,
        *,
        needed: bool,
        on_bytes: Callable[[bytes], None],
        on_change: Callable[[LinkState, str], None],
    ) -> None:
        self.needed = needed
        self.state = LinkState.CLOSED
        self.reason = "not started"
        self.transport: asyncio.Transport | None = None
        self.next_attempt_s: float | None = None
        """Event loop time of the next attempt to connect, while one is set."""
        self._address = address
        self._seam = seam
        self._on_bytes = on_bytes
        self._on_change = on_change
        # Seeded by the address: links do not retry in step, and a simulated run repeats exactly.
        self._random = random.Random(str(address))  # noqa: S311
        self._failures = 0
        self._silent_until_s = float("-inf")
        self._stream: _Stream | None = None
        self._drop_reason: str | None = None
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._gone: asyncio.Future[None] | None = None

    def start(self) -> None:
        if self.state is LinkState.CLOSED and self._stream is None:
            self._failures = 0
            self._attempt_or_wait()

    def proven(self) -> None:
        """A device has answered: the next loss starts the back-off anew."""
        self._failures = 0

    def drop(self, reason: str) -> None:
        """Give the stream up and open a new one."""
        if self.transport is None or self._drop_reason is not None:
            return
        transport, self.transport = self.transport, None
        self._drop_reason = reason
        if self._stream is not None:
            self._stream.ignore()
        # Not close(): that would first wait for bytes to drain, on a peer that may have stopped reading.
        transport.abort()
        self._set(LinkState.WAITING, reason)

    def silence(self, until_s: float) -> None:
        """No stream before ``until_s``; a later time than asked for before counts, an earlier one does not."""
        self._silent_until_s = max(self._silent_until_s, until_s)
        if self.state is LinkState.CLOSED or self._silent_until_s <= asyncio.get_running_loop().time():
            return
        self._stop_attempts()
        self.drop(_SILENT)
        self._attempt_or_wait()

    async def close(self) -> None:
        """Returns when the stream is gone and its port is free."""
        self._stop_attempts()
        if self.state is not LinkState.CLOSED:
            self._set(LinkState.CLOSED, "closed")
        transport, self.transport = self.transport, None
        if transport is not None:
            transport.abort()
        if self._opening is not None:
            await asyncio.wait((self._opening,))
            self._opening = None
        if self._stream is not None:
            self._stream.ignore()
            self._gone = asyncio.get_running_loop().create_future()
            await self._gone

    def opened(self, stream: _Stream, transport: asyncio.Transport) -> None:
        if stream is not self._stream or self.state is not LinkState.CONNECTING:
            stream.ignore()
            transport.abort()
            return
        self.transport = transport
        self._drop_reason = None
        self._set(LinkState.UP, "")

    def lost(self, stream: _Stream, error: Exception | None) -> None:
        stream.ignore()
        if stream is not self._stream:
            return
        self._stream = None
        self.transport = None
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)
        if self.state is LinkState.CLOSED:
            return
        reason = self._drop_reason or why_no_stream(error, self._address)
        self._drop_reason = None
        self._try_later(reason)

    def _attempt_or_wait(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s < self._silent_until_s - _EARLY_S:
            self._at(self._silent_until_s)
            self._set(LinkState.SILENT, _SILENT)
            return
        self._timer = None
        self.next_attempt_s = None
        if self._stream is not None:
            return  # when it is gone, lost() comes here again
        self._set(LinkState.CONNECTING, self.reason if self.state is LinkState.WAITING else "connecting")
        self._opening = asyncio.get_running_loop().create_task(self._open(), name=f"open {self._address}")

    async def _open(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._seam.open(self._address, self._new_stream)
        except asyncio.CancelledError:
            self._forget_unopened()
            raise
        except Exception as error:  # whatever a seam raises, the supervisor must live to try again
            if not isinstance(error, OSError):
                _LOG.exception("%s: opening failed", self._address)
            self._forget_unopened()
            if self.state is LinkState.CONNECTING and self._opening is asyncio.current_task():
                self._try_later(why_no_stream(error, self._address))

    def _new_stream(self) -> _Stream:
        self._stream = _Stream(self, self._on_bytes)
        return self._stream

    def _forget_unopened(self) -> None:
        if self.transport is None and self._opening is asyncio.current_task():
            self._stream = None

    def _try_later(self, reason: str) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s < self._silent_until_s - _EARLY_S:
            self._attempt_or_wait()
            return
        longest_s = LONGEST_RETRY_NEEDED_S if self.needed else LONGEST_RETRY_S
        delay_s = min(longest_s, FIRST_RETRY_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        self._at(now_s + delay_s * self._random.uniform(0.75, 1.0))
        self._set(LinkState.WAITING, reason)

    def _at(self, when_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.next_attempt_s = when_s
        self._timer = asyncio.get_running_loop().call_at(when_s, self._attempt_or_wait)

    def _stop_attempts(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.next_attempt_s = None
        if self._opening is not None and not self._opening.done():
            self._opening.cancel()

    def _set(self, state: LinkState, reason: str) -> None:
        if state is self.state and reason == self.reason:
            return
        self.state = state
        self.reason = reason
        self._on_change(state, reason)
