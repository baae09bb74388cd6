"""Requirements and identity conditions, judged on readings."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.profiles.schema import Condition, Requirement
from drivers.reading import Quality, Reading


def key_of(requirement: Requirement) -> str:
    return requirement.point if requirement.bit is None else f"{requirement.point}.{requirement.bit}"


def meets(requirement: Requirement, reading: Reading | None) -> bool | None:
    """None where the reading says nothing."""
    if reading is None or reading.quality is Quality.BAD or reading.value is None or isinstance(reading.value, str):
        return None
    return (reading.value != 0.0) is not requirement.negated


def matches(condition: Condition, readings: Mapping[str, Reading]) -> bool | None:
    """Whether the point is one of the allowed values; None where it could not be read."""
    reading = readings.get(condition.point)
    if reading is None or reading.quality is Quality.BAD:
        return None
    return reading.value in condition.allowed


def expectation(condition: Condition, readings: Mapping[str, Reading]) -> str:
    """``map_id is 1, expected 21059``"""
    reading = readings.get(condition.point)
    allowed = " or ".join(_plain(value) for value in condition.allowed)
    if reading is None:
        return f"{condition.point} was not read, expected {allowed}"
    if reading.quality is Quality.BAD:
        return f"{condition.point} is bad ({reading.reason}), expected {allowed}"
    return f"{condition.point} is {plain(reading)}, expected {allowed}"


def plain(reading: Reading) -> str:
    return _plain(reading.value)


def _plain(value: float | str | None) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value) if isinstance(value, str) else str(value)
