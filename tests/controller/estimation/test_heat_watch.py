from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.estimation.heat_watch import HeatWatch, median, minutes_to_liquidus, slope_k_per_min, with_sample


def ramp(k_per_min: float, seconds: int) -> HeatWatch:
    watch = HeatWatch()
    for number in range(seconds):
        watch = with_sample(watch, 880.0 + k_per_min * number / 60.0, 1.0)
    return watch


@pytest.mark.parametrize("k_per_min", [-3.0, -0.1, 0.0, 1.5])
def test_a_ramp_shows_its_slope(k_per_min: float) -> None:
    assert slope_k_per_min(ramp(k_per_min, 1800)) == pytest.approx(k_per_min, abs=0.01)


def test_no_slope_before_the_filters_have_settled() -> None:
    assert slope_k_per_min(ramp(5.0, 200)) is None


def test_minutes_to_liquidus() -> None:
    assert minutes_to_liquidus(58.0, -2.0) == pytest.approx(29.0)
    assert minutes_to_liquidus(58.0, 0.5) is None
    assert minutes_to_liquidus(0.0, 0.5) == 0.0


@given(st.lists(st.floats(800.0, 1000.0), min_size=1, max_size=7))
def test_median_lies_among_the_values(values: list[float]) -> None:
    assert min(values) <= median(values) <= max(values)


def test_one_broken_thermocouple_of_three_does_not_move_the_median() -> None:
    assert median([880.0, 881.0, 1370.0]) == 881.0
