"""The fault library: every fault by name, what it is for, its size where it has one, and how it ends."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

Where = Literal["wire", "device", "cell"]


class UnknownFault(ValueError):
    """No fault of that name, no target of that name, a size outside its bounds, or a fault the target cannot have."""


class Size(NamedTuple):
    """Written after the name, as in ``thermocouple_drift=-100``."""

    unit: str
    default: float
    low: float
    high: float

    @property
    def is_position(self) -> bool:
        """Which one, and not how much: two positions are two faults."""
        return self.unit == "position"

    def __str__(self) -> str:
        if self.is_position:
            return f"{self.unit} {self.default:g}"
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.default:g}{unit} ({self.low:g} to {self.high:g})"


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    where: Where
    target: str
    """Which devices it is for: "any", or a role; "cell" for what happens in the cell itself."""
    description: str
    size: Size | None = None
    end: str = "heals"
    """What becomes of it when its time is over."""


class NamedFault(NamedTuple):
    """A fault as somebody wrote it."""

    fault: Fault
    size: float
    """0 for a fault without one."""
    key: str
    """What it counts as among the active ones: its name, with the position where it has one."""


_ANODE = Size("position", 1, 1, 100)
_SHORT = Size("of nominal current", 0.1, 0.01, 0.5)
_STAYS = "supply recovers; the film clears by low anode potential only"

_TABLE = (
    Fault("silence", "wire", "any", "no reply, and nothing asked is carried out: cable cut"),
    Fault("lost_reply", "wire", "any", "requests are carried out, replies never arrive: one-way link"),
    Fault("late_reply", "wire", "any", "replies come half a time-out too late"),
    Fault("previous_reply", "wire", "any", "answers with the reply to the request before"),
    Fault("wrong_unit", "wire", "any", "answers under the next unit's address"),
    Fault("wrong_transaction", "wire", "any", "answers under another transaction number (Modbus TCP)"),
    Fault("local_echo", "wire", "any", "the request comes back before the reply, as on a miswired two-wire line"),
    Fault("wrong_function", "wire", "any", "answers with another function code, or another kind of reply"),
    Fault("wrong_length", "wire", "any", "replies are one register or character short"),
    Fault("crc_error", "wire", "any", "checksum wrong (RTU, ASCII), protocol number wrong (Modbus TCP)"),
    Fault("exception_NN", "wire", "any", "refuses every request with code NN (hexadecimal, 01 to 1F)"),
    Fault("garbage", "wire", "any", "noise before every reply"),
    Fault("dribble", "wire", "any", "replies arrive byte by byte, 20 ms apart"),
    Fault("drop_connection", "wire", "any", "the connection breaks at every request; a serial line stays silent"),
    Fault("accept_then_black_hole", "wire", "any", "connections are taken and never answered"),
    Fault("frozen_value", "wire", "any", "the device answers from an image that is no longer renewed"),
    Fault("wrong_identity", "wire", "any", "identity and settings are not those of the profile: device swapped"),
    Fault("power_cycle", "wire", "any", "no power for the time given; afterwards outputs at default, remote lost"),
    Fault(
        "open_thermocouple",
        "device",
        "bath_temperature",
        "thermocouple open: one burns out",
        Size("position", 1, 1, 100),
        "a new couple is put in",
    ),
    Fault(
        "thermocouple_drift",
        "device",
        "bath_temperature",
        "thermocouple drift: the first one's reading runs away, at most 300 K",
        Size("K/h", -60.0, -3600.0, 3600.0),
        "a new couple is put in",
    ),
    Fault(
        "thermocouple_short_to_bath",
        "device",
        "bath_temperature",
        "thermocouple short to bath: melt in the sheath, the first one reads that much off and noisily",
        Size("K", 40.0, -300.0, 300.0),
        "a new couple is put in",
    ),
    Fault("rectifier_trip", "device", "rectifier", "trips at once", None, "the latch is reset"),
    Fault("watchdog_rampdown", "device", "rectifier", "heartbeats are not heeded: the communication watchdog acts"),
    Fault("local_control", "device", "rectifier", "the key switch stands at local", None, "remote may be taken again"),
    Fault("voltage_tap_loss", "device", "rectifier", "loss of the voltage tap: the voltmeter sees an open wire"),
    Fault(
        "rectifier_ripple",
        "device",
        "rectifier",
        "ripple: a thyristor does not fire, and its beat passes the filters of current and voltage",
        Size("of the reading, rms", 0.03, 0.001, 0.3),
    ),
    Fault(
        "current_gain",
        "device",
        "rectifier",
        "transducer gain: current reads that share too high (too low if negative)",
        Size("1", 0.03, -0.5, 0.5),
    ),
    Fault(
        "current_offset",
        "device",
        "rectifier",
        "transducer offset: current reads that much too high",
        Size("of rated current", 0.02, -0.2, 0.2),
    ),
    Fault(
        "voltage_gain",
        "device",
        "rectifier",
        "transducer gain: voltage reads that share too high (too low if negative)",
        Size("1", 0.03, -0.5, 0.5),
    ),
    Fault(
        "voltage_offset",
        "device",
        "rectifier",
        "transducer offset: voltage reads that much too high",
        Size("V", 0.3, -5.0, 5.0),
    ),
    Fault(
        "contact_corrosion",
        "device",
        "rectifier",
        "contact corrosion at shunt and voltage tap: both readings lose that share an hour",
        Size("1/h", 0.05, 0.0001, 10.0),
        "the contacts are cleaned",
    ),
    Fault("feeder_jam", "device", "feeder", "the screw is stuck"),
    Fault(
        "double_dose",
        "device",
        "feeder",
        "double dose: that many times the mass falls",
        Size("times", 2.0, 0.0, 5.0),
    ),
    Fault("feeder_empty", "device", "feeder", "the hopper is empty and nobody fills it", None, "filled as it was"),
    Fault("coolant_loss", "device", "digital_io", "the coolant flow switch drops out"),
    Fault("off_gas_loss", "device", "digital_io", "the off-gas flow switch drops out"),
    Fault(
        "anode_disconnected",
        "cell",
        "cell",
        "one anode disconnected: its clamp has come off",
        _ANODE,
        "the clamp is put back",
    ),
    Fault(
        "anode_dropped",
        "cell",
        "cell",
        "anode burn-off: one has dropped into the bath",
        _ANODE,
        "gone until changed; people may change it from then on",
    ),
    Fault(
        "cathode_short",
        "cell",
        "cell",
        "cathode short: current bypasses bath and anodes through the lining, as heat",
        _SHORT,
    ),
    Fault("metal_bridging", "cell", "cell", "metal bridging: current passes through metal and makes none", _SHORT),
    Fault("tap_missed", "cell", "cell", "tap missed: nobody taps", None, "tapped at the next round"),
    Fault(
        "bath_level_low",
        "cell",
        "cell",
        "bath level low: that share of the bath runs out at once",
        Size("of the bath", 0.2, 0.01, 0.6),
        "people make up salt from then on, over hours",
    ),
    Fault("moist_oxide", "cell", "cell", "moist oxide: that much more water in what is fed", Size("wt%", 2.0, 0.1, 20)),
    Fault(
        "wrong_oxide",
        "cell",
        "cell",
        "wrong oxide: that share of what is fed is CeO2 (for Nd2O3)",
        Size("of the dose", 1.0, 0.01, 1.0),
    ),
    Fault(
        "partial_anode_effect",
        "cell",
        "cell",
        "partial anode effect: a film on one anode, its limiting current halved",
        _ANODE,
        _STAYS,
    ),
    Fault(
        "full_anode_effect",
        "cell",
        "cell",
        "full anode effect: a film on every anode, limiting currents halved",
        None,
        _STAYS,
    ),
    Fault(
        "hand_feeding",
        "cell",
        "cell",
        "unlogged hand feeding: a scoop that neither feeder nor hopper knows of",
        Size("kg", 5.0, 0.001, 200.0),
        "what is in stays in",
    ),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _TABLE}
_EXCEPTION = re.compile(r"exception_([01][0-9a-fA-F])")


def fault_named(text: str) -> NamedFault:
    """From ``NAME`` or ``NAME=SIZE``. Raises UnknownFault with the names or the bounds there are."""
    name, equals, written = text.partition("=")
    fault = FAULTS.get("exception_NN" if _EXCEPTION.fullmatch(name) and name != "exception_00" else name)
    if fault is None or name == "exception_NN":
        raise UnknownFault(f"no fault {name!r}; there are {', '.join(FAULTS)}")
    if fault.size is None:
        if equals:
            raise UnknownFault(f"{name} has no size: write it without ={written}")
        return NamedFault(fault, 0.0, name)
    size = _size(fault.name, fault.size, written) if equals else fault.size.default
    return NamedFault(fault, size, f"{name}={size:g}" if fault.size.is_position else name)


def _size(name: str, size: Size, written: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not size.low <= value <= size.high or (size.is_position and value % 1.0):
        whole = "a whole number" if size.is_position else "a number"
        raise UnknownFault(f"{name}={written}: {whole} from {size.low:g} to {size.high:g} is wanted ({size.unit})")
    return value


def table_rows() -> list[tuple[str, str, str, str, str]]:
    """Name, target, size, what it does, and what happens when its time is over."""
    return [
        (fault.name, fault.target, "" if fault.size is None else str(fault.size), fault.description, fault.end)
        for fault in FAULTS.values()
    ]


def markdown_table() -> str:
    """As on ``docs/faults.md``."""
    lines = ["| fault | target | size | what it does | at its end |", "|---|---|---|---|---|"]
    lines += [f"| `{name}` | {target} | {size} | {does} | {end} |" for name, target, size, does, end in table_rows()]
    return "\n".join(lines)
