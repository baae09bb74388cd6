"""The value that feeds a device's watchdog: a register that must keep changing."""

from __future__ import annotations

from typing import Literal

_MODULUS = 1 << 16


class HeartbeatCounter:
    """Starts from the device's echo, so that taking over from an earlier run is one more step of the same counter."""

    __slots__ = ("_last", "_modulus")

    def __init__(self, mode: Literal["increment", "toggle"]) -> None:
        self._modulus = 2 if mode == "toggle" else _MODULUS
        self._last: int | None = None

    def next(self, echo: float | None) -> int:
        """Every value counts as sent, arrived or not: a repeated one would look frozen to the device."""
        last = self._last
        if last is None:
            last = int(echo) if echo is not None and 0.0 <= echo < _MODULUS else 0
        self._last = (last + 1) % self._modulus
        return self._last

    def forget(self) -> None:
        self._last = None
