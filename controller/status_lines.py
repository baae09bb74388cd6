"""What a cell does, as lines on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def status_lines(status: dict[str, Any]) -> Iterator[str]:
    """What is not fitted is left out; `--json` has everything."""
    yield f"{status['cell']}: {status['mode']}, {'armed' if status['armed'] else 'not armed'}, scan {status['scan']}"
    for device in status.get("devices", []):
        if not device["ready"]:
            yield f"  {device['device']} is not ready: {device['reason']}"
    for alarm in status["alarms"]:
        yield f"  alarm: {alarm}"
    for name, tag in status["tags"].items():
        if tag["r"] != "not_fitted":
            yield f"  {name:36} {_shown(tag['v']):>14} {tag['u']}{_note(tag)}".rstrip()


def _shown(value: object) -> str:
    return "—" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _note(tag: dict[str, Any]) -> str:
    if tag["q"] == "good":
        return ""
    return f"  ({tag['q']}{': ' + tag['r'] if tag['r'] else ''})"
