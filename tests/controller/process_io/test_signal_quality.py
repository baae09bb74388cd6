from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.process_image.measurements import Measurement
from controller.process_io.signal_quality import to_measurement
from drivers.reading import Quality, Reading, bad


def test_a_good_reading_keeps_its_own_time() -> None:
    assert to_measurement(Reading(6.5, Quality.GOOD, "", 9.5), 10.0, 3.0) == Measurement(6.5, Quality.GOOD, "", 9.5)


def test_uncertain_is_handed_on_with_its_reason() -> None:
    reading = Reading(6.5, Quality.UNCERTAIN, "over_range", 9.5)
    assert to_measurement(reading, 10.0, 3.0) == Measurement(6.5, Quality.UNCERTAIN, "over_range", 9.5)


@pytest.mark.parametrize(("age_s", "quality"), [(3.0, Quality.GOOD), (3.001, Quality.BAD)])
def test_older_than_allowed_is_stale(age_s: float, quality: Quality) -> None:
    measurement = to_measurement(Reading(6.5, Quality.GOOD, "", 100.0 - age_s), 100.0, 3.0)
    assert measurement.quality is quality
    assert measurement.reason == ("" if quality is Quality.GOOD else "stale")


def test_the_drivers_reason_survives() -> None:
    assert to_measurement(bad("open_circuit", 1.0), 1.0, 3.0) == Measurement(None, Quality.BAD, "open_circuit", 1.0)


def test_text_is_no_measurement() -> None:
    assert to_measurement(Reading("RUN", Quality.GOOD, "", 1.0), 1.0, 3.0).reason == "not_a_number"


@given(
    value=st.none() | st.text(max_size=3) | st.floats(),
    quality=st.sampled_from(Quality),
    time_s=st.floats(),
    max_age_s=st.floats(0.0, 10.0),
)
def test_whatever_comes_a_value_is_finite_and_young_or_there_is_none(
    value: float | str | None, quality: Quality, time_s: float, max_age_s: float
) -> None:
    measurement = to_measurement(Reading(value, quality, "", time_s), 100.0, max_age_s)
    if measurement.quality is Quality.BAD:
        assert measurement.value is None
        assert measurement.reason
    else:
        assert measurement.value is not None
        assert math.isfinite(measurement.value)
        assert measurement.quality is quality
        assert 100.0 - measurement.time_s <= max_age_s
