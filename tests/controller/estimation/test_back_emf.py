from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from controller.estimation.back_emf import RECIPE_SIGMA_V, BackEmf, fit, with_sample

NOMINAL_A = 25000.0


def observed(true_v: float, ripple_a: float, *, seconds: int = 900, noise_v: float = 0.004) -> BackEmf:
    draw = random.Random(1)
    state = BackEmf()
    for _ in range(seconds):
        current_a = NOMINAL_A + draw.gauss(0.0, ripple_a)
        state = with_sample(state, current_a, true_v + 2.3e-4 * current_a + draw.gauss(0.0, noise_v), 1.0)
    return state


def test_finds_the_intercept_and_its_sigma_covers_the_error() -> None:
    found = fit(observed(2.1, 250.0), recipe_v=1.6, nominal_current_a=NOMINAL_A)
    assert found.excited
    assert abs(found.back_emf_v - 2.1) < 3.0 * found.sigma_v
    assert found.sigma_v < 0.1


def test_more_ripple_gives_a_smaller_sigma() -> None:
    weak = fit(observed(2.1, 120.0, noise_v=0.05), 1.6, NOMINAL_A)
    strong = fit(observed(2.1, 500.0, noise_v=0.05), 1.6, NOMINAL_A)
    assert strong.sigma_v < weak.sigma_v <= RECIPE_SIGMA_V


def test_without_ripple_it_says_so_and_keeps_the_recipe() -> None:
    found = fit(observed(2.1, 15.0), recipe_v=1.6, nominal_current_a=NOMINAL_A)
    assert found == (1.6, RECIPE_SIGMA_V, False)


def test_a_negative_resistance_is_no_resistance() -> None:
    state = BackEmf()
    for number in range(100):
        state = with_sample(state, NOMINAL_A + 500.0 * (number % 2), 8.0 - 0.1 * (number % 2), 1.0)
    assert not fit(state, 1.6, NOMINAL_A).excited


@given(st.lists(st.tuples(st.floats(0.0, 40000.0), st.floats(0.0, 25.0), st.floats(0.0, 5000.0)), max_size=60))
def test_stays_between_recipe_and_what_voltage_can_mean(samples: list[tuple[float, float, float]]) -> None:
    state = BackEmf()
    for current_a, voltage_v, dt_s in samples:
        state = with_sample(state, current_a, voltage_v, dt_s)
    found = fit(state, 1.6, NOMINAL_A)
    assert 0.0 < found.sigma_v <= RECIPE_SIGMA_V
    assert found.back_emf_v < 26.0
