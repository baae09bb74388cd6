"""The yardstick: the same cell in floats and in arrays, integrated to the order its method promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.bench import toy_cell
from sim.bench.toy_cell import START, STATES, ToyCells, one_step


def test_many_toys_are_what_one_is() -> None:
    many = ToyCells(3)
    one = many.state[:, 1].tolist()
    assert one == list(START)
    for _ in range(600):
        many.step()
        one = one_step(one)
    assert many.state[:, 1].tolist() == pytest.approx(one, rel=1e-12)
    assert not np.array_equal(many.state[:, 0], many.state[:, 2])


def test_a_toy_stays_near_its_operating_point_for_an_hour() -> None:
    state = list(START)
    for _ in range(36_000):
        state = one_step(state)
    assert len(state) == STATES
    assert all(map(math.isfinite, state))
    assert 1200.0 < state[0] < 1400.0
    assert 3.0 < state[11] < 10.0


def test_its_method_is_of_the_fourth_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def after_20_s(step_s: float) -> float:
        monkeypatch.setattr(toy_cell, "STEP_S", step_s)
        state = list(START)
        for _ in range(round(20.0 / step_s)):
            state = one_step(state)
        return state[11]

    exact = after_20_s(0.02)
    coarse, fine = abs(after_20_s(0.4) - exact), abs(after_20_s(0.2) - exact)
    assert coarse / fine > 8.0
