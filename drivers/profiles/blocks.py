"""``[bus]`` and ``[[block]]``: how the device is spoken to and what is read in one request."""

from __future__ import annotations

import string

from drivers.ascii.codecs import CODECS
from drivers.profiles.schema import Block, Bus, Protocol
from drivers.profiles.toml_table import NAME, Table, unique

SPACES = ("holding", "input", "coil", "discrete")
MOST_BITS = 2000
MOST_REGISTERS = 125


def read_bus(table: Table | None, protocol: Protocol) -> Bus:
    if table is None:
        return Bus(1.0)
    bus = Bus(
        timeout_s=table.number("timeout_s", above=0.0, high=60.0),
        min_gap_s=table.number("min_gap_s", 0.0, low=0.0, high=10.0),
        post_connect_s=table.number("post_connect_s", 0.0, low=0.0, high=60.0),
        late_reply_guard_s=table.number("late_reply_guard_s", 0.0, low=0.0, high=60.0),
        max_read_registers=(
            table.integer("max_read_registers", MOST_REGISTERS, low=1, high=MOST_REGISTERS)
            if protocol == "modbus"
            else MOST_REGISTERS
        ),
        turnaround_s=table.number("turnaround_s", 0.0, low=0.0, high=60.0),
    )
    if bus.turnaround_s >= bus.timeout_s:
        table.note(
            "timeout_s",
            f"{bus.timeout_s:g} s is not longer than turnaround_s = {bus.turnaround_s:g} s; no reply could be in time",
        )
    table.done()
    return bus


def read_blocks(tables: list[Table], bus: Bus, protocol: Protocol) -> dict[str, Block]:
    blocks: dict[str, Block] = {}
    named: list[tuple[Table, str]] = []
    for table in tables:
        name = table.text("name", pattern=NAME)
        every_s = table.number("every_s", above=0.0, high=86_400.0)
        block = (
            _registers(table, name, every_s, bus) if protocol == "modbus" else _query(table, name, every_s, protocol)
        )
        table.done()
        named.append((table, name))
        blocks.setdefault(name, block)
    unique(named, "block")
    return blocks


def _registers(table: Table, name: str, every_s: float, bus: Bus) -> Block:
    space = table.choice("space", SPACES)
    start = table.integer("start")
    bits = space in ("coil", "discrete")
    count = table.integer("count", low=1, high=MOST_BITS if bits else MOST_REGISTERS)
    if not bits and count > bus.max_read_registers:
        table.note(
            "count", f"{count} is more than [bus] max_read_registers = {bus.max_read_registers}; make two blocks of it"
        )
    if start + count > 65536:
        table.note("count", f"{start} + {count} goes past the last address 65535")
    return Block(name, every_s, space, start, count)


def _query(table: Table, name: str, every_s: float, protocol: Protocol) -> Block:
    query = read_template(table, "query", {"addr"})
    codec = table.choice("codec", tuple(sorted(c for c in CODECS if c.startswith(protocol + "_"))))
    fields = table.integer("fields", 1, low=1, high=64)
    return Block(name, every_s, query=query, codec=codec, fields=fields)


def read_template(table: Table, key: str, names: set[str], *, default: str | None = None) -> str:
    """A line to be filled in by ``str.format``: braces hold a known name and at most a format of the address."""
    text = table.text(key) if default is None else table.text(key, default)
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        if used <= names:
            sample = text.format(**{name: 1 if name == "addr" else "1" for name in names})
        else:
            table.note(key, f"{text!r} names {', '.join(sorted(used - names))}; known are {', '.join(sorted(names))}")
            return ""
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        table.note(key, f"{text!r} cannot be filled in: {error}")
        return ""
    if "\\" in sample or not (sample.isascii() and sample.isprintable()):
        table.note(key, f"{text!r} is no plain line (no backslash, no end of line, ASCII only)")
        return ""
    return text
