"""A Modbus question in MBAP frames: the reply names its request by the transaction id."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

from pymodbus.framer import FramerSocket
from pymodbus.pdu import DecodePDU

from drivers.errors import BadReply
from drivers.modbus.question import Question
from drivers.modbus.wire_state import WireState

T_co = TypeVar("T_co", covariant=True)

_FRAMER: Final = FramerSocket(DecodePDU(False))
_SHORTEST_LENGTH: Final = 2
_LONGEST_LENGTH: Final = 254
"""Bytes that the header's length field may announce: unit, and a PDU of 1 to 253 bytes."""
_STALE_MOST: Final = 2
"""Replies to earlier requests that may still come before the stream is taken to be out of step for good."""


class TcpExchange(Generic[T_co]):
    __slots__ = ("_question", "_stale", "_tag", "_wire", "request", "rest")

    def __init__(self, question: Question[T_co], wire: WireState) -> None:
        self._question = question
        self._wire = wire
        self._tag = tag = wire.next_tag()
        self._stale = 0
        self.rest = b""
        self.request = _FRAMER.encode(question.body, question.unit, tag)

    def feed(self, received: bytes) -> T_co | None:
        while True:
            used, unit, tag, body = _FRAMER.decode(received)
            if not used:
                self.rest = received
                _check_header(received)
                return None
            self.rest = received[used:]
            if tag == self._tag and len(body) < _LONGEST_LENGTH:
                return self._question.answer(unit, body)
            _check_header(received)
            received = self.rest
            self._wire.counters.discarded_bytes += used
            self._stale += 1
            if self._stale > _STALE_MOST:
                raise BadReply(f"transaction id {tag} instead of {self._tag}, for the {self._stale}. time")

    def remark(self) -> str:
        if not self._stale:
            return ""
        return f"{self._stale} with another transaction id than {self._tag}"


def _check_header(received: bytes) -> None:
    """pymodbus waits for more bytes where the header says that no more will make sense of it."""
    if received[2:4].strip(b"\0"):
        raise BadReply(f"not Modbus: protocol id {received[2:4].hex()}")
    if len(received) >= 6:
        length = int.from_bytes(received[4:6], "big")
        if not _SHORTEST_LENGTH <= length <= _LONGEST_LENGTH:
            raise BadReply(f"not Modbus: length {length} in the header")
