"""From engineering values to registers and text, for commands and simulated instruments. Nothing is ever clamped."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from typing import Final

from drivers.errors import NotWritable
from drivers.profiles.decode import DECIMAL, HEX
from drivers.profiles.registers import INTEGER_RANGE, STRUCT_CODE, arrange, signed, word_count
from drivers.profiles.schema import Command, Point, PointType

Encoded = tuple[int, ...] | str

FLOAT_HALF_STEP: Final = {"f32": 2.0**-24, "f64": 2.0**-53}
"""Half a unit in the last place, relative."""

_FRACTION = re.compile(r"\.(\d+)f$")
_WIDTH = re.compile(r"^\+?0(\d+)")


def encode_command(command: Command, value: float) -> Encoded:
    """Registers, or for ASCII the text of the value.

    Raises NotWritable for what is no finite number, outside the limits, or would come back as another value: further
    from the order than half a count, after one rounding to nearest even.
    """
    number = _finite(command.name, value)
    limits = command.limits
    if limits is not None and not limits.low <= number <= limits.high:
        raise NotWritable(
            f"{command.name} = {number:g} {command.unit}".rstrip()
            + f" is outside its limits {limits.low:g} to {limits.high:g}"
        )
    return _encode_number(command, number)


def encode_point(point: Point, value: float | str) -> Encoded:
    """What a device holding ``value`` would show. Raises NotWritable, also where the value's own pattern is one of the
    point's sentinels: it would be read as a message."""
    if point.type in ("string", "text"):
        if not isinstance(value, str):
            raise NotWritable(f"{point.name}: a text is wanted, not {value!r}")
        return value if point.type == "text" else _encode_string(point, value)
    if isinstance(value, str):
        raise NotWritable(f"{point.name}: a number is wanted, not {value!r}")
    encoded = _encode_number(point, _finite(point.name, value))
    for sentinel in point.invalid:
        if encoded == _sentinel(point, sentinel.raw):
            raise NotWritable(f"{point.name} = {value:g}: its pattern means {sentinel.quality}")
    return encoded


def encode_quality(point: Point, word: str) -> Encoded | None:
    """The pattern by which the device says ``word``; None if it has none."""
    for sentinel in point.invalid:
        if sentinel.quality == word:
            return _sentinel(point, sentinel.raw)
    return None


def decode_command(command: Command, raw: Sequence[int] | str) -> float:
    """The engineering value of a command as it arrived. Raises ValueError for what is no value of its type."""
    scale = command.scale
    if isinstance(raw, str):
        if command.type == "hex":
            if not HEX.fullmatch(raw):
                raise ValueError(f"{command.name}: {raw!r} is not hexadecimal")
            return int(raw, 16) * scale.gain + scale.offset
        if not DECIMAL.fullmatch(raw):
            raise ValueError(f"{command.name}: {raw!r} is no number")
        return float(raw) * scale.gain + scale.offset
    if len(raw) != word_count(command.type, 1):
        raise ValueError(f"{command.name}: {len(raw)} registers are no {command.type}")
    if command.type == "bool":
        return float(raw[0] != 0) * scale.gain + scale.offset
    words = arrange(raw, command.type, command.order)
    try:
        (number,) = struct.unpack(">" + STRUCT_CODE[command.type], struct.pack(f">{len(words)}H", *words))
    except struct.error as error:
        raise ValueError(f"{command.name}: {error}") from None
    if command.type == "bcd16":
        number = int(f"{number:04x}")
    value: float = number * scale.gain + scale.offset
    if not math.isfinite(value):
        raise ValueError(f"{command.name}: {value} is no finite number")
    return value


def _finite(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotWritable(f"{name}: a number is wanted, not {value!r}")
    try:
        number = float(value)
    except OverflowError:
        raise NotWritable(f"{name}: the number is too large for anything") from None
    if not math.isfinite(number):
        raise NotWritable(f"{name}: {number} is no finite number")
    return number


def _encode_number(item: Point | Command, value: float) -> Encoded:
    scale = item.scale
    raw = (value - scale.offset) / scale.gain
    if not math.isfinite(raw):
        raise NotWritable(f"{item.name} = {value:g} does not fit into {item.type}")
    if item.type == "decimal":
        return _decimal_text(item, value, raw)
    if item.type in FLOAT_HALF_STEP:
        return _float_words(item, value, raw)
    count = round(raw)
    _check_round_trip(item, value, count * scale.gain + scale.offset, 0.5 * abs(scale.gain))
    if item.type == "hex":
        return _hex_text(item, count)
    if isinstance(item, Point) and item.type == "word":
        if count not in item.labels:
            raise NotWritable(f"{item.name} = {value:g}: there is no word for it")
        return item.labels[count]
    if isinstance(item, Point) and item.mask:
        return (_masked(item, count),)
    low, high = INTEGER_RANGE[item.type]
    if not low <= count <= high:
        raise NotWritable(f"{item.name} = {value:g} does not fit into {item.type} ({low} to {high})")
    if item.type == "bcd16":
        count = int(str(count), 16)
    return _words(item.type, item, count)


def _words(kind: PointType, item: Point | Command, number: float) -> tuple[int, ...]:
    data = struct.pack(">" + STRUCT_CODE[kind], number)
    return arrange(struct.unpack(f">{len(data) // 2}H", data), kind, item.order)


def _float_words(item: Point | Command, value: float, raw: float) -> tuple[int, ...]:
    code = ">" + STRUCT_CODE[item.type]
    try:
        (stored,) = struct.unpack(code, struct.pack(code, raw))
    except (OverflowError, struct.error):
        raise NotWritable(f"{item.name} = {value:g} does not fit into {item.type}") from None
    half = FLOAT_HALF_STEP[item.type] * abs(raw) + 2.0**-149
    _check_round_trip(item, value, stored * item.scale.gain + item.scale.offset, half * abs(item.scale.gain))
    return _words(item.type, item, raw)


def _decimal_text(item: Point | Command, value: float, raw: float) -> str:
    text = format(raw, item.text_format)
    if float(text) == 0.0:
        # "-0000.0" would say below range to some modules.
        text = format(0.0, item.text_format)
    fraction, width = _FRACTION.search(item.text_format), _WIDTH.match(item.text_format)
    if width is not None and len(text) > int(width[1]):
        raise NotWritable(f"{item.name} = {value:g} does not fit into {width[1]} characters")
    half = 0.5 * 10.0 ** -int(fraction[1] if fraction else 0) * abs(item.scale.gain)
    _check_round_trip(item, value, float(text) * item.scale.gain + item.scale.offset, half)
    return text


def _hex_text(item: Point | Command, count: int) -> str:
    digits = int(_WIDTH.match(item.text_format)[1]) if item.text_format else 2  # type: ignore[index]
    if not 0 <= count < 16**digits:
        raise NotWritable(f"{item.name} = {count} does not fit into {digits} hexadecimal digits")
    return format(count, item.text_format)


def _masked(point: Point, count: int) -> int:
    shift = (point.mask & -point.mask).bit_length() - 1
    if count < 0 or (count << shift) & ~point.mask:
        raise NotWritable(f"{point.name} = {count} does not fit into mask {point.mask:#06x}")
    return count << shift


def _check_round_trip(item: Point | Command, value: float, back: float, half_count: float) -> None:
    # The sum itself rounds: allow for that, and for nothing else.
    noise = 4.0 * 2.0**-53 * (abs(value) + abs(item.scale.offset))
    if not abs(back - value) <= half_count * (1.0 + 1e-9) + noise:
        raise NotWritable(f"{item.name} = {value:g} would become {back:g}")


def _encode_string(point: Point, value: str) -> tuple[int, ...]:
    try:
        data = value.encode("ascii")
    except UnicodeEncodeError:
        raise NotWritable(f"{point.name}: {value!r} is not plain text") from None
    if len(data) > 2 * point.length:
        raise NotWritable(f"{point.name}: {value!r} is longer than {2 * point.length} characters")
    data = data.ljust(2 * point.length, b"\0")
    return arrange(struct.unpack(f">{point.length}H", data), "string", point.order)


def _sentinel(point: Point, raw: int | str) -> Encoded:
    if isinstance(raw, str):
        return raw
    if point.type in FLOAT_HALF_STEP:
        return _words(point.type, point, float(raw))
    return _words(point.type, point, signed(raw, point.type))
