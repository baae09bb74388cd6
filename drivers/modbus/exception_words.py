"""What a device means by a Modbus exception code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

EXCEPTION_WORDS: Final[Mapping[int, str]] = {
    0x01: "the device does not have this function",
    0x02: "the device does not have this address",
    0x03: "the device does not take this value or length",
    0x04: "the device failed while doing it",
    0x05: "the device has accepted it and is still working",
    0x06: "the device is busy",
    0x07: "the device will not do it now",
    0x08: "the device found a memory error",
    0x0A: "the gateway has no path to the device",
    0x0B: "the gateway got no reply from the device",
}


def exception_text(function: int, code: int) -> str:
    words = EXCEPTION_WORDS.get(code, "the device refused for a reason of its own")
    return f"{words} (exception {code:02X} to function {function:02X})"
