from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.estimation.pseudo_resistance import normalised_voltage_v, pseudo_resistance_ohm


@given(st.floats(1300.0, 40000.0), st.floats(1e-5, 1e-3))
def test_line_current_drops_out(current_a: float, resistance_ohm: float) -> None:
    found = pseudo_resistance_ohm(1.66 + resistance_ohm * current_a, current_a, 1.66, 25000.0)
    assert found is not None
    assert found == pytest.approx(resistance_ohm, rel=1e-6)
    assert normalised_voltage_v(found, 1.66, 25000.0) == pytest.approx(1.66 + 25000.0 * resistance_ohm)


@pytest.mark.parametrize("current_a", [0.0, 1249.0, -5.0, float("nan")])
def test_no_division_by_a_small_current(current_a: float) -> None:
    assert pseudo_resistance_ohm(2.0, current_a, 1.66, 25000.0) is None
