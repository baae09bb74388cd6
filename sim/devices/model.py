"""What every simulated device offers to the instrument that speaks for it on the wire, and to the direct port."""

from __future__ import annotations

from collections.abc import Mapping

NO_EXTRA: Mapping[str, float] = {}


class DeviceRefusal(Exception):
    """The device understood the command and will not carry it out as it stands (local, tripped, empty)."""


class DeviceModel:
    """A device in engineering units.

    ``values`` holds one number per process signal ("line_current_a") or command name, contacts and status bits as 0.0
    and 1.0. ``quality`` names the signals that carry no number at present and why, in the words profiles use for
    sentinels ("open_circuit"). ``version`` changes whenever either does, so that encoded images can be kept.
    """

    def __init__(self) -> None:
        self.version = 0
        self.values: dict[str, float] = {}
        self.quality: dict[str, str] = {}

    def advance_to(self, time_s: float) -> None:
        """Let time pass; called before every look and every command, with a clock that never goes back."""

    def command(self, name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:
        """Take one command in engineering units; raises DeviceRefusal. Names no device knows are ignored: a register
        without a function behind it takes any value."""

    def heard_a_frame(self) -> None:
        """A frame for this device arrived, whatever it asked for."""

    def power_cycle(self) -> None:
        """Power comes back after a loss: outputs at their defaults, remote control lost."""

    def _set(self, name: str, value: float) -> None:
        if self.values.get(name) != value:
            self.values[name] = value
            self.version += 1

    def mark(self, signal: str, word: str | None) -> None:
        """Let a signal carry a quality word instead of its number, or its number again (None)."""
        if word is None:
            self.quality.pop(signal, None)
        else:
            self.quality[signal] = word
        self.version += 1
