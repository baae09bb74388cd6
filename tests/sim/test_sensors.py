from __future__ import annotations

import random
from itertools import islice
from statistics import fmean, pstdev

import pytest

from sim.sensors import Sensor, SensorErrors, normal_rows


def rows(seed: int, count: int, number: int) -> list[list[float]]:
    return list(islice(normal_rows(random.Random(seed), count, 2.0), number))


def test_deviates_are_normal_and_independent() -> None:
    deviates = [deviate / 2.0 for row in rows(1, 20, 2000) for deviate in row]
    assert fmean(deviates) == pytest.approx(0.0, abs=0.02)
    assert pstdev(deviates) == pytest.approx(1.0, abs=0.02)
    for bound, share in ((1.0, 0.6827), (2.0, 0.9545), (3.0, 0.9973)):
        assert sum(abs(deviate) <= bound for deviate in deviates) / 40_000 == pytest.approx(share, abs=0.01)
    for lag in (1, 2, 20):
        products = [a * b for a, b in zip(deviates, deviates[lag:], strict=False)]
        assert fmean(products) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("count", [0, 1, 2, 17])
def test_as_many_as_asked_for_and_the_same_for_the_same_seed(count: int) -> None:
    assert [len(row) for row in rows(2, count, 100)] == [count] * 100
    assert rows(2, count, 100) == rows(2, count, 100)
    assert not count or rows(2, count, 1) != rows(3, count, 1)


def test_a_sensor_lags_alike_whatever_its_steps() -> None:
    steps = Sensor(SensorErrors(lag_s=20.0), random.Random(1), 0.0)
    for dt_s in (1.0, 1.0, 0.5, 0.5, 2.0, 5.0):
        steps.observe(1.0, dt_s)
    once = Sensor(SensorErrors(lag_s=20.0), random.Random(1), 0.0)
    assert steps.value == pytest.approx(once.observe(1.0, 10.0))
