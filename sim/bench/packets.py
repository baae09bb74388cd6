"""What a scan publishes while it is measured: one snapshot and exactly six tags, whatever the noise does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from controller.cell_record import CellRecord, telemetry_tag
from controller.telemetry.message import Message
from controller.telemetry.publisher import CellPublisher
from controller.telemetry.topics import CellTopics

CHANGING = (
    "line_current_a",
    "cell_voltage_v",
    "cell_power_kw",
    "pseudo_resistance_ohm",
    "normalised_voltage_v",
    "oxide_deficit_kg",
)
"""Measured or reckoned from measurements with noise: another value at every scan."""
PACKETS = 1 + len(CHANGING)
_NEVER_S = 1e9


class SixTagRecord(CellRecord):
    """Every tag is looked at as always; six have no deadband and all others one that nothing exceeds."""

    def make_publisher(self, topics: CellTopics, boot: str) -> CellPublisher:
        tags = [
            telemetry_tag(tag)._replace(deadband=0.0 if tag.name in CHANGING else float("inf")) for tag in self.tags
        ]
        period_s = self.plan.control.scan_period_s
        return CellPublisher(topics, tags, boot=boot, scan_period_s=period_s, repeat_s=_NEVER_S)


class Packet(NamedTuple):
    topic: str
    payload: dict[str, Any]
    retain: bool


def as_packets(messages: Sequence[Message]) -> list[Packet]:
    """One scan's messages as a program without our publisher would hold them: as objects to be encoded."""
    return [Packet(message.topic, json.loads(message.payload), message.retain) for message in messages]
