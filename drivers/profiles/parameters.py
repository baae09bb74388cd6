"""``[params]`` of a profile and what an instance makes of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from drivers.profiles.schema import Parameter
from drivers.profiles.toml_table import NAME, Notes, Table

Values = Mapping[str, float | str]


def read_parameters(document: Mapping[str, Any], notes: Notes) -> dict[str, Parameter]:
    top = Table(document, "", notes)
    params = top.table("params")
    if params is None:
        return {}
    parameters: dict[str, Parameter] = {}
    for name in document["params"]:
        table = params.table(name, inline=True)
        if table is None:
            continue
        if not NAME.fullmatch(name):
            params.note(name, "is no name; write lower-case letters, digits and _, a letter first")
        parameters[name] = _follower(name, table) if table.has("from") else _setting(name, table)
        table.done()
    for name, parameter in parameters.items():
        if parameter.table_of is not None:
            _check_table(Table({}, f"[params] {name}", notes), parameter, parameters)
    return parameters


def _setting(name: str, table: Table) -> Parameter:
    unit = table.text("unit", "")
    choices = table.texts("enum")
    default = table.raw("default")
    low, high = table.number("low", None), table.number("high", None)
    parameter = Parameter(name, unit, None, choices, low, high)
    if choices and default is None:
        return parameter
    if default is None:
        if low is None or high is None:
            table.note("default", "is missing; give one, or low and high between which an instance must choose")
        return parameter
    value = _value(parameter, default, table, "default", text=isinstance(default, str))
    return Parameter(name, unit, value, choices, low, high)


def _follower(name: str, table: Table) -> Parameter:
    parent, unit = table.text("from"), table.text("unit", "")
    rows = table.table("table", inline=True, required=True)
    values: dict[str, float] = {}
    for key in table.raw("table") or {} if rows is not None else {}:
        assert rows is not None
        values[key] = rows.number(key)
    return Parameter(name, unit, table_of=parent, table=values)


def _check_table(table: Table, parameter: Parameter, parameters: Mapping[str, Parameter]) -> None:
    parent = parameters.get(parameter.table_of or "")
    if parent is None or not parent.choices:
        names = ", ".join(p.name for p in parameters.values() if p.choices) or "none"
        table.note("from", f"{parameter.table_of!r} is no parameter with an enum; there is {names}")
        return
    for choice in parent.choices:
        if choice not in parameter.table:
            table.note("table", f"lacks {choice!r}, a choice of {parent.name}; give it a number")
    for key in parameter.table:
        if key not in parent.choices:
            table.note("table", f"{key!r} is no choice of {parent.name} ({', '.join(parent.choices)})")


def _value(parameter: Parameter, given: object, table: Table, key: str, *, text: bool) -> float | str | None:
    if parameter.choices:
        if given in parameter.choices:
            return str(given)
        table.note(key, f"{given!r} is none of {', '.join(parameter.choices)}")
    elif text:
        if isinstance(given, str) and given.isprintable():
            return given
        table.note(key, f"{given!r} is no plain text; put it in quotes")
    elif isinstance(given, str):
        table.note(key, f"{given!r} is no number; leave the quotes out")
    else:
        return _number(parameter, given, table, key)
    return None


def _number(parameter: Parameter, given: object, table: Table, key: str) -> float | None:
    number = table.as_number(key, given)
    low = -math.inf if parameter.low is None else parameter.low
    high = math.inf if parameter.high is None else parameter.high
    if number is None or low <= number <= high:
        return number
    table.note(key, f"{number:g} is outside {low:g} to {high:g} {parameter.unit}".rstrip())
    return None


def example_values(parameters: Mapping[str, Parameter]) -> dict[str, float | str]:
    """Values to check a profile with, before any instance chose."""
    values: dict[str, float | str] = {}
    for name, parameter in parameters.items():
        if parameter.table_of is not None:
            continue
        if parameter.default is not None:
            values[name] = parameter.default
        elif parameter.choices:
            values[name] = parameter.choices[0]
        elif parameter.low is not None and parameter.high is not None:
            values[name] = 0.5 * (parameter.low + parameter.high)
    _with_followers(parameters, values)
    for name, parameter in parameters.items():
        if parameter.table_of is not None:
            values.setdefault(name, next(iter(parameter.table.values()), 1.0))
    return values


def instance_values(
    parameters: Mapping[str, Parameter], given: Mapping[str, Any], notes: Notes, where: str = "parameters"
) -> dict[str, float | str]:
    """What an instance set, its defaults and what follows from them; mistakes go to ``notes``."""
    table = Table(given, where, notes)
    values: dict[str, float | str] = {}
    for name, parameter in parameters.items():
        if parameter.table_of is not None:
            if name in given:
                table.note(name, f"cannot be set: it follows from {parameter.table_of}")
            table.known(name)
            continue
        if name in given:
            value = _value(parameter, table.raw(name), table, name, text=isinstance(parameter.default, str))
        else:
            value = parameter.default
            if value is None:
                table.note(name, f"has no default and must be given: {_wanted(parameter)}")
        if value is not None:
            values[name] = value
        table.known(name)
    table.done()
    return _with_followers(parameters, values)


def _wanted(parameter: Parameter) -> str:
    if parameter.choices:
        return f"one of {', '.join(parameter.choices)}"
    if parameter.low is None or parameter.high is None:
        return f"a number {parameter.unit}".rstrip()
    return f"{parameter.low:g} to {parameter.high:g} {parameter.unit}".rstrip()


def _with_followers(parameters: Mapping[str, Parameter], values: dict[str, float | str]) -> dict[str, float | str]:
    for name, parameter in parameters.items():
        if parameter.table_of is not None:
            choice = values.get(parameter.table_of)
            if isinstance(choice, str) and choice in parameter.table:
                values[name] = parameter.table[choice]
    return values
