"""What is known of a device as a whole: may it be believed, and is it a simulated one?"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Phase(Enum):
    OFFLINE = "offline"
    """No link, or no reply."""
    QUALIFYING = "qualifying"
    READY = "ready"
    REFUSED = "refused"
    """It answers, and is not the device the plant file means."""
    SILENT = "silent"
    """We keep quiet so that its own watchdog can act."""


class DeviceStatus(NamedTuple):
    """``reason`` is empty when READY; ``identity`` is what the device said of itself at its last qualification."""

    phase: Phase
    reason: str
    simulated: bool
    identity: str
