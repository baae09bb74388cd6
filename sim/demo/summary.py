"""What ``didymium demo --for SECONDS --json`` prints: the section in a dozen numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def summary(status: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """``status`` is what the daemon's command socket says of each cell, keyed by cell."""
    links: dict[str, dict[str, int]] = {}
    for cell in status.values():
        links.update(cell["links"])
    return {
        "cells": {name: _cell(cell) for name, cell in status.items()},
        "links": {
            "requests": sum(link["requests"] for link in links.values()),
            "errors": sum(link["errors"] for link in links.values()),
            "by_link": links,
        },
        "mqtt_published": max((cell["mqtt_published"] for cell in status.values()), default=0),
    }


def _cell(status: dict[str, Any]) -> dict[str, Any]:
    tags = status["tags"]
    temperatures = [tag["v"] for name, tag in tags.items() if name.startswith("bath_temperature_") and _measured(name)]
    good = [value for value in temperatures if value is not None]
    remaining = [tag["v"] for name, tag in tags.items() if name.startswith("anode_remaining_") and tag["v"] is not None]
    return {
        "scans": status["scan"],
        "missed": status["missed"],
        "mode": status["mode"],
        "cell_voltage_v": tags["cell_voltage_v"]["v"],
        "line_current_a": tags["line_current_a"]["v"],
        "bath_temperature_degc": sorted(good)[len(good) // 2] if good else None,
        "anode_remaining_h": min(remaining) if remaining else None,
    }


def _measured(name: str) -> bool:
    return name.removeprefix("bath_temperature_").split("_")[0].isdigit()
