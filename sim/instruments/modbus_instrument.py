"""A simulated Modbus device: function codes and exceptions, without framing.

Written from the specification and sharing no code with our master, so that a mistake in one shows in the other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from drivers.profiles.codec import decode_command
from drivers.profiles.schema import Command, Space
from sim.devices.model import DeviceModel, DeviceRefusal
from sim.instruments.instrument import Instrument, InstrumentPlan
from sim.instruments.modbus_image import ModbusImage, command_length

ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3
GATEWAY_TARGET_SILENT: Final = 0x0B

_READS: Final[Mapping[int, tuple[Space, int]]] = {
    1: ("coil", 2000),
    2: ("discrete", 2000),
    3: ("holding", 125),
    4: ("input", 125),
}
_WRITES: Final[Mapping[int, Space]] = {5: "coil", 6: "holding", 15: "coil", 16: "holding", 22: "holding"}


class ModbusRefusal(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code:02X}")
        self.code = code


class ModbusInstrument(Instrument):
    def __init__(self, plan: InstrumentPlan, model: DeviceModel, advance: Callable[[], None]) -> None:
        super().__init__(plan, model, advance)
        self.image = ModbusImage(self)

    def answer(self, body: bytes) -> bytes:
        self.look()
        try:
            if body[0] in _READS:
                return self._read(body)
            return self._write(body)
        except ModbusRefusal as refusal:
            return self.refusal(body, refusal.code)

    def refusal(self, body: bytes, code: int) -> bytes:
        return bytes((body[0] | 0x80, code))

    def power_returned(self) -> None:
        super().power_returned()
        self.image.reset_outputs()

    def _read(self, body: bytes) -> bytes:
        space, most = _READS[body[0]]
        if space not in self.image.spaces:
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        if len(body) != 5:
            raise ModbusRefusal(ILLEGAL_VALUE)
        start, count = struct.unpack_from(">HH", body, 1)
        if not 1 <= count <= min(most, self.profile.bus.max_read_registers if most == 125 else most):
            raise ModbusRefusal(ILLEGAL_VALUE)
        area = self.image.area(space, start, count)
        if area is None:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        data = area.bits(start, count) if area.one_bit else area.words(start, count)
        return bytes((body[0], len(data))) + data

    def _write(self, body: bytes) -> bytes:
        function = body[0]
        space = _WRITES.get(function)
        if space is None or not any(at_space == space for at_space, _ in self.image.commands):
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        if len(body) < 5:
            raise ModbusRefusal(ILLEGAL_VALUE)
        (start,) = struct.unpack_from(">H", body, 1)
        words = self._words_to_write(function, start, body)
        orders = self._orders(space, start, words)
        area = self.image.area(space, start, len(words))
        if area is None:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        area.store(start, words)
        self._carry_out(orders)
        return body if function in (5, 6, 22) else body[:5]

    def _words_to_write(self, function: int, start: int, body: bytes) -> Sequence[int]:
        if function == 5:
            (word,) = struct.unpack_from(">H", body, 3)
            if len(body) != 5 or word not in (0x0000, 0xFF00):
                raise ModbusRefusal(ILLEGAL_VALUE)
            return (word >> 15,)
        if function == 6:
            if len(body) != 5:
                raise ModbusRefusal(ILLEGAL_VALUE)
            return struct.unpack_from(">H", body, 3)
        if function == 22:
            return (self._masked(start, body),)
        (count,) = struct.unpack_from(">H", body, 3)
        size = 2 * count if function == 16 else (count + 7) // 8
        most = 123 if function == 16 else 1968
        if not 1 <= count <= most or len(body) != 6 + size or body[5] != size:
            raise ModbusRefusal(ILLEGAL_VALUE)
        if function == 16:
            return struct.unpack_from(f">{count}H", body, 6)
        packed = int.from_bytes(body[6:], "little")
        return tuple(packed >> place & 1 for place in range(count))

    def _masked(self, start: int, body: bytes) -> int:
        area = self.image.area("holding", start, 1)
        if area is None:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        if len(body) != 7:
            raise ModbusRefusal(ILLEGAL_VALUE)
        keep: int
        put: int
        keep, put = struct.unpack_from(">HH", body, 3)
        now: int = int.from_bytes(area.words(start, 1), "big")
        return (now & keep) | (put & ~keep & 0xFFFF)

    def _orders(self, space: Space, start: int, words: Sequence[int]) -> list[tuple[Command, float]]:
        """The commands that the span writes, every one whole and within its limits, before any is carried out."""
        orders: list[tuple[Command, float]] = []
        at = start
        while at < start + len(words):
            command = self.image.commands.get((space, at))
            if command is None:
                raise ModbusRefusal(ILLEGAL_ADDRESS)
            length = command_length(command)
            raw = tuple(words[at - start : at - start + length])
            if len(raw) != length:
                raise ModbusRefusal(ILLEGAL_VALUE)
            value = decode_command(command, raw)
            limits = command.limits
            if limits is not None and not limits.low <= value <= limits.high:
                raise ModbusRefusal(ILLEGAL_VALUE)
            orders.append((command, value))
            at += length
        return orders

    def _carry_out(self, orders: Sequence[tuple[Command, float]]) -> None:
        known = {command.name: (command.signal or command.name, value) for command, value in orders}
        carried = {name for command, _ in orders for name in command.extra}
        for command, value in orders:
            if command.name in carried:
                continue
            extra = dict(known[name] for name in command.extra if name in known)
            try:
                self.model.command(command.signal or command.name, value, extra)
            except DeviceRefusal:
                # A register takes what it is given; that nothing comes of it shows in the read-back alone.
                continue
