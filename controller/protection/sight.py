"""What the raw measurements say about the right to act: no estimate, no filter, no benefit of the doubt."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple

from controller.process_image.measurements import Measurement, Measurements
from controller.protection.limits import GuardLimits
from drivers.reading import Quality

_GOOD = Quality.GOOD
_LARGEST = 1e9
"""No quantity of a cell comes near it in its unit; the comparison also turns NaN and infinity away."""

_OPTIONAL = ("rectifier_ready", "rectifier_running", "rectifier_remote", "rectifier_fallback")
"""Not every rectifier reports these; where one does, it must be good."""
_CRITICAL = ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped", *_OPTIONAL)
_critical: Callable[[Measurements], tuple[Measurement, ...]] = attrgetter(*_CRITICAL)


class Sight(NamedTuple):
    link_lost: str
    """Why the rectifier may not be believed or written to; empty when its identity is verified and it answers."""
    blind: tuple[str, ...]
    """Control-critical measurements that are not GOOD or not fresh."""
    tripped: bool
    not_ours: str
    """Why the rectifier does not follow our set-point although it answers: local, or its watchdog has acted."""
    actual_a: float | None
    readback_a: float | None
    ceilings: tuple[str, ...]
    """What stands above the envelope or is missing, so that energy may only go down."""
    temperature_seen: bool


def look(measurements: Measurements, limits: GuardLimits) -> Sight:
    now = measurements.time_s
    fresh_s = limits.fresh_s
    link_lost = "no rectifier is configured"
    ceilings: list[str] = []
    for device in measurements.devices:
        if device.role == "rectifier":
            link_lost = "" if device.ready else f"rectifier {device.name}: {device.reason or 'not ready'}"
        elif device.needed and not device.ready:
            ceilings.append(f"{device.name}: {device.reason or 'not ready'}")
    blind: list[str] = []
    for measurement, name in zip(_critical(measurements), _CRITICAL, strict=True):
        what = _unusable(measurement, now, fresh_s)
        if what and not (measurement.reason == "not_fitted" and name in _OPTIONAL):
            blind.append(f"{name}: {what}")
    voltage_v = _usable(measurements.cell_voltage_v, now, fresh_s)
    if voltage_v is not None and not voltage_v <= limits.cell_voltage_v_max:
        ceilings.append(f"cell voltage {voltage_v:.2f} V is above {limits.cell_voltage_v_max:g} V")
    hottest = None
    for measurement in measurements.bath_temperature_degc:
        value = _usable(measurement, now, fresh_s)
        if value is not None and (hottest is None or value > hottest):
            hottest = value
    if hottest is not None and not hottest <= limits.bath_temperature_degc_max:
        ceilings.append(f"bath temperature {hottest:.0f} °C is above {limits.bath_temperature_degc_max:g} °C")
    not_ours = ""
    if measurements.rectifier_fallback.value == 1.0:
        not_ours = "the rectifier's watchdog has acted"
    elif measurements.rectifier_remote.value == 0.0:
        not_ours = "the rectifier is in local"
    return Sight(
        link_lost,
        tuple(blind),
        measurements.rectifier_tripped.value == 1.0,
        not_ours,
        _usable(measurements.line_current_a, now, fresh_s),
        _usable(measurements.current_setpoint_readback_a, now, fresh_s),
        tuple(ceilings),
        hottest is not None,
    )


def unmet(sight: Sight, measurements: Measurements, limits: GuardLimits) -> list[str]:
    """Every permissive that speaks against arming, in words."""
    reasons = []
    if sight.link_lost:
        reasons.append(sight.link_lost)
    reasons += [
        f"{device.name}: {device.reason or 'not ready'}"
        for device in measurements.devices
        if device.needed and not device.ready and device.role != "rectifier"
    ]
    reasons += sight.blind
    if sight.tripped:
        reasons.append("the rectifier is tripped; reset it at its panel")
    if measurements.rectifier_ready.value == 0.0 and not sight.tripped:
        reasons.append("the rectifier reports that it is not ready")
    # A cell that runs at its ceiling reads a little above it every other scan; arming raises nothing.
    highest_a = limits.current_a_max + limits.setpoint_readback_tolerance_a
    if sight.actual_a is not None and not sight.actual_a <= highest_a:
        reasons.append(f"line current {sight.actual_a:.0f} A is above the envelope's {limits.current_a_max:g} A")
    if not sight.temperature_seen:
        reasons.append("no bath temperature is good and fresh")
    return reasons


def _unusable(measurement: Measurement, now: float, fresh_s: float) -> str:
    value, quality, reason, time_s = measurement
    if value is None or quality is not _GOOD or not -_LARGEST <= value <= _LARGEST:
        return reason or "not good"
    if not -fresh_s <= now - time_s <= fresh_s:
        return f"{now - time_s:.1f} s old"
    return ""


def _usable(measurement: Measurement, now: float, fresh_s: float) -> float | None:
    """Accept-form throughout, so that a NaN that got here against all promises is no value either."""
    value, quality, _, time_s = measurement
    if value is None or quality is not _GOOD or not -_LARGEST <= value <= _LARGEST:
        return None
    if -fresh_s <= now - time_s <= fresh_s:
        return value
    return None
