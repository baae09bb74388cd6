"""A Modbus question in RTU frames: nothing but unit, function, length and checksum tells whose reply it is."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

from drivers.errors import BadReply
from drivers.modbus.question import Question
from drivers.modbus.wire_state import WireState

T_co = TypeVar("T_co", covariant=True)

_FRAMER: Final = FramerRTU(DecodePDU(False))
_AROUND_BODY: Final = 3
"""Unit before, checksum behind."""
_REFUSAL_LENGTH: Final = 5
_GLITCH_MOST: Final = 3
_GLITCHES: Final = b"\x00\xff"
"""What a line driver that is switched off can add to a frame."""


def rtu_frame(unit: int, body: bytes) -> bytes:
    return _FRAMER.encode(body, unit, 0)


class RtuExchange(Generic[T_co]):
    __slots__ = ("_question", "_wire", "request")

    def __init__(self, question: Question[T_co], wire: WireState, request: bytes) -> None:
        """``request`` is the question's frame; it never changes, so it is made once for all times it is asked."""
        self._question = question
        self._wire = wire
        self.request = request

    def feed(self, received: bytes) -> T_co | None:
        question = self._question
        reply = self._without_echo(received)
        if reply is None or len(reply) < _REFUSAL_LENGTH:
            return None
        unit = question.unit
        good = bytes((unit,)) + question.reply_head
        bad = bytes((unit, question.function | 0x80))
        found = _find(reply, good, question.reply_length + _AROUND_BODY) or _find(reply, bad, _REFUSAL_LENGTH)
        if found is not None:
            start, end, body = found
            if reply[end:].strip(_GLITCHES) or len(reply) - end > _GLITCH_MOST:
                raise BadReply(f"{len(reply) - end} more bytes after the reply: it may be another's")
            self._wire.counters.discarded_bytes += len(reply) - (end - start)
            if question.reads:
                self._wire.echoes = reply is not received
            return question.answer(unit, body)
        self._object_or_wait(reply)
        return None

    def _without_echo(self, received: bytes) -> bytes | None:
        """None while it may still be the echo of our own request.

        To a write, echo and reply can be the same bytes. Whether the adapter echoes is learned from reads, where they
        are not; without that a device that is switched off would seem to confirm every order.
        """
        request = self.request
        if len(received) < len(request):
            return None if request.startswith(received) else received
        if received.startswith(request) and (self._question.reads or self._wire.echoes):
            return received[len(request) :]
        if self._wire.echoes and not self._question.reads:
            raise BadReply("the line echoed something else than was sent")
        return received

    def _object_or_wait(self, reply: bytes) -> None:
        """Raises BadReply for what will not become the right reply by waiting."""
        try:
            used, unit, _, body = _FRAMER.decode(reply)
        except Exception as error:
            raise BadReply(f"reply that cannot be decoded: {error}") from None
        if body:
            self._question.answer(unit, body)
            raise BadReply("a good frame, but not the one asked for")
        if used:
            raise BadReply("checksum wrong, or no Modbus at all")


def _find(reply: bytes, head: bytes, size: int) -> tuple[int, int, bytes] | None:
    """The first frame of this head and size with the right checksum, with noise before it or not."""
    start = reply.find(head)
    while start >= 0 and start + size <= len(reply):
        body = _FRAMER.decode(reply[start : start + size])[3]
        if len(body) == size - _AROUND_BODY:
            return start, start + size, body
        start = reply.find(head, start + 1)
    return None
