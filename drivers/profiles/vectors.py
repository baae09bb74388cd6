"""``[[vector]]``: raw values and what they mean, from a manual or a bus capture, held against decoder and encoder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drivers.errors import DriverError
from drivers.profiles.codec import BlockDecoder, decode_command, encode_command, encode_point, encode_quality
from drivers.profiles.encode import FLOAT_HALF_STEP
from drivers.profiles.registers import word_count
from drivers.profiles.schema import Command, Point, ResolvedProfile, Vector
from drivers.profiles.toml_table import Table
from drivers.reading import Quality

Resolver = Callable[[Mapping[str, float | str]], ResolvedProfile]


def read_vectors(
    tables: Sequence[Table], points: Mapping[str, Point], commands: Mapping[str, Command]
) -> tuple[Vector, ...]:
    return tuple(v for v in (_read_vector(table, points, commands) for table in tables) if v is not None)


def _read_vector(table: Table, points: Mapping[str, Point], commands: Mapping[str, Command]) -> Vector | None:
    point, command = table.text("point", None), table.text("command", None)
    registers = table.integers("registers", low=0, high=0xFFFF)
    text, quality = table.text("text", None), table.text("quality", None)
    expect: Any = table.raw("expect")
    if expect is not None and not isinstance(expect, str):
        expect = table.as_number("expect", expect)
    params = table.table("params", inline=True)
    source = table.text("source", "")
    table.done()
    before = len(table.notes.mistakes)
    if (point is None) is (command is None):
        table.note("", "wants exactly one of point and command")
    known = {*points, *(f"{p.name}.{b.name}" for p in points.values() for b in p.bits)}
    if point is not None and point not in known:
        table.note("point", f"{point!r} is no point; there is {', '.join(points) or 'none'}")
    if command is not None and command not in commands:
        table.note("command", f"{command!r} is no command; there is {', '.join(commands) or 'none'}")
    if table.has("registers") is (text is not None):
        table.note("", "wants exactly one of registers and text")
    if (expect is None) is (quality is None):
        table.note("", "wants exactly one of expect and quality")
    if len(table.notes.mistakes) > before:
        return None
    return Vector(point, command, expect, registers, text, quality, dict(params.data) if params else {}, source)


def check_vectors(vectors: Sequence[Vector], resolve: Resolver, note: Callable[[str, str], None]) -> None:
    """Calls ``note(where, text)`` for each disagreement."""
    for number, vector in enumerate(vectors, start=1):
        profile = resolve(vector.parameters)
        for text in _disagreements(vector, profile):
            note(f"[[vector]] {number}", text)


def _disagreements(vector: Vector, profile: ResolvedProfile) -> list[str]:
    if vector.command is not None:
        return _command_disagreements(vector, profile.commands[vector.command])
    assert vector.point is not None
    name, _, bit = vector.point.partition(".")
    point = profile.points[name]
    raw = _block_image(vector, profile, point)
    if raw is None:
        return [f"{vector.point}: {len(vector.registers)} registers given, its type has {_width(profile, point)}"]
    reading = BlockDecoder(profile, point.block).decode(raw, 0.0)[vector.point]
    found: list[str] = []
    if vector.quality is not None:
        if reading.quality is not Quality.BAD or reading.reason != vector.quality:
            found.append(f"{vector.point} reads {_said(reading)}, expected quality {vector.quality}")
        if encode_quality(point, vector.quality) not in (_raw(vector), None):
            found.append(f"{vector.point}: {vector.quality} is written {encode_quality(point, vector.quality)!r}")
        return found
    assert vector.expect is not None
    if not _agrees(point, reading.value, vector.expect):
        found.append(f"{vector.point} reads {_said(reading)}, expected {vector.expect}")
    elif not bit and point.type != "text" and not point.mask:
        # Spelling of a text number is the device's own affair: compare what it is read as.
        try:
            encoded = encode_point(point, vector.expect)
        except DriverError as error:
            found.append(str(error))
        else:
            if encoded != _raw(vector) and not (isinstance(encoded, str) and _same_number(point, encoded, vector)):
                found.append(f"{vector.point} = {vector.expect} is written {encoded!r}, expected {_raw(vector)!r}")
    return found


def _command_disagreements(vector: Vector, command: Command) -> list[str]:
    found: list[str] = []
    if vector.expect is None or isinstance(vector.expect, str):
        return [f"command {command.name}: expect must be a number"]
    try:
        encoded = encode_command(command, vector.expect)
        if encoded != _raw(vector):
            found.append(f"{command.name} = {vector.expect:g} is written {encoded!r}, expected {_raw(vector)!r}")
        back = decode_command(command, _raw(vector))
        if not _agrees(command, back, vector.expect):
            found.append(f"{command.name}: {_raw(vector)!r} is read as {back:g}, expected {vector.expect:g}")
    except (DriverError, ValueError) as error:
        found.append(str(error))
    return found


def _block_image(vector: Vector, profile: ResolvedProfile, point: Point) -> Any:
    block = profile.blocks[point.block]
    if block.space is None:
        return {point.field: vector.text}
    if len(vector.registers) != _width(profile, point):
        return None
    image = [0] * block.count
    image[point.at - block.start : point.at - block.start + len(vector.registers)] = vector.registers
    return image


def _width(profile: ResolvedProfile, point: Point) -> int:
    bits = profile.blocks[point.block].space in ("coil", "discrete")
    return 1 if bits else word_count(point.type, point.length)


def _agrees(item: Point | Command, value: float | str | None, expect: float | str) -> bool:
    """Manuals print rounded numbers: half a count of the device is as close as they can be."""
    if value is None or isinstance(value, str) or isinstance(expect, str):
        return value == expect
    relative = FLOAT_HALF_STEP.get(item.type)
    half = abs(expect) * 1e-6 if relative is not None or item.type == "decimal" else 0.5 * abs(item.scale.gain)
    return abs(value - expect) <= half + 1e-9 * abs(expect)


def _same_number(point: Point, encoded: str, vector: Vector) -> bool:
    if point.type == "hex":
        return int(encoded, 16) == int(vector.text or "", 16)
    return float(encoded) == float(vector.text or "nan")


def _raw(vector: Vector) -> tuple[int, ...] | str:
    return vector.registers if vector.text is None else vector.text


def _said(reading: Any) -> str:
    return reading.reason if reading.quality is Quality.BAD else str(reading.value)
