"""``repeat = { n = [0, 1, 2], stride = 1 }``: one point written once for many channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drivers.profiles.toml_table import Notes, Table


def expand_points(tables: list[Table], notes: Notes) -> list[Table]:
    return [copy for table in tables for copy in _copies(table, notes)]


def _copies(table: Table, notes: Notes) -> Iterator[Table]:
    repeat = table.table("repeat", inline=True)
    data = table.data
    name = data.get("name")
    braces = isinstance(name, str) and ("{n}" in name or "{m}" in name)
    if repeat is None:
        if braces:
            table.note(
                "name", f"{name!r} holds a place for a number but there is no repeat = {{ n = [...], stride = 1 }}"
            )
        else:
            yield table
        return
    numbers = repeat.integers("n", low=0, high=999)
    stride = repeat.integer("stride", 1, low=1, high=1000)
    repeat.done()
    if not numbers or len(set(numbers)) != len(numbers):
        repeat.note("n", "wants different numbers, one per channel, such as [0, 1, 2]")
        return
    if not braces:
        table.note("name", f"{name!r} is repeated and must hold {{n}} or {{m}}, or all copies would have one name")
        return
    for place, number in enumerate(numbers):
        copy = {key: _filled(value, number) for key, value in data.items() if key != "repeat"}
        _move(copy, place * stride)
        if place > 0:
            copy.pop("ref", None)
        yield Table(copy, f'point "{copy["name"]}"', notes)


def _filled(value: Any, number: int) -> Any:
    """``{n}`` is the number itself, ``{m}`` the next: channels count from 0, thermocouples and anodes from 1."""
    if isinstance(value, str):
        return value.replace("{n}", str(number)).replace("{m}", str(number + 1))
    if isinstance(value, Mapping):
        return {key: _filled(item, number) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, number) for item in value]
    return value


def _move(copy: dict[str, Any], distance: int) -> None:
    for key in ("at", "field"):
        start = copy.get(key)
        if isinstance(start, int) and not isinstance(start, bool):
            copy[key] = start + distance
