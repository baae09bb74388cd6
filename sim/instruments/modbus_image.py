"""The registers and bits of a simulated Modbus device, kept encoded and renewed where its model changed."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

from drivers.errors import DriverError
from drivers.profiles.codec import encode_command, encode_point, encode_quality
from drivers.profiles.registers import INTEGER_RANGE
from drivers.profiles.schema import Command, Point, Space
from sim.instruments.instrument import Instrument, Value, resting


class Field:
    """One point in one area. Encoding costs more than anything else here, so it is done for news only."""

    __slots__ = ("bits", "key", "offset", "point", "quick", "seen")

    def __init__(self, point: Point, offset: int, key: str) -> None:
        self.point = point
        self.offset = offset
        self.key = key
        self.bits = tuple((f"{point.name}.{bit.name}", bit.bit, bit.active) for bit in point.bits)
        self.quick = None if point.bits else _quick(point)
        self.seen: tuple[Value | None, str | None] = (None, "")


class Quick(NamedTuple):
    """What it takes to encode a plain integer point without asking the codec. Measured: an eighth of the time, and
    the image of an anode monitor is nothing but such points."""

    pack: Callable[[bytearray, int, int], None]
    gain: float
    offset: float
    low: int
    high: int
    messages: frozenset[int]
    """Counts that would be read as a quality; the codec decides about those."""


def _quick(point: Point) -> Quick | None:
    code = {"u16": ">H", "i16": ">h", "u32": ">I", "i32": ">i"}.get(point.type)
    if code is None or point.order != "ABCD" or point.mask:
        return None
    low, high = INTEGER_RANGE[point.type]
    messages = set()
    for sentinel in point.invalid:
        words = _sentinel(point, sentinel.quality)
        if words is not None:
            messages.add(struct.unpack(code, struct.pack(f">{len(words)}H", *words))[0])
    return Quick(struct.Struct(code).pack_into, point.scale.gain, point.scale.offset, low, high, frozenset(messages))


class Area:
    """A run of registers (or bits) without a gap: what one request may span."""

    def __init__(self, space: Space, start: int, count: int) -> None:
        self.space = space
        self.start = start
        self.end = start + count
        self.one_bit = space in ("coil", "discrete")
        self.image = bytearray(count if self.one_bit else 2 * count)
        self.fields: list[Field] = []
        self.version = -1

    def store(self, address: int, words: Iterable[int], mask: int | None = None) -> None:
        """With a mask only its bits change: several points may share one register."""
        offset = address - self.start
        for place, given in enumerate(words, offset):
            word = given
            if self.one_bit:
                self.image[place] = 1 if word else 0
                continue
            if mask:
                (before,) = struct.unpack_from(">H", self.image, 2 * place)
                word = (before & ~mask) | (word & mask)
            struct.pack_into(">H", self.image, 2 * place, word)

    def words(self, address: int, count: int) -> bytes:
        """Registers as they go on the wire."""
        offset = 2 * (address - self.start)
        return bytes(self.image[offset : offset + 2 * count])

    def bits(self, address: int, count: int) -> bytes:
        """Bits packed as they go on the wire, lowest address in the lowest bit."""
        offset = address - self.start
        packed = 0
        for place, bit in enumerate(self.image[offset : offset + count]):
            packed |= bit << place
        return packed.to_bytes((count + 7) // 8, "little")


class ModbusImage:
    """Built from a profile: blocks and commands are the only addresses there are."""

    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument
        profile = instrument.profile
        self.spaces = frozenset(
            [block.space for block in profile.blocks.values() if block.space]
            + [command.space for command in profile.commands.values() if command.space]
        )
        self._areas = _areas(instrument)
        self.commands: dict[tuple[Space, int], Command] = {
            (command.space, command.at): command for command in profile.commands.values() if command.space
        }
        self.reset_outputs()

    def area(self, space: Space, start: int, count: int) -> Area | None:
        """The renewed area that holds the whole span, None if there is none."""
        for area in self._areas:
            if area.space == space and area.start <= start and start + count <= area.end:
                if not self._frozen:
                    self._renew(area)
                return area
        return None

    def reset_outputs(self) -> None:
        """What the command registers show before anyone wrote them: the state of the device."""
        for (space, at), command in self.commands.items():
            value, _ = self._instrument.value_of(command.signal or command.name)
            words = (0,) * command_length(command)
            if isinstance(value, float):
                try:
                    encoded = encode_command(command, value)
                    words = encoded if isinstance(encoded, tuple) else words
                except DriverError:
                    pass  # a device may stand where no order may send it: zero current below a minimum, say
            area = next(area for area in self._areas if area.space == space and area.start <= at < area.end)
            area.store(at, words)

    @property
    def _frozen(self) -> bool:
        return "frozen_value" in self._instrument.faults

    def _renew(self, area: Area) -> None:
        instrument = self._instrument
        version = instrument.model.version
        if area.version == version and "wrong_identity" not in instrument.faults:
            return
        area.version = -1 if "wrong_identity" in instrument.faults else version
        model = instrument.model
        plain = not instrument.faults and not model.quality
        for field in area.fields:
            if plain and field.quick is not None:
                value = model.values.get(field.key)
                if value is not None and self._store_quickly(area, field, field.quick, value):
                    continue
            news = (self._word(field), None) if field.bits else instrument.value_of(field.point.name)
            if news != field.seen:
                field.seen = news
                words = _encode(field.point, *news)
                if words is not None:
                    area.store(area.start + field.offset, words, field.point.mask)

    @staticmethod
    def _store_quickly(area: Area, field: Field, quick: Quick, value: float) -> bool:
        """False where the codec has to decide."""
        if not math.isfinite(value):
            return False
        count = round((value - quick.offset) / quick.gain)
        if not quick.low <= count <= quick.high or count in quick.messages:
            return False
        quick.pack(area.image, 2 * field.offset, count)
        field.seen = (value, None)
        return True

    def _word(self, field: Field) -> float:
        word = 0
        for name, bit, active in field.bits:
            value, _ = self._instrument.value_of(name)
            if bool(value) is bool(active):
                word |= 1 << bit
        return float(word)


def _encode(point: Point, value: Value | None, quality: str | None) -> tuple[int, ...] | None:
    """None leaves the registers as they are."""
    if quality is not None:
        return _sentinel(point, quality)
    if value is None:
        return _sentinel(point, "open_circuit") or _encode_number(point, resting(point))
    return _encode_number(point, value)


def _encode_number(point: Point, value: Value) -> tuple[int, ...] | None:
    try:
        words = encode_point(point, value)
    except (DriverError, ValueError, OverflowError):
        high = isinstance(value, float | int) and value > 0
        return _sentinel(point, "over_range" if high else "under_range")
    return words if isinstance(words, tuple) else None


def _sentinel(point: Point, word: str) -> tuple[int, ...] | None:
    raw = encode_quality(point, word)
    return raw if isinstance(raw, tuple) else None


def command_length(command: Command) -> int:
    """Registers or bits."""
    return {"u32": 2, "i32": 2, "f32": 2, "u64": 4, "i64": 4, "f64": 4}.get(command.type, 1)


def _areas(instrument: Instrument) -> list[Area]:
    profile = instrument.profile
    spans = [(block.space, block.start, block.start + block.count) for block in profile.blocks.values() if block.space]
    spans += [
        (command.space, command.at, command.at + command_length(command))
        for command in profile.commands.values()
        if command.space
    ]
    areas: list[Area] = []
    for space, start, end in sorted(spans):
        if areas and areas[-1].space == space and start <= areas[-1].end:
            first = areas[-1].start
            areas[-1] = Area(space, first, max(areas[-1].end, end) - first)
        else:
            areas.append(Area(space, start, end - start))
    for point in profile.points.values():
        block = profile.blocks[point.block]
        for area in areas:
            if area.space == block.space and area.start <= point.at < area.end:
                key = instrument.source.get(point.name, point.name)
                area.fields.append(Field(point, point.at - area.start, key))
    return areas
