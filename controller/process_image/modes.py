from __future__ import annotations

from enum import Enum


class Mode(Enum):
    OFF = "OFF"
    STANDBY = "STANDBY"
    """Reads, computes, writes nothing."""
    MANUAL = "MANUAL"
    AUTOMATIC = "AUTOMATIC"
    HOLD = "HOLD"
