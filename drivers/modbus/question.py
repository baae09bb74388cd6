"""A Modbus request without its frame, and all that its reply must be.

Requests are encoded by pymodbus's PDU classes. Replies are checked here byte by byte before anything is taken
from them: pymodbus takes a reply with another function or with fewer registers for a good one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from pymodbus.pdu import ModbusPDU

from drivers.errors import BadReply, DeviceRefused
from drivers.modbus.exception_words import exception_text

T_co = TypeVar("T_co", covariant=True)

Unpack = Callable[[bytes, int], tuple[int, ...]]
_HIGHEST_PLAIN_FUNCTION: Final = 0x7F


class Question(Generic[T_co]):
    """``body`` is the PDU. ``reply_head`` is how the body of the right reply begins, ``reply_length`` its length."""

    __slots__ = ("_take", "body", "function", "reply_head", "reply_length", "unit")

    def __init__(
        self, unit: int, pdu: ModbusPDU, reply_head: bytes, reply_length: int, take: Callable[[bytes], T_co]
    ) -> None:
        """Raises ValueError where pymodbus finds the request impossible."""
        self.unit = unit
        self.function = pdu.function_code
        self.body = bytes((pdu.function_code,)) + pdu.encode()
        self.reply_head = reply_head
        self.reply_length = reply_length
        self._take = take

    @property
    def reads(self) -> bool:
        return self.reply_length != len(self.reply_head)

    def answer(self, unit: int, reply: bytes) -> T_co:
        """Raises BadReply, DeviceRefused."""
        if unit == self.unit and len(reply) == self.reply_length and reply.startswith(self.reply_head):
            return self._take(reply)
        raise self._objection(unit, reply)

    def _objection(self, unit: int, reply: bytes) -> BadReply | DeviceRefused:
        if unit == self.unit and len(reply) == 2 and reply[0] == self.function | 0x80:
            return DeviceRefused(exception_text(self.function, reply[1]), reply[1])
        return BadReply(self._mismatch(unit, reply))

    def _mismatch(self, unit: int, reply: bytes) -> str:
        function = reply[0] if reply else 0
        if unit != self.unit:
            text = f"reply of unit {unit} to a request to unit {self.unit}"
        elif function & 0x7F != self.function:
            kind = "refusal of" if function > _HIGHEST_PLAIN_FUNCTION else "reply to"
            text = f"{kind} function {function & 0x7F:02X} to a request of function {self.function:02X}"
        elif function > _HIGHEST_PLAIN_FUNCTION or len(reply) != self.reply_length:
            text = f"reply of {len(reply)} bytes instead of {self.reply_length}"
        elif self.reads:
            text = f"byte count {reply[1]} instead of {self.reply_head[1]}"
        else:
            text = f"reply confirms {reply[1:].hex(' ')} instead of {self.reply_head[1:].hex(' ')}"
        return text


def read_question(unit: int, pdu: ModbusPDU, *, bits: bool) -> Question[tuple[int, ...]]:
    count = pdu.count
    size = (count + 7) // 8 if bits else 2 * count
    head = bytes((pdu.function_code, size))
    return Question(unit, pdu, head, 2 + size, _bits_taker(count) if bits else _words_taker(count))


def write_question(unit: int, pdu: ModbusPDU, reply_body_length: int) -> Question[bool]:
    """The right reply repeats the first ``reply_body_length`` bytes of the request and says nothing else."""
    question = Question(unit, pdu, b"", reply_body_length, _done)
    question.reply_head = question.body[:reply_body_length]
    return question


def _done(_reply: bytes) -> bool:
    return True


def _words_taker(count: int) -> Callable[[bytes], tuple[int, ...]]:
    unpack = struct.Struct(f">{count}H").unpack_from

    def words(reply: bytes) -> tuple[int, ...]:
        return unpack(reply, 2)

    return words


def _bits_taker(count: int) -> Callable[[bytes], tuple[int, ...]]:
    places = range(count)

    def bits(reply: bytes) -> tuple[int, ...]:
        packed = int.from_bytes(reply[2:], "little")
        return tuple([packed >> place & 1 for place in places])

    return bits
