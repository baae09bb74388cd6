"""What one scan knows of one cell: every measurement with its quality, reason and time.

Field names are the tag names. A vector field (one entry per thermocouple or anode) becomes the tags
``bath_temperature_1_degc``, ``bath_temperature_2_degc`` … in the tag registry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from drivers.reading import Quality


class Measurement(NamedTuple):
    """A value fit to be used (or not).

    ``value`` is a finite float whenever quality is GOOD or UNCERTAIN, and None when BAD; use ``measured`` to build one
    from untrusted numbers. Contacts and status bits are 0.0 or 1.0. ``time_s`` is monotonic.
    """

    value: float | None
    quality: Quality
    reason: str
    time_s: float

    @property
    def good(self) -> bool:
        return self.quality is Quality.GOOD


def measured(value: float | None, time_s: float, quality: Quality = Quality.GOOD, reason: str = "") -> Measurement:
    """Build a measurement; anything that is no finite number becomes BAD, never a value."""
    if quality is Quality.BAD or value is None or isinstance(value, bool) or not math.isfinite(value):
        return Measurement(None, Quality.BAD, reason or "not_finite", time_s)
    return Measurement(float(value), quality, reason, time_s)


def missing(reason: str, time_s: float) -> Measurement:
    return Measurement(None, Quality.BAD, reason, time_s)


NOT_FITTED = Measurement(None, Quality.BAD, "not_fitted", 0.0)
"""The plant file fits no instrument for this; it is no fault and raises no alarm."""


class DeviceCondition(NamedTuple):
    """What the drivers know of one device at this scan: may it be believed, and is it a simulated one?"""

    name: str
    role: str
    needed: bool
    """Control-critical: without it the cell may not be armed and energy may only go down."""
    ready: bool
    simulated: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Measurements:
    """The process image of one cell at one scan. Contacts: 1.0 means closed, running, healthy."""

    time_s: float
    line_current_a: Measurement
    cell_voltage_v: Measurement
    current_setpoint_readback_a: Measurement
    """The set-point the rectifier says it obeys, before its own ramp."""
    rectifier_ready: Measurement
    rectifier_running: Measurement
    rectifier_remote: Measurement
    rectifier_tripped: Measurement
    rectifier_fallback: Measurement
    """1.0 once the rectifier's communication watchdog has acted."""
    rectifier_heartbeat_echo: Measurement
    bath_temperature_degc: tuple[Measurement, ...]
    anode_current_a: tuple[Measurement, ...]
    """One per anode position; empty where no monitor is fitted."""
    hopper_mass_kg: Measurement = NOT_FITTED
    feeder_ready: Measurement = NOT_FITTED
    feeder_running: Measurement = NOT_FITTED
    dose_done_id: Measurement = NOT_FITTED
    """Number of the last dose the feeder completed (0…65535)."""
    dose_done_kg: Measurement = NOT_FITTED
    permit_contact_closed: Measurement = NOT_FITTED
    """Read-back of our own energise-to-run permit contact."""
    coolant_flow_healthy: Measurement = NOT_FITTED
    off_gas_flow_healthy: Measurement = NOT_FITTED
    devices: tuple[DeviceCondition, ...] = ()
