"""What the ASCII instruments share: queries and set commands looked up in the profile, replies kept while they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from drivers.ascii.codecs import CODECS
from drivers.errors import DriverError
from drivers.profiles.codec import decode_command, encode_point, encode_quality
from drivers.profiles.schema import Block, Command, Point
from sim.devices.model import DeviceModel
from sim.instruments.instrument import Instrument, InstrumentPlan, resting

NUMBER = r"[+-]?\d+(?:\.\d*)?"
SIGNIFICANT_DIGITS = 5
"""Of numbers whose format the profile leaves to the device: what the display of a supply has."""


class TextOrder(NamedTuple):
    command: Command
    value: float
    done: str
    """The reply that says so."""


class OutOfLimits(Exception):
    def __init__(self, high: bool) -> None:
        super().__init__("above the limits" if high else "below the limits")
        self.high = high


class TextInstrument(Instrument):
    def __init__(self, plan: InstrumentPlan, model: DeviceModel, advance: Callable[[], None]) -> None:
        super().__init__(plan, model, advance)
        self._queries = {
            block.query.format(addr=self.unit): block
            for block in self.profile.blocks.values()
            if block.query is not None
        }
        self._points: dict[str, list[Point]] = {name: [] for name in self.profile.blocks}
        for point in self.profile.points.values():
            self._points[point.block].append(point)
        self._orders = [
            (_pattern(command, self.unit), command) for command in self.profile.commands.values() if command.tx
        ]
        self._kept: dict[str, tuple[int, str]] = {}

    def query(self, text: str) -> str | None:
        """The reply to a query of the profile, None if ``text`` is none."""
        block = self._queries.get(text)
        if block is None:
            return None
        kept = self._kept.get(text)
        if kept is not None and ("frozen_value" in self.faults or kept[0] == self.model.version):
            return kept[1]
        reply = self._reply(block)
        self._kept[text] = (-1 if "wrong_identity" in self.faults else self.model.version, reply)
        return reply

    def order(self, text: str) -> TextOrder | None:
        """The set command that ``text`` is, None if it is none of the profile's. Raises OutOfLimits."""
        for pattern, command in self._orders:
            found = pattern.fullmatch(text)
            if found is None:
                continue
            value = decode_command(command, found.groupdict().get("value") or "1")
            limits = command.limits
            if limits is not None and not limits.low <= value <= limits.high:
                raise OutOfLimits(value > limits.high)
            return TextOrder(command, value, (command.ok or "OK").format(addr=self.unit))
        return None

    def _reply(self, block: Block) -> str:
        fields = {point.field: self._text(point) for point in self._points[block.name]}
        return CODECS[block.codec or "dcon_text"].encode(fields, self.unit)

    def _text(self, point: Point) -> str:
        if point.bits:
            word = 0
            for bit in point.bits:
                value, _ = self.value_of(f"{point.name}.{bit.name}")
                word |= (bool(value) is bool(bit.active)) << bit.bit
            return str(encode_point(point, float(word)))
        value, quality = self.value_of(point.name)
        if value is None and quality is None:
            quality = "open_circuit"
        if quality is not None:
            message = _first_sentinel(point, (quality, "open_or_over"))
            if message is not None:
                return message
        if value is None:
            value = resting(point)
        if point.type == "decimal" and not point.text_format and not isinstance(value, str):
            value = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
        try:
            return str(encode_point(point, value))
        except (DriverError, ValueError):
            out_of_range = _first_sentinel(point, ("over_range", "open_or_over", "under_range"))
            if out_of_range is None:
                raise
            return out_of_range


def _first_sentinel(point: Point, words: Iterable[str]) -> str | None:
    for word in words:
        raw = encode_quality(point, word)
        if raw is not None:
            return str(raw)
    return None


def _pattern(command: Command, unit: int) -> re.Pattern[str]:
    """A regular expression out of a template such as ``PC {value:.2f}``."""
    pieces = re.split(r"(\{[^{}]*\})", command.tx or "")
    pattern = ""
    for piece in pieces:
        if piece.startswith("{addr"):
            pattern += re.escape(piece.format(addr=unit))
        elif piece.startswith("{value"):
            pattern += f"(?P<value>{NUMBER})"
        else:
            pattern += re.escape(piece)
    return re.compile(pattern)
