from __future__ import annotations

import statistics

from sim.noise_source import NoiseSource


def test_the_same_seed_gives_the_same_noise_and_another_does_not() -> None:
    first, again, other = NoiseSource("7/ce1/bath"), NoiseSource("7/ce1/bath"), NoiseSource("7/ce1/hopper")
    drawn = [first.gauss(0.0, 1.0) for _ in range(1500)]
    assert drawn == [again.gauss(0.0, 1.0) for _ in range(1500)]
    assert drawn[:10] != [other.gauss(0.0, 1.0) for _ in range(10)]


def test_mean_and_spread_are_those_asked_for() -> None:
    source = NoiseSource("1")
    drawn = [source.gauss(5.0, 0.5) for _ in range(20_000)]
    assert abs(statistics.fmean(drawn) - 5.0) < 0.02
    assert abs(statistics.pstdev(drawn) - 0.5) < 0.02


def test_everything_else_is_an_ordinary_random() -> None:
    assert 0.0 <= NoiseSource("1").random() < 1.0
    assert NoiseSource("2").uniform(3.0, 4.0) == NoiseSource("2").uniform(3.0, 4.0)
