from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.devices.feeder import Feeder
from sim.devices.model import DeviceRefusal


def feeder(hopper_kg: float = 100.0) -> Feeder:
    return Feeder(random.Random(3), time_s=0.0, hopper_kg=hopper_kg)


def test_a_dose_falls_over_its_time_and_its_number_is_echoed_at_the_end() -> None:
    screw = feeder()
    screw.command("dose_kg", 0.5, {"dose_id": 41.0})
    screw.advance_to(5.0)
    assert screw.values["feeder_running"] == 1.0
    assert screw.values["dose_done_id"] == 0.0
    screw.advance_to(11.0)
    assert screw.values["feeder_running"] == 0.0
    assert screw.values["dose_done_id"] == 41.0
    assert screw.values["dose_done_kg"] == 0.5
    assert screw.collect_kg() == pytest.approx(0.5, rel=0.06)
    assert screw.collect_kg() == 0.0


def test_a_number_seen_before_doses_nothing() -> None:
    screw = feeder()
    screw.command("dose_kg", 0.5, {"dose_id": 41.0})
    screw.advance_to(60.0)
    fallen_kg = screw.collect_kg()
    screw.command("dose_kg", 0.5, {"dose_id": 41.0})
    screw.advance_to(120.0)
    assert fallen_kg > 0.4
    assert screw.collect_kg() == 0.0


def test_a_jammed_screw_stays_running_and_never_says_done() -> None:
    screw = feeder()
    screw.command("dose_kg", 0.5, {"dose_id": 1.0})
    screw.advance_to(2.0)
    screw.jam(True)
    screw.advance_to(300.0)
    assert screw.values["feeder_ready"] == 0.0
    assert screw.values["dose_done_id"] == 0.0
    screw.jam(False)
    screw.advance_to(400.0)
    assert screw.values["dose_done_id"] == 1.0


def test_an_empty_hopper_ends_the_dose_unfinished_and_refuses_the_next() -> None:
    screw = feeder(hopper_kg=0.2)
    screw.command("dose_kg", 0.5, {"dose_id": 1.0})
    screw.advance_to(60.0)
    assert screw.collect_kg() == pytest.approx(0.2)
    assert screw.values["dose_done_id"] == 0.0
    with pytest.raises(DeviceRefusal):
        screw.command("dose_kg", 0.5, {"dose_id": 2.0})


@given(st.lists(st.tuples(st.floats(0.05, 2.0), st.integers(1, 5), st.floats(0.0, 60.0)), max_size=30))
def test_oxide_is_neither_made_nor_lost(doses: list[tuple[float, int, float]]) -> None:
    screw = feeder(hopper_kg=5.0)
    time_s, fallen_kg = 0.0, 0.0
    for mass_kg, number, wait_s in doses:
        try:
            screw.command("dose_kg", mass_kg, {"dose_id": float(number)})
        except DeviceRefusal:
            assert screw.empty
        time_s += wait_s
        screw.advance_to(time_s)
        fallen_kg += screw.collect_kg()
    assert fallen_kg + screw.hopper_kg == pytest.approx(5.0)
    assert screw.hopper_kg >= -1e-12
