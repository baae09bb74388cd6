from __future__ import annotations

import random
from statistics import fmean, pstdev

import pytest

from sim.sensors import normal_deviates


def test_deviates_are_normal_and_independent() -> None:
    deviates = normal_deviates(random.Random(1), 40_000)
    assert fmean(deviates) == pytest.approx(0.0, abs=0.02)
    assert pstdev(deviates) == pytest.approx(1.0, abs=0.02)
    for bound, share in ((1.0, 0.6827), (2.0, 0.9545), (3.0, 0.9973)):
        assert sum(abs(deviate) <= bound for deviate in deviates) / 40_000 == pytest.approx(share, abs=0.01)
    for lag in (1, 2):
        products = [a * b for a, b in zip(deviates, deviates[lag:], strict=False)]
        assert fmean(products) == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize("count", [0, 1, 2, 17])
def test_as_many_as_asked_for_and_the_same_for_the_same_seed(count: int) -> None:
    assert len(normal_deviates(random.Random(2), count)) == count
    assert normal_deviates(random.Random(2), count) == normal_deviates(random.Random(2), count)
