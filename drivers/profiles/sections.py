"""A resolved profile as titled tables of text, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from drivers.profiles.schema import Command, Condition, Limits, Point, ResolvedProfile, Scale, Step

Row = tuple[str, ...]

_REF_DIGIT = {"coil": 0, "discrete": 1, "input": 3, "holding": 4}


class Section(NamedTuple):
    """A table with ``headers``, or name–value pairs where there are none."""

    title: str
    headers: Row
    rows: Sequence[Row]


def profile_sections(profile: ResolvedProfile) -> Iterator[Section]:
    yield Section("", (), list(_head(profile)))
    if profile.parameters:
        yield Section("parameters", (), [(name, plain(value)) for name, value in profile.parameters.items()])
    yield Section("identity", (), list(_identity(profile)))
    yield _blocks(profile)
    for name in profile.blocks:
        yield _points(profile, name)
    if profile.commands:
        headers = ("command", "?", "where", "type", "scale", "unit", "limits", "signal", "needs, reads back")
        yield Section("commands", headers, [_command(command) for command in profile.commands.values()])
    yield Section("watchdog", (), list(_watchdog(profile)))
    if profile.sequences:
        rows = [
            (sequence.name, ", ".join(map(str, sequence.pre)), "; ".join(map(_step, sequence.steps)))
            for sequence in profile.sequences.values()
        ]
        yield Section("sequences", ("sequence", "only if", "steps"), rows)


def plain(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"


def _head(profile: ResolvedProfile) -> Iterator[Row]:
    yield "profile", f"{profile.id} {profile.version}"
    yield "kind", profile.kind
    yield "source", profile.source
    yield "protocol", profile.protocol + (" with checksum" if profile.checksum else "")
    bus = profile.bus
    waits = f"time-out {bus.timeout_s:g} s, turnaround {bus.turnaround_s:g} s"
    yield "timing", f"{waits}, late-reply guard {bus.late_reply_guard_s:g} s"
    yield "content", f"sha256 {profile.content_hash[:16]}…, {len(profile.vectors)} golden vectors"
    count = sum(point.unverified for point in profile.points.values())
    count += sum(command.unverified for command in profile.commands.values())
    if count:
        yield "unverified", f"{count} points and commands (marked ?): compare them with the device's own document"


def _identity(profile: ResolvedProfile) -> Iterator[Row]:
    identity = profile.identity
    for condition in identity.all:
        yield "must be", _condition(condition)
    if not identity.all:
        yield "none", identity.reason
    if identity.simulated is not None:
        yield "simulated if", _condition(identity.simulated)
    for condition in profile.checks:
        yield "set up so", _condition(condition)


def _condition(condition: Condition) -> str:
    return f"{condition.point} = {' or '.join(plain(value) for value in condition.allowed)}"


def _blocks(profile: ResolvedProfile) -> Section:
    rows = []
    for block in profile.blocks.values():
        if block.query is not None:
            what = f"{block.query.format(addr=1)} (unit 1), {block.codec}, {block.fields} fields"
        else:
            what = f"{block.space} {block.start} to {block.start + block.count - 1}"
        rows.append((block.name, what, f"{block.every_s:g} s"))
    return Section("blocks", ("block", "reads", "every"), rows)


def _points(profile: ResolvedProfile, block_name: str) -> Section:
    block = profile.blocks[block_name]
    rows: list[Row] = []
    for point in profile.points.values():
        if point.block != block_name:
            continue
        if block.space is None:
            where, ref = str(point.field), ""
        else:
            where, ref = str(point.at), point.ref or f"{_REF_DIGIT[block.space]}{point.at + 1:04d}"
        kind = point.type + (f" {point.order}" if point.order != "ABCD" else "")
        kind += f" & {point.mask:#06x}" if point.mask else ""
        rows.append(
            (
                point.name,
                _mark(point),
                where,
                ref,
                kind,
                _scale(point.scale),
                point.unit,
                point.signal or "",
                _remarks(point),
            )
        )
        for bit in point.bits:
            remark = ", ".join(
                [bit.severity] * (bit.severity != "info")
                + ["latched"] * bit.latched
                + ["active low"] * (not bit.active)
            )
            rows.append((f".{bit.name}", "", f"bit {bit.bit}", "", "", "", "", bit.signal or "", remark))
    headers = (
        "point",
        "at" if block.space else "field",
        "ref",
        "type",
        "scale",
        "unit",
        "signal",
        "messages, range",
        "",
    )
    return Section(f'points of block "{block_name}"', headers, rows)


def _scale(scale: Scale) -> str:
    if scale == Scale():
        return ""
    offset = f" {scale.offset:+.6g}" if scale.offset else ""
    return f"× {scale.gain:.6g}{offset}"


def _remarks(point: Point) -> str:
    parts = [f"{_raw(sentinel.raw)} = {sentinel.quality}" for sentinel in point.invalid]
    if point.plausible is not None:
        parts.append(f"{point.plausible[0]:g} to {point.plausible[1]:g}")
    if point.max_rate_per_s is not None:
        parts.append(f"≤ {point.max_rate_per_s:g}/s")
    parts += [f"{number} = {label}" for number, label in point.labels.items()]
    return ", ".join(parts + ([point.note] if point.note else []))


def _raw(raw: int | str) -> str:
    return raw if isinstance(raw, str) else f"{raw:#x}"


def _mark(item: Point | Command) -> str:
    return "?" if item.unverified else ""


def _command(command: Command) -> Row:
    if command.tx is not None:
        where = f"{command.tx.format(addr=1, value='…')} → {(command.ok or '').format(addr=1)}"
    else:
        where = f"{command.space} {command.at}, function {command.fc}"
    conditions = [str(requirement) for requirement in command.requires]
    if command.confirm is not None:
        confirm = command.confirm
        conditions.append(f"→ {confirm.point} ± {confirm.tolerance:g} within {confirm.within_s:g} s")
    conditions += [f"with {name}" for name in command.extra]
    conditions += ["sent once only"] * (not command.idempotent) + ["EEPROM"] * (command.storage == "eeprom")
    return (
        command.name,
        _mark(command),
        where,
        command.type,
        _scale(command.scale),
        command.unit,
        _limits(command.limits),
        command.signal or "",
        ", ".join(conditions),
    )


def _limits(limits: Limits | None) -> str:
    if limits is None:
        return ""
    parts = [f"{limits.low:g} to {limits.high:g}"]
    if limits.max_step_up is not None:
        parts.append(f"up ≤ {limits.max_step_up:g}")
    if limits.max_rate_up_per_s is not None:
        parts.append(f"up ≤ {limits.max_rate_up_per_s:g}/s")
    return ", ".join(parts)


def _watchdog(profile: ResolvedProfile) -> Iterator[Row]:
    watchdog = profile.watchdog
    if watchdog.mode == "none":
        yield "none", watchdog.reason
        return
    fed_by = "any frame" if watchdog.mode == "any_traffic" else f"{watchdog.write} ({watchdog.mode})"
    yield "fed by", fed_by + (f", echoed in {watchdog.echo}" if watchdog.echo else "")
    yield "acts after", f"{watchdog.device_timeout_s:g} s: {watchdog.device_action}, {watchdog.device_ramp_s:g} s long"
    if watchdog.fallback is not None:
        yield "seen by", f"{watchdog.fallback}{', latched' if watchdog.latches else ''}"


def _step(step: Step) -> str:
    if step.write is not None:
        return f"{step.write} ← {plain(step.value)}"
    if step.wait is not None:
        return f"wait {step.within_s:g} s for {step.wait}"
    return f"pause {step.delay_s:g} s"
