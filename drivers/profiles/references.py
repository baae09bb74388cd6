"""Names inside a profile: ``status.remote``, ``!status.trip``; points and values of identity and other checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.profiles.schema import Condition, Point, Requirement
from drivers.profiles.toml_table import Table

_REQUIREMENT = re.compile(r"(!?)([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?")
Points = Mapping[str, Point]


def read_requirement(table: Table, key: str, text: str, points: Points, *, negate: bool = False) -> Requirement | None:
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        table.note(key, f"{text!r} is no condition; write point.bit, or !point.bit for its opposite")
        return None
    name, bit = found[2], found[3]
    point = points.get(name)
    if point is None:
        table.note(key, f"{text!r}: there is no point {name!r}")
        return None
    bits = [b.name for b in point.bits]
    if bit is not None and bit not in bits:
        table.note(key, f"{text!r}: point {name!r} has no bit {bit!r}; it has {', '.join(bits) or 'none'}")
        return None
    if bit is None and point.type not in ("bool", "word"):
        table.note(
            key, f"{text!r}: {name!r} is no yes or no; name one of its bits ({', '.join(bits) or 'it has none'})"
        )
        return None
    return Requirement(name, bit, (found[1] == "!") is not negate)


def read_requirements(table: Table, key: str, points: Points) -> tuple[Requirement, ...]:
    found = [read_requirement(table, key, text, points) for text in table.texts(key)]
    return tuple(requirement for requirement in found if requirement is not None)


def read_condition(table: Table, points: Points) -> Condition | None:
    """``{ point, equals }``, ``{ point, in = [...] }``, ``{ point, parameter }`` (equal to a parameter's value) or
    ``{ point, by = "tc_type", equals = { K = 15, N = 21 } }`` (equal to what the table gives for a choice)."""
    name = table.text("point")
    point = points.get(name)
    if point is None and table.has("point"):
        table.note("point", f"{name!r} is no point; there is {', '.join(points) or 'none'}")
    given = [key for key in ("equals", "in", "parameter") if table.has(key)]
    if len(given) != 1:
        table.note("", "wants exactly one of equals, in and parameter")
        table.known("equals", "in", "parameter", "by")
        table.done()
        return None
    allowed = _allowed(table, given[0])
    table.done()
    if point is None or allowed is None:
        return None
    for value in allowed:
        if isinstance(value, str) is not (point.type in ("string", "text")):
            wanted = "a text" if point.type in ("string", "text") else "a number"
            table.note(given[0], f"{value!r}: point {name!r} gives {wanted}")
    return Condition(name, allowed)


def _allowed(table: Table, key: str) -> tuple[int | float | str, ...] | None:
    value = table.raw(key)
    if key == "parameter":
        known = table.notes.parameters
        if isinstance(value, str) and value in known:
            return (known[value],)
        table.note(key, f"{value!r} is no parameter; [params] has {', '.join(known) or 'none'}")
        return None
    if key == "in":
        if not isinstance(value, list) or not value:
            table.note(key, "wants a list of allowed values")
            return None
        return tuple(_plain(table, key, item) for item in value)
    if table.has("by") or isinstance(value, dict):
        return _by_choice(table, value)
    return (_plain(table, key, value),)


def _by_choice(table: Table, rows: Any) -> tuple[int | float | str, ...] | None:
    by = table.text("by")
    choice = table.notes.parameters.get(by)
    if not isinstance(rows, dict) or not isinstance(choice, str):
        table.note("by", f"{by!r}: a table by choice wants by = an enum parameter and equals = {{ choice = value }}")
        return None
    if choice not in rows:
        table.note("equals", f"lacks {choice!r}, a choice of {by}")
        return None
    values = {name: _plain(table, "equals", row) for name, row in rows.items()}
    return (values[choice],)


def _plain(table: Table, key: str, value: object) -> int | float | str:
    if isinstance(value, str):
        return value
    number = None if isinstance(value, bool) else table.as_number(key, value)
    if number is None:
        if isinstance(value, bool):
            table.note(key, f"{str(value).lower()} is no number; write 1 or 0")
        return 0
    return int(number) if number.is_integer() else number
