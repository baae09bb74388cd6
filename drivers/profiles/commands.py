"""``[[command]]``: what may be written, within which bounds, and how it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from drivers.profiles.blocks import read_template
from drivers.profiles.points import ORDERS, read_format
from drivers.profiles.references import read_requirements
from drivers.profiles.registers import STRUCT_CODE, WORDS
from drivers.profiles.scaling import check_ref, read_scale, value_range
from drivers.profiles.schema import Command, Confirm, Limits, Order, Point, PointType, Protocol, Scale
from drivers.profiles.toml_table import NAME, Table, unique

_WRITABLE = tuple(STRUCT_CODE)


def read_commands(
    tables: Sequence[Table], points: Mapping[str, Point], protocol: Protocol, order: Order
) -> dict[str, Command]:
    commands: dict[str, Command] = {}
    pairs: list[tuple[Table, Command]] = []
    for table in tables:
        command = _read_command(table, points, protocol, order)
        table.done()
        pairs.append((table, command))
        commands.setdefault(command.name, command)
    unique(((table, command.name) for table, command in pairs), "command")
    for table, command in pairs:
        _check_extra(table, command, commands)
    return commands


def _read_command(table: Table, points: Mapping[str, Point], protocol: Protocol, default_order: Order) -> Command:
    name = table.text("name", pattern=NAME)
    space, at, fc, tx, ok, ref = None, 0, 6, None, None, None
    order = default_order
    if protocol == "modbus":
        space = table.choice("space", ("holding", "coil"))
        at = table.integer("at")
        ref = check_ref(table, space, at)
        kind: PointType = "bool" if space == "coil" else table.choice("type", _WRITABLE)
        if space == "coil":
            table.choice("type", ("bool",), "bool")
        fc = _function(table, space, kind)
        order = table.choice("order", ORDERS, default_order)
    else:
        kind = table.choice("type", ("decimal", "hex"))
        tx = read_template(table, "tx", {"addr", "value"})
        ok = read_template(table, "ok", {"addr"})
        if tx and "{value" not in tx and not table.has("limits"):
            table.note("tx", f"{tx!r} has no {{value}} in it")
    unit = table.text("unit", "")
    command = Command(
        name=name,
        type=kind,
        space=space,
        at=at,
        fc=fc,
        tx=tx,
        ok=ok,
        text_format=read_format(table, kind),
        unit=unit,
        order=order,
        scale=read_scale(table),
        limits=_read_limits(table, unit),
        min_interval_s=table.number("min_interval_s", 0.0, low=0.0, high=3600.0),
        storage=table.choice("storage", ("ram", "eeprom"), "ram"),
        idempotent=table.flag("idempotent", default=True),
        confirm=_read_confirm(table, points, unit),
        requires=read_requirements(table, "requires", points),
        extra=table.texts("extra"),
        signal=table.text("signal", None),
        unverified=table.flag("unverified", default=False),
        ref=ref,
    )
    if command.type == "bool" and command.scale != Scale():
        table.note("scale", "a yes or no has no scale")
    _check_limits(table, command)
    _check_confirm(table, command, points)
    return command


def _function(table: Table, space: str | None, kind: PointType) -> int:
    default = 5 if space == "coil" else 6 if WORDS[kind] == 1 else 16
    fc = table.integer("fc", default, low=1, high=255)
    allowed = (5,) if space == "coil" else (6, 16) if WORDS[kind] == 1 else (16,)
    if fc not in allowed:
        table.note("fc", f"{fc} cannot write a {kind} to {space}; use {' or '.join(map(str, allowed))}")
        return default
    return fc


def _read_limits(table: Table, unit: str) -> Limits | None:
    limits = table.table("limits", inline=True)
    if limits is None:
        if unit:
            table.note("limits", f"is missing; a command in {unit} needs limits = {{ min = ..., max = ... }}")
        return None
    low, high = limits.number("min"), limits.number("max")
    step = limits.number("max_step_up", None, above=0.0)
    rate = limits.number("max_rate_up_per_s", None, above=0.0)
    limits.done()
    if not low <= high:
        limits.note("max", f"{high:g} is below min = {low:g}")
        return None
    return Limits(low, high, step, rate)


def _read_confirm(table: Table, points: Mapping[str, Point], unit: str) -> Confirm | None:
    confirm = table.table("confirm", inline=True)
    if confirm is None:
        return None
    name = confirm.text("point")
    tolerance = confirm.number("tolerance", low=0.0)
    within_s = confirm.number("within_s", above=0.0, high=600.0)
    confirm.done()
    point = points.get(name)
    if point is None:
        confirm.note("point", f"{name!r} is no point; there is {', '.join(points) or 'none'}")
        return None
    if point.unit != unit:
        confirm.note("point", f"{name!r} is in {point.unit or 'no unit'}, the command in {unit or 'no unit'}")
    return Confirm(name, tolerance, within_s)


def _check_limits(table: Table, command: Command) -> None:
    span, limits = value_range(command.type, command.scale), command.limits
    if span is None or limits is None:
        return
    if limits.low < span[0] or limits.high > span[1]:
        table.note(
            "limits",
            f"{limits.low:g} to {limits.high:g} {command.unit} goes beyond what {command.type} with this scale can "
            f"hold ({span[0]:g} to {span[1]:g}); narrow them, or correct type or scale",
        )


def _check_confirm(table: Table, command: Command, points: Mapping[str, Point]) -> None:
    if command.confirm is None:
        return
    point = points[command.confirm.point]
    # Each side rounds by up to half a count of its own; a tolerance below that refuses good set-points.
    least = 0.0
    for item in (command, point):
        if item.type in ("decimal", "f32", "f64"):
            continue
        least += 0.5 * abs(item.scale.gain)
    if command.unit and command.confirm.tolerance < least:
        table.note(
            "confirm",
            f"tolerance {command.confirm.tolerance:g} {command.unit} is below the rounding of both sides, "
            f"{least:.3g} {command.unit}; make it larger",
        )


def _check_extra(table: Table, command: Command, commands: Mapping[str, Command]) -> None:
    if not command.extra:
        return
    if command.fc != 16 or command.tx is not None:
        table.note("extra", "companions travel in one frame of function 16; set fc = 16")
    spans = [(command.at, WORDS.get(command.type, 1))]
    for name in command.extra:
        other = commands.get(name)
        if other is None or other is command:
            table.note("extra", f"{name!r} is no other command; there is {', '.join(commands)}")
            continue
        if other.space != command.space:
            table.note("extra", f"{name!r} is in {other.space}, {command.name!r} in {command.space}")
        spans.append((other.at, WORDS.get(other.type, 1)))
    spans.sort()
    for (at, width), (following, _) in pairwise(spans):
        if at + width != following:
            table.note("extra", f"registers {at} and {following} do not follow one another; one frame cannot hold them")
