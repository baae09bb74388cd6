"""What telemetry has to know of a tag, whoever keeps the registry."""

from __future__ import annotations

from typing import Any, NamedTuple


class TelemetryTag(NamedTuple):
    """``unit`` is empty for text and for pure numbers. A change of up to ``deadband`` is not worth a message."""

    name: str
    unit: str = ""
    deadband: float = 0.0
    text: bool = False
    description: str = ""
    limits: tuple[float, float] | None = None
    normal: tuple[float, float] | None = None
    writable: bool = False

    def describe(self) -> dict[str, Any]:
        """The tag's entry in the cell's ``meta``."""
        entry: dict[str, Any] = {
            "name": self.name,
            "unit": self.unit,
            "type": "text" if self.text else "number",
            "writable": self.writable,
            "description": self.description,
        }
        if self.limits is not None:
            entry["limits"] = self.limits
        if self.normal is not None:
            entry["normal"] = self.normal
        return entry
