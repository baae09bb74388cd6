from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.estimation.anode_wear import anode_currents_a, changed, fresh, remaining_h, worn
from controller.estimation.beliefs import carbon_kg_per_ah
from tests.support.process_images import SETTINGS

own = st.lists(st.one_of(st.none(), st.floats(0.0, 3000.0)), min_size=1, max_size=18).map(tuple)


@given(own, st.floats(0.0, 40000.0))
def test_every_anode_has_a_current_and_measured_ones_keep_theirs(
    own_a: tuple[float | None, ...], line_a: float
) -> None:
    currents = anode_currents_a(line_a, own_a)
    assert len(currents) == len(own_a)
    assert all(given is None or given == used for given, used in zip(own_a, currents, strict=True))
    assert all(current >= 0.0 for current in currents)


def test_the_rest_of_the_line_is_shared() -> None:
    assert anode_currents_a(3000.0, (1200.0, None, None)) == (1200.0, 900.0, 900.0)


def test_charge_adds_up_and_a_shared_anode_is_marked() -> None:
    wear = fresh(2)
    for _ in range(3600):
        wear = worn(wear, (1000.0, 500.0), (1000.0, None), 1.0)
    assert wear.charge_ah == pytest.approx((1000.0, 500.0))
    assert wear.shared == (False, True)


def test_a_current_backwards_burns_nothing() -> None:
    assert worn(fresh(1), (-5.0,), (-5.0,), 1.0).charge_ah == (0.0,)


def test_changing_touches_one_anode() -> None:
    wear = worn(fresh(3), (1000.0,) * 3, (None,) * 3, 3600.0)
    after = changed(wear, 1, "B-12", 1389.0)
    assert after.charge_ah == (wear.charge_ah[0], 0.0, wear.charge_ah[2])
    assert after.known == (False, True, False)
    assert after.shared == (True, False, True)


def test_a_full_life_at_nominal_current_is_the_designs() -> None:
    """31 kg at 25 kA / 18 anodes, f_CO2 0.8, 15 % excess: 144 h, the life in the cell's file."""
    share_a = 25000.0 / 18.0
    hours = remaining_h(31.0, share_a, share_a, carbon_kg_per_ah(SETTINGS))
    assert hours == pytest.approx(144.0, rel=0.01)


def test_a_starved_anode_is_forecast_at_the_equal_share() -> None:
    per_ah = carbon_kg_per_ah(SETTINGS)
    assert remaining_h(10.0, 5.0, 1389.0, per_ah) == remaining_h(10.0, 1389.0, 1389.0, per_ah)


def test_overdue_is_zero() -> None:
    assert remaining_h(-1.0, 1389.0, 1389.0, 1e-4) == 0.0


def test_the_forecast_starts_at_the_first_current_and_does_not_creep_up_from_zero() -> None:
    wear = fresh(2)
    first = worn(wear, (1500.0, 1400.0), (1500.0, 1400.0), 1.0)
    assert first.filtered_a == (1500.0, 1400.0)
    second = worn(first, (1510.0, 1390.0), (1510.0, 1390.0), 1.0)
    assert 1500.0 < second.filtered_a[0] < 1501.0
    assert 1399.0 < second.filtered_a[1] < 1400.0
