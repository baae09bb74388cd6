"""What a device profile says, as frozen data: built from TOML by the loader, read by drivers and simulated instruments.

A profile describes a device type in one protocol. An *instance* (a device of a plant file) adds link, unit address and
parameters; ``resolve`` turns both into a ``ResolvedProfile`` in which every scale is a number.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Protocol = Literal["modbus", "dcon", "genesys"]
Space = Literal["holding", "input", "coil", "discrete"]
PointType = Literal[
    "u16",
    "i16",
    "u32",
    "i32",
    "f32",
    "u64",
    "i64",
    "f64",
    "bcd16",
    "bool",
    "string",
    "decimal",
    "text",
    "hex",
    "word",
]
Order = Literal["ABCD", "DCBA", "BADC", "CDAB"]
QualityWord = str  # "open_circuit", "over_range", "under_range", "sensor_fault", "open_or_over", ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named number or choice that an instance may set, or that follows from another by a table."""

    name: str
    unit: str = ""
    default: float | str | None = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    table_of: str | None = None
    table: Mapping[str, float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bus:
    timeout_s: float
    min_gap_s: float = 0.0
    post_connect_s: float = 0.0
    late_reply_guard_s: float = 0.0
    max_read_registers: int = 125
    turnaround_s: float = 0.0
    """Worst time the device takes to begin its reply; with the wire time it bounds ``timeout_s`` from below."""


@dataclass(frozen=True, slots=True)
class Block:
    """What is read in one request: a run of registers or bits, or one ASCII query.

    ``query`` is a template for ``str.format`` with ``addr`` (int); ``codec`` names the reply grammar in
    ``drivers.ascii`` ("dcon_fields", "dcon_text", "genesys_status", "genesys_number", "genesys_text").
    """

    name: str
    every_s: float
    space: Space | None = None
    start: int = 0
    count: int = 0
    query: str | None = None
    codec: str | None = None
    fields: int = 1


@dataclass(frozen=True, slots=True)
class Sentinel:
    """A raw value (or, for ASCII, a text) that is no number but a message."""

    raw: int | str
    quality: QualityWord


@dataclass(frozen=True, slots=True)
class Bit:
    bit: int
    name: str
    active: int = 1
    severity: Literal["info", "warning", "trip"] = "info"
    latched: bool = False
    signal: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """``engineering = raw * gain + offset``; resolved from scale/offset or from a two-point map."""

    gain: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One value inside a block.

    ``at`` is the zero-based PDU address of its first register or bit (Modbus); ``field`` is its place in the reply
    (ASCII), a number or a name such as "MV". ``signal`` is the process signal it supplies ("line_current_a");
    instances may rename or add signals. ``plausible`` is a closed range in engineering units: outside it is BAD.
    "hex" is a hexadecimal field of ASCII, "word" one of the texts in ``labels``, whose number is the value.
    ``mask`` (0: none) cuts the value out of its word, shifted down to the lowest bit of the mask. ``text_format`` is
    how an ASCII device writes the value ("+07.1f", "02X"); decoding does not depend on it.
    """

    name: str
    block: str
    type: PointType
    at: int = 0
    field: int | str = 0
    length: int = 1
    mask: int = 0
    text_format: str = ""
    unit: str = ""
    order: Order = "ABCD"
    scale: Scale = Scale()
    invalid: tuple[Sentinel, ...] = ()
    plausible: tuple[float, float] | None = None
    max_rate_per_s: float | None = None
    stale_after_s: float | None = None
    bits: tuple[Bit, ...] = ()
    labels: Mapping[int, str] = dataclasses.field(default_factory=dict)
    signal: str | None = None
    unverified: bool = False
    ref: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a command in engineering units. Steps and rates bind raising only: lowering is never slowed."""

    low: float
    high: float
    max_step_up: float | None = None
    max_rate_up_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    point: str
    tolerance: float
    within_s: float


@dataclass(frozen=True, slots=True)
class Requirement:
    """``status.remote`` or ``!status.trip``: a bit of a point that must be set, or clear."""

    point: str
    bit: str | None
    negated: bool

    def __str__(self) -> str:
        return ("!" if self.negated else "") + self.point + ("." + self.bit if self.bit else "")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be written.

    Modbus: ``space``/``at``/``fc``. ASCII: ``tx``, a template with ``addr`` and ``value``; ``ok`` the accepted reply;
    ``text_format`` how the value is written (".3f").
    ``idempotent`` false means: never sent twice for one order, whatever the outcome (dose, pulse, tare).
    ``extra`` names commands whose values travel in the same FC16 frame, in consecutive registers (a dose and its id).
    """

    name: str
    type: PointType
    space: Space | None = None
    at: int = 0
    fc: int = 6
    tx: str | None = None
    ok: str | None = None
    text_format: str = ""
    unit: str = ""
    order: Order = "ABCD"
    scale: Scale = Scale()
    limits: Limits | None = None
    min_interval_s: float = 0.0
    storage: Literal["ram", "eeprom"] = "ram"
    idempotent: bool = True
    confirm: Confirm | None = None
    requires: tuple[Requirement, ...] = ()
    extra: tuple[str, ...] = ()
    signal: str | None = None
    unverified: bool = False
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """An identity or configuration check: the point must equal one of ``allowed``."""

    point: str
    allowed: tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who must answer before anything is believed or written, and how a simulated device says that it is one."""

    all: tuple[Condition, ...]
    simulated: Condition | None
    reason: str = ""
    """Why there is none, when ``all`` is empty."""


@dataclass(frozen=True, slots=True)
class Watchdog:
    """The device's own protection against our silence.

    ``mode`` "increment"/"toggle": a register (``write``) must keep changing. "any_traffic": every frame feeds it.
    "none": there is none, and ``reason`` says why that is acceptable. ``device_ramp_s`` is how long the device takes
    from tripping its watchdog to its hold value.
    """

    mode: Literal["increment", "toggle", "any_traffic", "none"]
    write: str | None = None
    echo: str | None = None
    device_timeout_s: float = 0.0
    device_ramp_s: float = 0.0
    device_action: Literal["ramp_to_hold", "off", "keep", "stop", "none"] = "none"
    fallback: Requirement | None = None
    """The status bit that says the watchdog has acted."""
    latches: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a linear sequence: exactly one of write, wait or delay."""

    write: str | None = None
    value: float | None = None
    wait: Requirement | None = None
    within_s: float = 0.0
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sequence:
    name: str
    steps: tuple[Step, ...]
    pre: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionPolicy:
    retry: tuple[int, ...] = (5, 6)
    link: tuple[int, ...] = (10, 11)
    fatal: tuple[int, ...] = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Vector:
    """A golden vector from a manual or a bus capture, never from our own code."""

    point: str | None
    command: str | None
    expect: float | str | None
    registers: tuple[int, ...] = ()
    text: str | None = None
    quality: QualityWord | None = None
    parameters: Mapping[str, float | str] = dataclasses.field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile file that passed every check with its default parameters; ``resolve`` makes it usable.

    ``document`` is the file as TOML gives it, kept because scales and tables wait for the instance's parameters.
    """

    id: str
    kind: str
    version: str
    source: str
    protocol: Protocol
    path: str
    parameters: Mapping[str, Parameter]
    document: Mapping[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class ResolvedProfile:
    """A profile with the parameters of one instance filled in; what drivers and simulated instruments work from."""

    id: str
    kind: str
    version: str
    source: str
    protocol: Protocol
    checksum: bool
    bus: Bus
    parameters: Mapping[str, float | str]
    blocks: Mapping[str, Block]
    points: Mapping[str, Point]
    commands: Mapping[str, Command]
    identity: Identity
    checks: tuple[Condition, ...]
    watchdog: Watchdog
    sequences: Mapping[str, Sequence]
    exceptions: ExceptionPolicy
    vectors: tuple[Vector, ...]
    content_hash: str
