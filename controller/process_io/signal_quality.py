"""From a driver's reading to a measurement: a finite number young enough to be used, or BAD and why."""

from __future__ import annotations

from math import isfinite

from controller.process_image.measurements import Measurement, missing
from drivers.reading import Quality, Reading


def to_measurement(reading: Reading, now_s: float, max_age_s: float) -> Measurement:
    """Time and reason stay those of the source; BAD and UNCERTAIN are handed on, never mended."""
    value, quality, reason, time_s = reading
    if quality is Quality.BAD or value is None:
        return missing(reason or "bad", time_s)
    if isinstance(value, str):
        return missing("not_a_number", time_s)
    if not isfinite(value):
        return missing("not_finite", time_s)
    if not now_s - time_s <= max_age_s:
        return missing("stale", time_s)
    return Measurement(float(value), quality, reason, time_s)
