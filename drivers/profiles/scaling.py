"""``scale``/``offset`` or ``map`` of a point or command, as one gain and offset."""

from __future__ import annotations

import re

from drivers.profiles.registers import INTEGER_RANGE
from drivers.profiles.schema import PointType, Scale
from drivers.profiles.toml_table import Table

_REF = re.compile(r"([0134])(\d{4,5})")
_REF_SPACE = {"0": "coil", "1": "discrete", "3": "input", "4": "holding"}


def read_scale(table: Table) -> Scale:
    """``map = { raw = [a, b], eng = [c, d] }`` draws a line through two points; its ends may name parameters."""
    mapping = table.table("map", inline=True)
    gain, offset = table.number("scale", None), table.number("offset", None)
    if gain == 0.0:
        table.note("scale", "0 would make every value the same; leave it out or give the value of one count")
        gain = None
    if mapping is None:
        return Scale(1.0 if gain is None else gain, 0.0 if offset is None else offset)
    if gain is not None or offset is not None:
        table.note("map", "stands beside scale or offset; use one or the other")
    raw, eng = mapping.pair("raw"), _ends(mapping, "eng")
    mapping.done()
    gain = (eng[1] - eng[0]) / (raw[1] - raw[0])
    return Scale(gain, eng[0] - gain * raw[0])


def _ends(mapping: Table, key: str) -> tuple[float, float]:
    """Unlike ``raw``, engineering ends may fall (an inverted transmitter), but not be the same."""
    value = mapping.raw(key)
    if not isinstance(value, list) or len(value) != 2:
        mapping.note(key, "two numbers or parameter names are wanted: [at the first raw, at the second raw]")
        return 0.0, 1.0
    first, second = mapping.as_number(key, value[0]), mapping.as_number(key, value[1])
    if first is None or second is None:
        return 0.0, 1.0
    if first == second:
        mapping.note(key, f"both ends are {first:g}; that is no scale")
        return 0.0, 1.0
    return first, second


def value_range(kind: PointType, scale: Scale) -> tuple[float, float] | None:
    """Smallest and largest engineering value the type can hold; None for floats and text."""
    if kind not in INTEGER_RANGE:
        return None
    low, high = INTEGER_RANGE[kind]
    ends = (low * scale.gain + scale.offset, high * scale.gain + scale.offset)
    return min(ends), max(ends)


def check_ref(table: Table, space: str | None, at: int) -> str | None:
    """A reference as manuals print it, one-based with its table in front: "40001" is holding register 0."""
    ref = table.text("ref", None)
    if ref is None:
        return None
    found = _REF.fullmatch(ref)
    if found is None:
        table.note("ref", f"{ref!r} is no reference; write five or six digits such as 40001 or 300129")
    elif space is not None and (_REF_SPACE[found[1]] != space or int(found[2]) - 1 != at):
        said = f"{_REF_SPACE[found[1]]} {int(found[2]) - 1}"
        table.note("ref", f"{ref!r} is {said} counted from zero, but this is {space} {at}; correct `at` or `ref`")
    return ref
