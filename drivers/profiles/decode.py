"""From registers, bits and text fields to readings. This is the scan's hot path: all decisions are taken at start."""

from __future__ import annotations

import math
import re
import struct
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from drivers.profiles.registers import STRUCT_CODE, WORDS, signed, swap_bytes, swaps_bytes, word_order
from drivers.profiles.schema import Block, Point, ResolvedProfile
from drivers.reading import Quality, Reading, bad

Raw = Sequence[int] | Mapping[int | str, str]

_LARGEST: Final = sys.float_info.max
DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
HEX = re.compile(r"[0-9A-Fa-f]{1,16}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")

_reading = tuple.__new__
"""Reading(...) without the detour over keyword handling; worth a third of a block's decoding time."""


class BlockDecoder:
    """Decodes every reply of one block; build it once.

    ``decode(raw, time_s)`` gives one Reading per point and one (1.0 or 0.0, ``active`` applied) per "point.bit". It
    never raises for what a device sent: a reply of the wrong length makes every point BAD with "wrong_length".
    ``raw`` holds the block's registers or bits in order, or the fields of an ASCII reply.
    """

    __slots__ = ("decode",)

    decode: Callable[[Any, float], dict[str, Reading]]

    def __init__(self, profile: ResolvedProfile, block_name: str) -> None:
        block = profile.blocks[block_name]
        points = [point for point in profile.points.values() if point.block == block_name]
        if block.space in ("holding", "input"):
            self.decode = _RegisterDecoder(block, points).decode
        elif block.space is None:
            self.decode = _TextDecoder(points).decode
        else:
            self.decode = _BitDecoder(block, points).decode


def decode_block(profile: ResolvedProfile, block: str, raw: Raw, time_s: float) -> dict[str, Reading]:
    """For single looks; a scan keeps a BlockDecoder."""
    return BlockDecoder(profile, block).decode(raw, time_s)


class _NumberPlan(NamedTuple):
    name: str
    slot: int
    gain: float
    offset: float
    low: float
    high: float
    sentinels: Mapping[float, str] | None


class _OtherPlan(NamedTuple):
    point: Point
    slot: int
    sentinels: Mapping[float, str]


class _BitPlan(NamedTuple):
    point: str
    slot: int
    bits: tuple[tuple[str, int, bool], ...]


class _RegisterDecoder:
    def __init__(self, block: Block, points: Sequence[Point]) -> None:
        slots: dict[tuple[Any, ...], int] = {}
        order: list[int] = []
        swapped: list[bool] = []
        layout = ">"
        numbers: list[_NumberPlan] = []
        others: list[_OtherPlan] = []
        words: list[_BitPlan] = []
        for point in points:
            key = (point.at, point.type, point.length, point.order)
            if key not in slots:
                slots[key] = len(slots)
                picked = word_order(point.type, point.length, point.order)
                order += [point.at - block.start + i for i in picked]
                swapped += [swaps_bytes(point.order)] * len(picked)
                layout += f"{2 * point.length}s" if point.type == "string" else STRUCT_CODE[point.type]
            slot = slots[key]
            low, high = point.plausible or (-_LARGEST, _LARGEST)
            sentinels = _sentinels(point)
            if point.mask or point.type in ("string", "bcd16", "bool"):
                others.append(_OtherPlan(point, slot, sentinels))
            else:
                scale = point.scale
                numbers.append(_NumberPlan(point.name, slot, scale.gain, scale.offset, low, high, sentinels or None))
            if point.bits:
                words.append(_BitPlan(point.name, slot, _bit_masks(point)))
        self._names = tuple(_names(points))
        self._count = block.count
        # itemgetter gives no tuple for a single index, so a lone word is picked twice and the second left unpacked.
        self._pick = itemgetter(*order) if len(order) > 1 else itemgetter(*(order or [0]), *(order or [0]))
        self._swapped = tuple(swapped) if any(swapped) else None
        picked_count = max(len(order), 2)
        self._pack = struct.Struct(f">{picked_count}H").pack
        self._unpack = struct.Struct(layout).unpack_from
        self._numbers = tuple(numbers)
        self._others = tuple(others)
        self._words = tuple(words)

    def decode(self, raw: Sequence[int], time_s: float) -> dict[str, Reading]:
        if len(raw) != self._count:
            return dict.fromkeys(self._names, bad("wrong_length", time_s))
        words = self._pick(raw)
        if self._swapped is not None:
            words = [swap_bytes(word) if swap else word for word, swap in zip(words, self._swapped, strict=False)]
            words += [0] * (2 - len(words))
        values = self._unpack(self._pack(*words))
        good, no_text = Quality.GOOD, ""
        readings: dict[str, Reading] = {}
        for name, slot, gain, offset, low, high, sentinels in self._numbers:
            number = values[slot]
            if sentinels is not None and number in sentinels:
                readings[name] = bad(sentinels[number], time_s)
                continue
            value = number * gain + offset
            if low <= value <= high:
                readings[name] = _reading(Reading, (value, good, no_text, time_s))
            else:
                readings[name] = bad("implausible" if math.isfinite(value) else "not_finite", time_s)
        for plan in self._others:
            readings[plan.point.name] = _decode_other(plan, values[plan.slot], time_s)
        if self._words:
            on, off = Reading(1.0, good, no_text, time_s), Reading(0.0, good, no_text, time_s)
            for point, slot, bits in self._words:
                word = values[slot]
                reading = readings[point]
                if reading.quality is not good:
                    readings.update(dict.fromkeys((key for key, _, _ in bits), reading))
                    continue
                for key, mask, inverted in bits:
                    readings[key] = off if (word & mask == 0) is not inverted else on
        return readings


def _decode_other(plan: _OtherPlan, raw: Any, time_s: float) -> Reading:
    point = plan.point
    if point.type == "string":
        text = raw.rstrip(b"\0 ").decode("latin-1")
        return Reading(text, Quality.GOOD, "", time_s) if _PRINTABLE.fullmatch(text) else bad("not_text", time_s)
    if raw in plan.sentinels:
        return bad(plan.sentinels[raw], time_s)
    if point.mask:
        raw = (raw & point.mask) >> (point.mask & -point.mask).bit_length() - 1
    if point.type == "bool":
        raw = int(raw != 0)
    elif point.type == "bcd16":
        digits = f"{raw:04x}"
        if not digits.isdecimal():
            return bad("not_bcd", time_s)
        raw = int(digits)
    return _scaled(point, raw, time_s)


class _BitDecoder:
    def __init__(self, block: Block, points: Sequence[Point]) -> None:
        self._count = block.count
        self._names = tuple(_names(points))
        self._plans = tuple((p.name, p.at - block.start, _inverted(p)) for p in points)

    def decode(self, raw: Sequence[int], time_s: float) -> dict[str, Reading]:
        if len(raw) != self._count:
            return dict.fromkeys(self._names, bad("wrong_length", time_s))
        on, off = Reading(1.0, Quality.GOOD, "", time_s), Reading(0.0, Quality.GOOD, "", time_s)
        return {name: off if (not raw[index]) is not inverted else on for name, index, inverted in self._plans}


class _TextDecoder:
    def __init__(self, points: Sequence[Point]) -> None:
        self._plans = tuple(
            (point, {str(s.raw): s.quality for s in point.invalid}, _bit_masks(point)) for point in points
        )
        self._words = {
            point.name: {text: number for number, text in point.labels.items()}
            for point in points
            if point.type == "word"
        }

    def decode(self, raw: Mapping[int | str, str], time_s: float) -> dict[str, Reading]:
        readings: dict[str, Reading] = {}
        words = self._words
        for point, sentinels, bits in self._plans:
            text = raw.get(point.field)
            if text is None:
                reading = bad("missing_field", time_s)
            elif text in sentinels:
                reading = bad(sentinels[text], time_s)
            elif point.type == "text":
                reading = Reading(text, Quality.GOOD, "", time_s)
            elif point.type == "hex":
                reading = _scaled(point, int(text, 16), time_s) if HEX.fullmatch(text) else bad("not_hex", time_s)
            elif point.type == "word":
                number = words[point.name].get(text)
                reading = _scaled(point, number, time_s) if number is not None else bad("unknown_word", time_s)
            elif DECIMAL.fullmatch(text):
                reading = _scaled(point, float(text), time_s)
            else:
                reading = bad("not_a_number", time_s)
            readings[point.name] = reading
            for key, mask, inverted in bits:
                readings[key] = (
                    Reading(float((int(text or "0", 16) & mask == 0) is inverted), Quality.GOOD, "", time_s)
                    if reading.quality is Quality.GOOD
                    else reading
                )
        return readings


def _scaled(point: Point, raw: float, time_s: float) -> Reading:
    value = raw * point.scale.gain + point.scale.offset
    low, high = point.plausible or (-_LARGEST, _LARGEST)
    if low <= value <= high:
        return Reading(value, Quality.GOOD, "", time_s)
    return bad("implausible" if math.isfinite(value) else "not_finite", time_s)


def _sentinels(point: Point) -> dict[float, str]:
    whole = point.type in WORDS and point.type not in ("f32", "f64")
    return {
        signed(s.raw, point.type) if whole else s.raw: s.quality for s in point.invalid if not isinstance(s.raw, str)
    }


def _bit_masks(point: Point) -> tuple[tuple[str, int, bool], ...]:
    return tuple((f"{point.name}.{bit.name}", 1 << bit.bit, bit.active == 0) for bit in point.bits)


def _names(points: Iterable[Point]) -> Iterable[str]:
    for point in points:
        yield point.name
        yield from (f"{point.name}.{bit.name}" for bit in point.bits)


def _inverted(point: Point) -> bool:
    """Scale -1, offset 1 is the one scale that makes sense of a bit: it turns it round."""
    return point.scale.gain < 0.0
