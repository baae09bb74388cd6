"""``[identity]``, ``[check]``, ``[watchdog]``, ``[sequence.*]``, ``[exceptions]``: who it is and what it does alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.errors import NotWritable
from drivers.profiles.encode import encode_command
from drivers.profiles.references import Points, read_condition, read_requirement, read_requirements
from drivers.profiles.schema import (
    Command,
    Condition,
    ExceptionPolicy,
    Identity,
    Sequence,
    Step,
    Watchdog,
)
from drivers.profiles.toml_table import NAME, Table

Commands = Mapping[str, Command]
_ACTIONS = ("ramp_to_hold", "off", "keep", "stop", "none")


def read_identity(table: Table | None, points: Points) -> Identity:
    if table is None:
        return Identity((), None)
    conditions = [read_condition(item, points) for item in table.tables("all", "all", inline=True, title="point")]
    simulated_table = table.table("simulated", inline=True)
    simulated = read_condition(simulated_table, points) if simulated_table is not None else None
    reason = table.text("reason", "")
    if not conditions and len(reason) < 10:
        table.note(
            "all",
            'is empty; name points that tell this device from others, or write reason = "..." (ten letters or more) '
            "why it cannot be told",
        )
    table.done()
    return Identity(tuple(c for c in conditions if c is not None), simulated, reason)


def read_checks(top: Table, points: Points) -> tuple[Condition, ...]:
    checks = top.table("check")
    if checks is None:
        return ()
    found: list[Condition] = []
    for name in checks.data:
        table = checks.table(name, inline=True)
        condition = read_condition(table, points) if table is not None else None
        if condition is not None:
            found.append(condition)
    return tuple(found)


def read_watchdog(table: Table | None, points: Points, commands: Commands) -> Watchdog:
    if table is None:
        return Watchdog("none")
    mode = table.choice("mode", ("increment", "toggle", "any_traffic", "none"))
    reason = table.text("reason", "")
    if mode == "none":
        if len(reason) < 10:
            table.note("reason", 'mode = "none" needs a reason of ten letters or more: why is silence harmless here?')
        table.done()
        return Watchdog("none", reason=reason)
    table.choice("every", ("scan",), "scan")
    write, echo = None, None
    if mode != "any_traffic":
        write = _reference(table, "write", commands, "command", required=True)
        echo = _reference(table, "echo", points, "point", required=False)
    action = table.choice("device_action", _ACTIONS)
    needs_ramp = action == "ramp_to_hold"
    fallback = table.text("fallback", None)
    watchdog = Watchdog(
        mode=mode,
        write=write,
        echo=echo,
        device_timeout_s=table.number("device_timeout_s", above=0.0, high=3600.0),
        device_ramp_s=(
            table.number("device_ramp_s", low=0.0, high=3600.0)
            if needs_ramp
            else table.number("device_ramp_s", 0.0, low=0.0, high=3600.0)
        ),
        device_action=action,
        fallback=read_requirement(table, "fallback", fallback, points) if fallback is not None else None,
        latches=table.flag("latches", default=True),
        reason=reason,
    )
    if write is not None and commands[write].type not in ("u16", "u32", "bool"):
        table.note("write", f"{write!r} is a {commands[write].type}; a heartbeat counts in u16")
    table.done()
    return watchdog


def check_storage(named: Mapping[str, Table], commands: Commands, watchdog: Watchdog) -> None:
    """A register in EEPROM survives some ten thousand writes: a day of heartbeats."""
    for name, command in commands.items():
        if command.storage == "eeprom" and name in named:
            if watchdog.write == name:
                named[name].note("storage", "the heartbeat may not go to EEPROM; it would wear out within days")
            elif command.signal is not None:
                named[name].note(
                    "storage",
                    f"signal {command.signal!r} is written cyclically and may not go to EEPROM; use a ram register",
                )


def read_sequences(top: Table, points: Points, commands: Commands, kind: str) -> dict[str, Sequence]:
    tables = top.table("sequence")
    sequences: dict[str, Sequence] = {}
    for name in tables.data if tables is not None else ():
        assert tables is not None
        if not NAME.fullmatch(name):
            tables.note(name, "is no name; write lower-case letters, digits and _, a letter first")
        inner = tables.table(name)
        if inner is None:
            continue
        table = Table(inner.data, f"[sequence.{name}]", top.notes)
        pre = read_requirements(table, "pre", points)
        if name == "stop" and pre:
            table.note("pre", "stop must be possible from every state; take the conditions away")
        steps = [_read_step(item, points, commands) for item in table.tables("steps", "steps", inline=True, title="")]
        if not steps:
            table.note("steps", "has no steps")
        table.done()
        sequences[name] = Sequence(name, tuple(step for step in steps if step is not None), pre)
    if kind == "rectifier" and commands:
        for name in ("take_remote", "start", "stop"):
            if name not in sequences:
                top.note("sequence", f"a rectifier that can be written to needs [sequence.{name}]")
    return sequences


def _read_step(table: Table, points: Points, commands: Commands) -> Step | None:
    given = [key for key in ("write", "wait", "delay_s") if table.has(key)]
    if len(given) != 1:
        table.note("", "wants exactly one of write, wait and delay_s")
        return None
    step: Step | None = None
    if given == ["write"]:
        name = _reference(table, "write", commands, "command", required=True)
        value = table.number("value")
        if name is not None:
            step = Step(write=name, value=value)
            try:
                encode_command(commands[name], value)
            except NotWritable as error:
                table.note("value", str(error))
    elif given == ["wait"]:
        met = table.flag("is", default=True)
        requirement = read_requirement(table, "wait", table.text("wait"), points, negate=not met)
        within_s = table.number("within_s", above=0.0, high=600.0)
        step = Step(wait=requirement, within_s=within_s) if requirement is not None else None
    else:
        step = Step(delay_s=table.number("delay_s", above=0.0, high=600.0))
    table.done()
    return step


def read_exceptions(table: Table | None) -> ExceptionPolicy:
    default = ExceptionPolicy()
    if table is None:
        return default
    policy = ExceptionPolicy(
        retry=table.integers("retry", default.retry, low=1, high=255),
        link=table.integers("link", default.link, low=1, high=255),
        fatal=table.integers("fatal", default.fatal, low=1, high=255),
    )
    table.done()
    codes = policy.retry + policy.link + policy.fatal
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        table.note("", f"code {code} stands in two lists; it can have one treatment only")
    return policy


def _reference(table: Table, key: str, known: Mapping[str, Any], noun: str, *, required: bool) -> str | None:
    name = table.text(key) if required else table.text(key, None)
    if name is None or (required and not table.has(key)):
        return None
    if name not in known:
        table.note(key, f"{name!r} is no {noun}; there is {', '.join(known) or 'none'}")
        return None
    return name
