"""``[[point]]``: one value each, and whether it fits into its block beside the others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from drivers.profiles.registers import ASCII_TYPES, INTEGER_RANGE, REGISTER_TYPES, word_count
from drivers.profiles.scaling import check_ref, read_scale, value_range
from drivers.profiles.schema import Bit, Block, Order, Point, PointType, Protocol, Scale, Sentinel
from drivers.profiles.toml_table import NAME, Table, unique

ORDERS: tuple[Order, ...] = ("ABCD", "DCBA", "BADC", "CDAB")
_DECIMAL_FORMAT = re.compile(r"\+?(0\d{1,2})?\.\d{1,2}f")
_HEX_FORMAT = re.compile(r"0\d{1,2}X")
_QUALITY = re.compile(r"[a-z][a-z0-9_]{0,31}")
_BIT_WIDTH: Mapping[str, int] = {"u16": 16, "u32": 32, "hex": 16}


def read_points(
    tables: Sequence[Table], blocks: Mapping[str, Block], protocol: Protocol, order: Order
) -> dict[str, Point]:
    points: dict[str, Point] = {}
    named: list[tuple[Table, str]] = []
    placed: dict[str, list[tuple[Table, Point]]] = {name: [] for name in blocks}
    for table in tables:
        before = len(table.notes.mistakes)
        point = _read_point(table, blocks, protocol, order)
        table.done()
        if len(table.notes.mistakes) == before:
            _check_span(table, point)
        named.append((table, point.name))
        points.setdefault(point.name, point)
        if point.block in blocks and len(table.notes.mistakes) == before:
            placed[point.block].append((table, point))
    unique(named, "point")
    for name, members in placed.items():
        if protocol == "modbus":
            _check_layout(blocks[name], members)
    return points


def _read_point(table: Table, blocks: Mapping[str, Block], protocol: Protocol, default_order: Order) -> Point:
    name = table.text("name", pattern=NAME)
    block_name = table.text("block")
    block = blocks.get(block_name)
    if block is None and table.has("block"):
        table.note("block", f"{block_name!r} is no block; there is {', '.join(blocks) or 'none'}")
    kind = _read_type(table, block, protocol)
    at, field, length = 0, 0, 1  # type: int, int | str, int
    order = default_order
    ref = None
    if protocol == "modbus":
        at = table.integer("at")
        if block is not None:
            ref = check_ref(table, block.space, at)
        if kind == "string":
            length = table.integer("length", low=1, high=125)
        order = table.choice("order", ORDERS, default_order)
    else:
        field = _read_field(table)
    scale = read_scale(table) if kind not in ("string", "text") else Scale()
    point = Point(
        name=name,
        block=block_name,
        type=kind,
        at=at,
        field=field,
        length=length,
        mask=_read_mask(table, kind),
        text_format=read_format(table, kind),
        unit=table.text("unit", ""),
        order=order,
        scale=scale,
        invalid=_read_sentinels(table, kind),
        plausible=table.pair("plausible", None) if kind not in ("string", "text") else None,
        max_rate_per_s=table.number("max_rate_per_s", None, above=0.0),
        stale_after_s=table.number("stale_after_s", None, above=0.0),
        bits=_read_bits(table, kind),
        labels=_read_labels(table, kind),
        signal=table.text("signal", None),
        unverified=table.flag("unverified", default=False),
        ref=ref,
        note=table.text("note", ""),
    )
    if block is not None and block.space in ("coil", "discrete") and point.scale not in (Scale(), Scale(-1.0, 1.0)):
        table.note("scale", "a bit has no scale; scale = -1 with offset = 1 turns it round")
    return point


def _read_type(table: Table, block: Block | None, protocol: Protocol) -> PointType:
    choices = REGISTER_TYPES if protocol == "modbus" else ASCII_TYPES
    if protocol == "modbus" and block is not None and block.space in ("coil", "discrete"):
        choices = ("bool",)
    kind: PointType = table.choice("type", choices)
    return kind


def _read_field(table: Table) -> int | str:
    value = table.raw("field")
    if value is None:
        return 0
    if isinstance(value, str) and value:
        return value
    return table.integer("field", 0, low=0, high=63)


def _read_mask(table: Table, kind: PointType) -> int:
    if kind not in ("u16", "u32") or not table.has("mask"):
        return 0
    mask = table.integer("mask", low=1, high=INTEGER_RANGE[kind][1])
    body = mask >> (mask & -mask).bit_length() - 1
    if body & (body + 1):
        table.note("mask", f"{mask:#x} has a gap; its bits must be neighbours")
    return mask if kind == "u16" else _wide_mask(table, mask)


def _wide_mask(table: Table, mask: int) -> int:
    table.note("mask", f"{mask:#x} is of u32; cut a value out of one register (u16)")
    return 0


def read_format(table: Table, kind: PointType) -> str:
    if kind == "decimal":
        form, default = _DECIMAL_FORMAT, ".3f"
    elif kind == "hex":
        form, default = _HEX_FORMAT, "02X"
    else:
        return ""
    text = table.text("format", default)
    if not form.fullmatch(text):
        table.note("format", f"{text!r} is no format of a {kind}; write one such as {default!r}")
        return default
    return text


def _read_sentinels(table: Table, kind: PointType) -> tuple[Sentinel, ...]:
    sentinels: list[Sentinel] = []
    for item in table.tables("invalid", "invalid", inline=True, title="quality"):
        quality = item.text("quality", pattern=_QUALITY)
        raw = item.raw("raw")
        if raw is None:
            item.note("raw", "is missing")
        elif kind in ASCII_TYPES:
            raw = item.text("raw")
        elif kind == "string":
            item.note("raw", "a string has no sentinels")
        else:
            low, high = INTEGER_RANGE.get(kind, (-(2**63), 2**63))
            raw = item.integer("raw", low=low, high=max(high, high - low if low < 0 else high))
        item.done()
        if isinstance(raw, int | str):
            sentinels.append(Sentinel(raw, quality))
    if len({s.raw for s in sentinels}) != len(sentinels):
        table.note("invalid", "gives one raw value two meanings")
    return tuple(sentinels)


def _read_bits(table: Table, kind: PointType) -> tuple[Bit, ...]:
    tables = table.tables("bits", "bit", inline=True)
    if tables and kind not in _BIT_WIDTH:
        table.note("bits", f"a {kind} has no bits; use one of {', '.join(_BIT_WIDTH)}")
        return ()
    bits: list[Bit] = []
    for item in tables:
        bits.append(
            Bit(
                bit=item.integer("bit", low=0, high=_BIT_WIDTH[kind] - 1),
                name=item.text("name", pattern=NAME),
                active=item.integer("active", 1, low=0, high=1),
                severity=item.choice("severity", ("info", "warning", "trip"), "info"),
                latched=item.flag("latched", default=False),
                signal=item.text("signal", None),
            )
        )
        item.done()
    unique(((item, bit.name) for item, bit in zip(tables, bits, strict=True)), "bit")
    if len({bit.bit for bit in bits}) != len(bits):
        table.note("bits", "names one bit twice")
    return tuple(bits)


def _read_labels(table: Table, kind: PointType) -> dict[int, str]:
    labels = table.table("labels", inline=True)
    if labels is None:
        if kind == "word":
            table.note("labels", 'is missing; a word wants the texts it may be: { 0 = "OFF", 1 = "ON" }')
        return {}
    found: dict[int, str] = {}
    for key in labels.data:
        if not re.fullmatch(r"-?\d{1,10}", key):
            labels.note(key, 'a label stands under its number: { 0 = "off", 1 = "on" }')
        found[int(key) if re.fullmatch(r"-?\d{1,10}", key) else 0] = labels.text(key)
    return found


def _check_span(table: Table, point: Point) -> None:
    span = value_range(point.type, point.scale)
    if span is None or point.plausible is None:
        return
    low, high = point.plausible
    if low < span[0] or high > span[1]:
        table.note(
            "plausible",
            f"[{low:g}, {high:g}] {point.unit} goes beyond what {point.type} with this scale can hold "
            f"({span[0]:g} to {span[1]:g}); narrow it, or correct type or scale",
        )


def _check_layout(block: Block, members: Sequence[tuple[Table, Point]]) -> None:
    bits = block.space in ("coil", "discrete")
    taken: dict[int, Point] = {}
    end = block.start + block.count
    for table, point in members:
        width = 1 if bits else word_count(point.type, point.length)
        if not block.start <= point.at or point.at + width > end:
            last = f" to {point.at + width - 1}" if width > 1 else ""
            table.note(
                "at",
                f"{point.at}{last} is outside block {block.name!r}: {block.space} {block.start} to {end - 1}",
            )
            continue
        for address in range(point.at, point.at + width):
            other = taken.setdefault(address, point)
            if other is not point and not _share(other, point):
                table.note("at", f"{address} already belongs to point {other.name!r}; two values cannot share it")
                break


def _share(one: Point, other: Point) -> bool:
    """Values cut out of one word by masks that do not touch."""
    same = (one.at, one.type, one.order) == (other.at, other.type, other.order)
    return same and one.mask != 0 and other.mask != 0 and one.mask & other.mask == 0
