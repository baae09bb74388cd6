"""Modbus framing as an instrument sees it: MBAP header on TCP, address and CRC on serial lines.

Written from the specification and sharing no code with our master, so that a mistake in one shows in the other.
"""

from __future__ import annotations

import struct
from typing import Final

from sim.instruments.instrument import Exchange
from sim.instruments.modbus_instrument import GATEWAY_TARGET_SILENT, ILLEGAL_FUNCTION
from sim.instruments.wire import WireProtocol

_MBAP: Final = struct.Struct(">HHHB")
LONGEST_PDU: Final = 253
_FIXED_SIZES: Final = {1: 8, 2: 8, 3: 8, 4: 8, 5: 8, 6: 8, 22: 10}
"""Whole RTU request by function code."""
_COUNT_PLACES: Final = {15: 6, 16: 6, 23: 10}
"""Where the byte count stands in the RTU requests that have one."""


def crc16(data: bytes) -> int:
    """CRC-16/MODBUS; on the wire its low byte goes first."""
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ _CRC_OF_BYTE[(crc ^ byte) & 0xFF]
    return crc


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_OF_BYTE: Final = tuple(_crc_of_byte(byte) for byte in range(256))


class _ModbusProtocol(WireProtocol):
    def with_wrong_function(self, reply: bytes) -> bytes:
        return bytes((reply[0] ^ 0x07,)) + reply[1:]

    def with_wrong_length(self, reply: bytes) -> bytes:
        """A read comes back one register short, its byte count true to what is sent; an echo lacks its end."""
        if reply[0] in (1, 2, 3, 4) and reply[1] >= 2:
            return bytes((reply[0], reply[1] - 2)) + reply[2:-2]
        return reply[:-1]


class ModbusTcpProtocol(_ModbusProtocol):
    def take_frame(self) -> Exchange | None:
        buffer = self._buffer
        if len(buffer) < _MBAP.size:
            return None
        tag, protocol, length, unit = _MBAP.unpack_from(buffer)
        if protocol != 0 or not 2 <= length <= LONGEST_PDU + 1:
            buffer.clear()
            if self._transport is not None:
                self._transport.abort()  # out of step for good: the specification asks to close
            return None
        end = 6 + length
        if len(buffer) < end:
            return None
        body = bytes(buffer[7:end])
        del buffer[:end]
        return Exchange(unit, tag, body)

    def frame(self, request: Exchange, unit: int, reply: bytes) -> bytes:
        return _MBAP.pack(request.tag, 0, len(reply) + 1, unit & 0xFF) + reply

    def nobody(self, request: Exchange) -> bytes | None:
        return bytes((request.body[0] | 0x80, GATEWAY_TARGET_SILENT))

    def after_silence(self) -> None:
        """TCP has no quiet gap: the rest of the frame is still to come."""

    def with_wrong_checksum(self, frame: bytes) -> bytes:
        """There is none above TCP's own; a wrong protocol number is the damage a header can show."""
        return frame[:2] + b"\xde\xad" + frame[4:]


class ModbusRtuProtocol(_ModbusProtocol):
    def take_frame(self) -> Exchange | None:
        """The first sound frame, wherever it begins: noise before it is thrown away with it."""
        buffer = self._buffer
        for begin in range(len(buffer) - 3):
            size = self._size(begin)
            if size is None or begin + size > len(buffer):
                continue
            data = bytes(buffer[begin : begin + size])
            if crc16(data[:-2]) == data[-2] | data[-1] << 8:
                del buffer[: begin + size]
                return Exchange(data[0], 0, data[1:-2])
        return None

    def _size(self, begin: int) -> int | None:
        """Of the frame that may begin there. None while it cannot be told: an unknown function is judged when the line
        falls quiet."""
        buffer = self._buffer
        function = buffer[begin + 1]
        fixed = _FIXED_SIZES.get(function)
        if fixed is not None:
            return fixed
        place = _COUNT_PLACES.get(function)
        if place is None or len(buffer) <= begin + place:
            return None
        return place + 1 + buffer[begin + place] + 2

    def frame(self, request: Exchange, unit: int, reply: bytes) -> bytes:  # noqa: ARG002
        data = bytes((unit & 0xFF,)) + reply
        crc = crc16(data)
        return data + bytes((crc & 0xFF, crc >> 8))

    def after_silence(self) -> None:
        """A sound frame with a function nobody knows deserves its exception; all else was noise."""
        data = bytes(self._buffer)
        self._buffer.clear()
        if len(data) >= 4 and crc16(data[:-2]) == data[-2] | data[-1] << 8 and self._size_unknown(data[1]):
            instrument = self.line.instruments.get(data[0])
            if instrument is not None and not instrument.faults:
                reply = instrument.refusal(data[1:-2], ILLEGAL_FUNCTION)
                self._write(self.frame(Exchange(data[0], 0, data[1:-2]), data[0], reply))

    @staticmethod
    def _size_unknown(function: int) -> bool:
        return function not in _FIXED_SIZES and function not in _COUNT_PLACES

    def with_wrong_checksum(self, frame: bytes) -> bytes:
        return frame[:-1] + bytes((frame[-1] ^ 0xFF,))
