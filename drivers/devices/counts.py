"""What the last digit of a command means: the resolution a device gives us, and below which no difference counts."""

from __future__ import annotations

import re

from drivers.profiles.schema import Command


def count_of(command: Command) -> float:
    """Engineering units per count: of a register, or of the last decimal of a text. For floats, which have no counts,
    a millionth of the unit."""
    gain = abs(command.scale.gain)
    if command.type in ("f32", "f64"):
        return 1e-6 * gain
    if command.type != "decimal":
        return gain
    decimals = re.search(r"\.(\d+)f$", command.text_format)
    return gain * 10.0 ** -int(decimals[1] if decimals else 0)
