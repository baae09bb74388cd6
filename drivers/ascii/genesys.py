"""The grammar of the classic TDK-Lambda Genesys on its serial line, free of I/O.

A command is a line; ``ADR n`` selects the supply that all later lines are for, so no line but that one carries an
address. Set commands answer ``OK``, queries their value, mistakes ``Exx`` (not now, not that value) or ``Cxx`` (not
understood). With the optional checksum, ``$`` and two hexadecimal digits follow the text, both ways.
"""

from __future__ import annotations

import math
import re
from typing import Final

from drivers.ascii.checksum import sum8
from drivers.ascii.lines import is_plain
from drivers.errors import BadReply, DeviceRefused

HIGHEST_ADDRESS: Final = 30
OK: Final = "OK"
RESET: Final = "RST"
"""Zero volts and amperes, output off, automatic restart off."""

MEASURED_VOLTAGE: Final = "MV?"
MEASURED_CURRENT: Final = "MC?"
MODE: Final = "MODE?"
DISPLAY: Final = "DVC?"
STATUS: Final = "STT?"
"""Measured and set values with both registers in one reply: the one coherent snapshot the supply offers."""
IDENTITY: Final = "IDN?"
REVISION: Final = "REV?"

STATUS_FIELDS: Final = ("MV", "PV", "MC", "PC", "SR", "FR")
"""Order of the ``STT?`` reply. SR and FR are hexadecimal registers, the others volts and amperes."""
DISPLAY_FIELDS: Final = ("MV", "PV", "MC", "PC", "OVP", "UVL")

REFUSALS: Final = {
    "E01": "the voltage asked for is above the permitted range",
    "E02": "the voltage asked for is below the under-voltage limit",
    "E04": "the over-voltage limit asked for is too low for the voltage set",
    "E06": "the under-voltage limit asked for is above the voltage set",
    "E07": "the output cannot be switched on while a fault is present",
    "E08": "the output is latched off by a fault and has to be reset first",
    "C01": "unknown command",
    "C02": "the command lacks its value",
    "C03": "the value is not one the command takes",
    "C04": "the checksum was wrong",
    "C05": "the setting is outside its range",
}
"""Codes of the manual's error tables; a code that is not here is passed on as it is."""

_REFUSAL = re.compile(r"[EC]\d\d", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,7}(\.\d{0,6})?", re.ASCII)
_REGISTER = re.compile(r"[0-9A-Fa-f]{2,4}")


def select(unit: int) -> str:
    """Raises ValueError outside the addresses the front panel offers."""
    if not 0 <= unit <= HIGHEST_ADDRESS:
        raise ValueError(f"a supply's address is 0 to {HIGHEST_ADDRESS}, not {unit}")
    return f"ADR {unit:02d}"


def remote(level: int) -> str:
    """0 local, 1 remote, 2 remote with the front panel locked out."""
    if level not in (0, 1, 2):
        raise ValueError(f"remote is 0, 1 or 2, not {level}")
    return f"RMT {level}"


def program_voltage(voltage_v: float, *, decimals: int = 3) -> str:
    return f"PV {_setting(voltage_v, decimals)}"


def program_current(current_a: float, *, decimals: int = 3) -> str:
    return f"PC {_setting(current_a, decimals)}"


def output(*, on: bool) -> str:
    return f"OUT {int(on)}"


def _setting(value: float, decimals: int) -> str:
    if not (math.isfinite(value) and 0.0 <= value <= 99_999.0):
        raise ValueError(f"a setting is a finite number from 0 to 99999, not {value}")
    return f"{value:.{decimals}f}"


def to_wire(text: str, *, checksum: bool) -> bytes:
    r"""One line as bytes.

    Raises ValueError for a backslash, which makes a supply repeat its last command whatever that was, for ``$``,
    which begins a checksum, and for text that would break out of its line.
    """
    if not text or not is_plain(text) or "\\" in text or "$" in text:
        raise ValueError(f"not a line for a supply: {text!r}")
    return (text + (f"${sum8(text)}" if checksum else "") + "\r").encode("ascii")


def strip_checksum(line: str, *, checksum: bool) -> str:
    """The text of a received line. Raises BadReply for a wrong checksum, a missing one, or one nobody asked for."""
    text, mark, given = line.partition("$")
    if bool(mark) is not checksum:
        raise BadReply(f"{'no' if checksum else 'unexpected'} checksum: {line!r}")
    if checksum and given.upper() != sum8(text):
        raise BadReply(f"wrong checksum: {line!r}")
    return text


def parse_reply_of(unit: int, text: str) -> str:
    """The text of a reply. Raises DeviceRefused for ``Exx`` and ``Cxx``, BadReply for an empty line."""
    if _REFUSAL.fullmatch(text):
        raise DeviceRefused(f"supply {unit:02d} refused: {REFUSALS.get(text, 'a code of its own')} ({text})", text)
    if not text:
        raise BadReply("an empty line")
    return text


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def is_register(text: str) -> bool:
    return _REGISTER.fullmatch(text) is not None
