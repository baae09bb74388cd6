"""The measurements of one scan that may be computed with: a float where GOOD and fresh, None where not."""

from __future__ import annotations

from typing import NamedTuple

from controller.estimation.heat_watch import median
from controller.process_image.measurements import Measurement, Measurements
from drivers.reading import Quality

FRESH_S = 3.0
"""Oldest sample a control loop may use, unless the scan is slower than a third of it."""
_GOOD = Quality.GOOD


class FeederView(NamedTuple):
    ready: float | None
    done_number: float | None
    done_kg: float | None


class View(NamedTuple):
    time_s: float
    line_current_a: float | None
    cell_voltage_v: float | None
    readback_a: float | None
    running: float | None
    bath_temperature_degc: float | None
    """Median of the thermocouples that are GOOD and fresh."""
    anode_current_a: tuple[float | None, ...]
    """As many entries as the cell has anodes."""
    feeder: FeederView
    permit_reachable: bool
    """False while the module with the permit contact is expected and cannot be read."""
    rectifier_lost: str = ""
    """Why the rectifier can be given no order; empty while it is reached and known to be the right one."""


def fresh(measurement: Measurement, time_s: float, fresh_s: float) -> float | None:
    value, quality, _, taken_s = measurement
    if value is not None and quality is _GOOD and -fresh_s <= time_s - taken_s <= fresh_s:
        return value
    return None


def see(measurements: Measurements, scan_period_s: float, anodes: int) -> View:
    now = measurements.time_s
    fresh_s = max(FRESH_S, 3.0 * scan_period_s)
    temperatures = [value for m in measurements.bath_temperature_degc if (value := fresh(m, now, fresh_s)) is not None]
    own_a = [
        value if quality is _GOOD and -fresh_s <= now - taken_s <= fresh_s else None
        for value, quality, _, taken_s in measurements.anode_current_a
    ]
    if len(own_a) != anodes:
        own_a = (own_a + [None] * anodes)[:anodes]
    return View(
        now,
        fresh(measurements.line_current_a, now, fresh_s),
        fresh(measurements.cell_voltage_v, now, fresh_s),
        fresh(measurements.current_setpoint_readback_a, now, fresh_s),
        fresh(measurements.rectifier_running, now, fresh_s),
        median(temperatures) if temperatures else None,
        tuple(own_a),
        FeederView(
            fresh(measurements.feeder_ready, now, fresh_s),
            fresh(measurements.dose_done_id, now, fresh_s),
            fresh(measurements.dose_done_kg, now, fresh_s),
        ),
        measurements.permit_contact_closed.value is not None
        or measurements.permit_contact_closed.reason == "not_fitted",
        _rectifier_lost(measurements),
    )


def _rectifier_lost(measurements: Measurements) -> str:
    for device in measurements.devices:
        if device.role == "rectifier" and not device.ready:
            return f"{device.name}: {device.reason or 'not ready'}"
    return ""
