"""The wire end of simulated instruments: one protocol object per connection, for sockets, ptys and the memory seam.

A ``Line`` is what one link leads to: one instrument or several units on a shared bus. It paces replies as the real
wire would, and it is where wire faults show.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Final, NamedTuple, cast

from drivers.link.address import LinkAddress
from sim.instruments.instrument import Exchange, Instrument

BITS_PER_CHARACTER: Final = 10
"""Start bit, eight data bits, stop bit."""
QUIET_GAP_S: Final = 0.02
"""A started frame that gets no further byte for this long is noise. Longer than 3.5 characters of any baud rate
above 1200, and than the latency of a USB adapter."""
MOST_BUFFERED: Final = 1024
"""Bytes kept of a frame that never ends."""
LATE_BY_TIMEOUTS: Final = 1.5
"""A late reply comes this many request time-outs after it is due."""
DRIBBLE_GAP_S: Final = 0.02
GARBAGE: Final = bytes((0x00, 0xFF, 0x55, 0x13, 0x7E))
"""Noise before a frame; none of it may be taken for a unit address in use."""
TURNAROUND_SHARE: Final = 0.5
"""Of the worst turnaround that the profile states: how long an instrument takes as a rule."""


class Line:
    def __init__(self, address: LinkAddress) -> None:
        self.address = address
        self.instruments: dict[int, Instrument] = {}
        self.connections: set[WireProtocol] = set()
        self.selected: Instrument | None = None
        """For supplies that are selected by a command of its own (``ADR``): kept across connections, as they do."""
        self.has_connections = address.scheme == "tcp" or (address.scheme == "memory" and address.framing == "tcp")
        """A serial line has none that could be lost."""
        self.seconds_per_byte = 0.0 if self.has_connections else BITS_PER_CHARACTER / address.baud

    def add(self, instrument: Instrument) -> None:
        """Raises ValueError where two instruments would answer at once."""
        if instrument.unit in self.instruments:
            raise ValueError(f"{self.address}: unit {instrument.unit} is there already")
        protocols = {other.profile.protocol for other in self.instruments.values()} | {instrument.profile.protocol}
        if len(protocols) > 1:
            raise ValueError(f"{self.address}: {' and '.join(sorted(protocols))} cannot share a simulated line")
        self.instruments[instrument.unit] = instrument

    def hang_up(self) -> None:
        """Every connection is lost, as when the device loses power."""
        for connection in tuple(self.connections):
            connection.hang_up()

    @property
    def without_power(self) -> bool:
        return all("power_cycle" in instrument.faults for instrument in self.instruments.values())


class Answer(NamedTuple):
    """A frame due to be sent; ``pieces`` with a gap between them if it dribbles."""

    delay_s: float
    pieces: tuple[bytes, ...]
    gap_s: float


class WireProtocol(asyncio.Protocol):
    """Subclasses know one framing."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.WriteTransport | None = None
        self._buffer = bytearray()
        self._quiet: asyncio.TimerHandle | None = None
        self._busy_until_s = 0.0
        self._due: set[asyncio.TimerHandle] = set()

    @abstractmethod
    def take_frame(self) -> Exchange | None:
        """Cut the next whole request off ``self._buffer``; None while there is none. Noise is thrown away."""

    @abstractmethod
    def frame(self, request: Exchange, unit: int, reply: bytes) -> bytes: ...

    @abstractmethod
    def with_wrong_function(self, reply: bytes) -> bytes: ...

    @abstractmethod
    def with_wrong_length(self, reply: bytes) -> bytes: ...

    @abstractmethod
    def with_wrong_checksum(self, frame: bytes) -> bytes: ...

    def nobody(self, request: Exchange) -> bytes | None:  # noqa: ARG002
        """What is heard when no unit of that number is on the line: nothing, as a rule."""
        return None

    def after_silence(self) -> None:
        """The line fell quiet within a frame."""
        self._buffer.clear()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asked by isinstance: a foreign loop's transports (uvloop's) have the methods and not the base class.
        self._transport = cast(asyncio.WriteTransport, transport)
        self.line.connections.add(self)
        if self.line.without_power and self.line.has_connections:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.line.connections.discard(self)
        self._transport = None
        self._stop_quiet_timer()
        for handle in self._due:
            handle.cancel()
        self._due.clear()

    def hang_up(self) -> None:
        if self._transport is not None and self.line.has_connections:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._stop_quiet_timer()
        self._buffer += data
        while self._transport is not None and (request := self.take_frame()) is not None:
            self._answer(request)
        if len(self._buffer) > MOST_BUFFERED:
            self._buffer.clear()
        if self._buffer:
            self._quiet = self._loop.call_later(QUIET_GAP_S, self.after_silence)

    def _answer(self, request: Exchange) -> None:
        instrument = self.line.instruments.get(request.unit)
        if instrument is None:
            reply = self.nobody(request)
            if reply is not None:
                self._send(Answer(0.0, (self.frame(request, request.unit, reply),), 0.0))
            return
        turnaround_s = instrument.profile.bus.turnaround_s * TURNAROUND_SHARE
        if instrument.faults:
            answer = self._faulty_answer(request, instrument, turnaround_s)
            if answer is not None:
                self._send(answer)
            return
        reply = instrument.answer(request.body)
        instrument.previous_reply = reply
        if reply is None:
            return
        frame = self.frame(request, request.unit, reply)
        wire_s = (len(frame) + len(request.body) + 3) * self.line.seconds_per_byte
        self._send(Answer(turnaround_s + wire_s, (frame,), 0.0))

    def _faulty_answer(self, request: Exchange, instrument: Instrument, turnaround_s: float) -> Answer | None:
        faults = instrument.faults
        if "drop_connection" in faults:
            self.hang_up()
            return None
        if "silence" in faults or "accept_then_black_hole" in faults or "power_cycle" in faults:
            return None
        code = faults.exception_code
        reply = instrument.answer(request.body) if code is None else instrument.refusal(request.body, code)
        reply, instrument.previous_reply = (
            (instrument.previous_reply, reply) if "previous_reply" in faults else (reply, reply)
        )
        if reply is None or "lost_reply" in faults:
            return None
        if "wrong_function" in faults:
            reply = self.with_wrong_function(reply)
        if "wrong_length" in faults:
            reply = self.with_wrong_length(reply)
        told = request._replace(tag=request.tag ^ 1) if "wrong_transaction" in faults else request
        frame = self.frame(told, request.unit + ("wrong_unit" in faults), reply)
        if "crc_error" in faults:
            frame = self.with_wrong_checksum(frame)
        if "local_echo" in faults:
            frame = self.frame(request, request.unit, request.body) + frame
        if "garbage" in faults:
            frame = GARBAGE + frame
        delay_s = turnaround_s + (len(frame) + len(request.body) + 3) * self.line.seconds_per_byte
        if "late_reply" in faults:
            delay_s += LATE_BY_TIMEOUTS * instrument.profile.bus.timeout_s
        if "dribble" in faults:
            return Answer(delay_s, tuple(frame[i : i + 1] for i in range(len(frame))), DRIBBLE_GAP_S)
        return Answer(delay_s, (frame,), 0.0)

    def _send(self, answer: Answer) -> None:
        """One reply after the other, each when the wire would have carried it whole."""
        now_s = self._loop.time()
        begin_s = max(now_s, self._busy_until_s)
        self._busy_until_s = begin_s + answer.delay_s + answer.gap_s * (len(answer.pieces) - 1)
        if answer.delay_s <= 0.0 and begin_s <= now_s and len(answer.pieces) == 1:
            self._write(answer.pieces[0])
            return
        for number, piece in enumerate(answer.pieces):
            self._write_later(begin_s + answer.delay_s + number * answer.gap_s, piece)

    def _write_later(self, time_s: float, data: bytes) -> None:
        def write() -> None:
            self._due.discard(handle)
            self._write(data)

        handle = self._loop.call_at(time_s, write)
        self._due.add(handle)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _stop_quiet_timer(self) -> None:
        if self._quiet is not None:
            self._quiet.cancel()
            self._quiet = None


ProtocolFactory = Callable[[], WireProtocol]
