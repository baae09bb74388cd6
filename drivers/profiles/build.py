"""From the TOML document and parameter values to a resolved profile, noting every mistake on the way."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from drivers.profiles.blocks import read_blocks, read_bus
from drivers.profiles.commands import read_commands
from drivers.profiles.points import ORDERS, read_points
from drivers.profiles.repeat import expand_points
from drivers.profiles.scaling import value_range
from drivers.profiles.schema import Command, Point, Protocol, ResolvedProfile
from drivers.profiles.supervision import (
    check_storage,
    read_checks,
    read_exceptions,
    read_identity,
    read_sequences,
    read_watchdog,
)
from drivers.profiles.toml_table import NAME, Notes, Table
from drivers.profiles.vectors import read_vectors

PROTOCOLS: Final[tuple[Protocol, ...]] = ("modbus", "dcon", "genesys")
RATED_CURRENT: Final = "i_rated"
"""Parameter by which a rectifier profile gives the current its unit can deliver, in A."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


def build(document: Mapping[str, Any], notes: Notes) -> ResolvedProfile:
    """Complete only where ``notes`` stayed empty; otherwise stand-ins fill the gaps."""
    top = Table(document, "", notes)
    head = top.table("profile", required=True) or Table({}, "[profile]", Notes(notes.file))
    protocol: Protocol = head.choice("protocol", PROTOCOLS)
    identifier = head.text(
        "id", pattern=_ID, unnamed="is no id; write lower-case letters, digits, . - and _, as in plc.rectifier"
    )
    kind = head.text("kind", pattern=NAME)
    version = head.text("version", pattern=_VERSION, unnamed="is no version; write three numbers, as in 1.0.0")
    source = head.text("source")
    order = head.choice("word_order", ORDERS, "ABCD")
    checksum = head.flag("checksum", default=False)
    if protocol == "modbus" and head.has("checksum"):
        head.note("checksum", "Modbus has its own; this key is for ASCII protocols")
    if head.has("source") and len(source) < 5:
        head.note("source", "name the document (title, table, revision) the addresses were taken from")
    head.done()
    top.known("params")

    bus = read_bus(top.table("bus", required=True), protocol)
    blocks = read_blocks(top.tables("block", "block"), bus, protocol)
    if not blocks:
        top.note("block", "is missing; a profile reads at least one [[block]]")
    points = read_points(expand_points(top.tables("point", "point"), notes), blocks, protocol, order)
    command_tables = top.tables("command", "command")
    commands = read_commands(command_tables, points, protocol, order)
    identity = read_identity(top.table("identity", required=True), points)
    checks = read_checks(top, points)
    watchdog = read_watchdog(top.table("watchdog", required=True), points, commands)
    check_storage({str(t.data.get("name")): t for t in command_tables}, commands, watchdog)
    sequences = read_sequences(top, points, commands, kind)
    exceptions = read_exceptions(top.table("exceptions"))
    vectors = read_vectors(top.tables("vector", "vector", title=""), points, commands)
    _check_rating(kind, points, commands, notes)
    top.done()
    return ResolvedProfile(
        id=identifier,
        kind=kind,
        version=version,
        source=source,
        protocol=protocol,
        checksum=checksum,
        bus=bus,
        parameters=notes.parameters,
        blocks=blocks,
        points=points,
        commands=commands,
        identity=identity,
        checks=checks,
        watchdog=watchdog,
        sequences=sequences,
        exceptions=exceptions,
        vectors=vectors,
        content_hash=content_hash(document),
    )


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of what the file says, whatever its comments, order of keys and spacing."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_rating(kind: str, points: Mapping[str, Point], commands: Mapping[str, Command], notes: Notes) -> None:
    """A signed word of amperes overflows at 32 767 A: half of a 60 kA unit, and four fifths of a 40 kA one."""
    rated = notes.parameters.get(RATED_CURRENT)
    if kind != "rectifier" or not isinstance(rated, float):
        return
    for noun, items in (("point", points), ("command", commands)):
        for item in items.values():
            span, where = value_range(item.type, item.scale), f'{noun} "{item.name}"'
            if where in {mistake.table for mistake in notes.mistakes}:
                continue  # its type or scale is a stand-in
            if item.unit == "A" and span is not None and span[1] < rated:
                notes.note(
                    where,
                    "type",
                    f"{item.type} with this scale ends at {span[1]:g} A, below the rated {rated:g} A; "
                    "use a wider type or a larger scale",
                )
