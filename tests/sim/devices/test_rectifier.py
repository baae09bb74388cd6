from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.devices.model import DeviceRefusal
from sim.devices.rectifier import CommunicationWatchdog, Rectifier, RectifierRating

RATING = RectifierRating(current_a=30_000.0, voltage_v=12.0, hold_current_a=8_000.0, ramp_a_per_s=1_000.0)
WATCHDOG = CommunicationWatchdog(timeout_s=5.0, ramp_s=10.0)


def running(
    current_a: float = 25_000.0, watchdog: CommunicationWatchdog = WATCHDOG, time_s: float = 100.0
) -> Rectifier:
    return Rectifier(RATING, watchdog, random.Random(1), time_s=time_s, current_a=current_a, voltage_limit_v=11.0)


def test_it_starts_running_in_remote_at_the_current_it_is_given() -> None:
    rectifier = running()
    assert rectifier.values["rectifier_running"] == 1.0
    assert rectifier.values["rectifier_remote"] == 1.0
    assert rectifier.values["current_setpoint_readback_a"] == 25_000.0
    assert rectifier.demand_a == 25_000.0


def test_a_set_point_is_shown_at_once_and_reached_by_the_ramp() -> None:
    rectifier = running()
    rectifier.command("current_setpoint_a", 22_000.0)
    assert rectifier.values["current_setpoint_readback_a"] == 22_000.0
    rectifier.advance_to(101.0)
    assert rectifier.demand_a == pytest.approx(24_000.0)
    rectifier.advance_to(110.0)
    assert rectifier.demand_a == 22_000.0


def test_a_set_point_above_the_rating_is_limited_to_it() -> None:
    rectifier = running()
    rectifier.command("current_setpoint_a", 99_000.0)
    assert rectifier.values["current_setpoint_readback_a"] == RATING.current_a


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_what_is_no_set_point_is_refused_and_changes_nothing(value: float) -> None:
    rectifier = running()
    with pytest.raises(DeviceRefusal):
        rectifier.command("current_setpoint_a", value)
    assert rectifier.setpoint_a == 25_000.0


def test_in_local_the_bus_may_look_and_not_touch() -> None:
    rectifier = running()
    rectifier.turn_key(local=True)
    rectifier.command("remote", 1.0)
    with pytest.raises(DeviceRefusal, match="local"):
        rectifier.command("current_setpoint_a", 10_000.0)
    rectifier.advance_to(200.0)
    assert rectifier.demand_a == 25_000.0


def test_the_watchdog_waits_for_the_first_heartbeat() -> None:
    rectifier = running()
    rectifier.advance_to(1_000.0)
    assert rectifier.values["rectifier_fallback"] == 0.0
    rectifier.command("heartbeat", 1.0)
    rectifier.advance_to(1_004.9)
    assert rectifier.values["rectifier_fallback"] == 0.0
    rectifier.advance_to(1_005.0)
    assert rectifier.values["rectifier_fallback"] == 1.0


def test_after_a_lost_heartbeat_current_is_at_hold_exactly_one_ramp_later_however_seldom_one_looks() -> None:
    often, seldom = running(), running()
    for rectifier in (often, seldom):
        rectifier.command("heartbeat", 1.0)
    for tenth in range(1, 121):
        often.advance_to(100.0 + 0.1 * tenth)
    seldom.advance_to(112.0)
    assert seldom.demand_a == pytest.approx(25_000.0 - 17_000.0 * 0.7)
    assert often.demand_a == pytest.approx(seldom.demand_a)
    seldom.advance_to(115.0)
    assert seldom.demand_a == pytest.approx(8_000.0)


def test_a_heartbeat_that_does_not_change_does_not_feed() -> None:
    rectifier = running()
    rectifier.command("heartbeat", 7.0)
    for second in range(1, 6):
        rectifier.advance_to(100.0 + second)
        rectifier.command("heartbeat", 7.0)
    assert rectifier.values["rectifier_fallback"] == 1.0


def test_a_changing_heartbeat_feeds_for_ever() -> None:
    rectifier = running()
    for second in range(1, 100):
        rectifier.advance_to(100.0 + 4.9 * second)
        rectifier.command("heartbeat", float(second % 65_536))
    assert rectifier.values["rectifier_fallback"] == 0.0
    assert rectifier.values["rectifier_heartbeat_echo"] == 99.0


def test_fallback_latches_against_heartbeats_and_set_points_until_remote_is_taken() -> None:
    rectifier = running()
    rectifier.command("heartbeat", 1.0)
    rectifier.advance_to(130.0)
    rectifier.command("heartbeat", 2.0)
    rectifier.command("current_setpoint_a", 25_000.0)
    rectifier.advance_to(160.0)
    assert rectifier.values["rectifier_fallback"] == 1.0
    assert rectifier.demand_a == pytest.approx(8_000.0)
    rectifier.command("remote", 1.0)
    rectifier.advance_to(200.0)
    assert rectifier.values["rectifier_fallback"] == 0.0
    assert rectifier.demand_a == pytest.approx(8_000.0), "taking remote is bumpless"
    rectifier.command("current_setpoint_a", 9_000.0)
    rectifier.advance_to(202.0)
    assert rectifier.demand_a == pytest.approx(9_000.0)


def test_fallback_never_raises_current() -> None:
    rectifier = running(current_a=5_000.0)
    rectifier.command("heartbeat", 1.0)
    rectifier.advance_to(200.0)
    assert rectifier.values["rectifier_fallback"] == 1.0
    assert rectifier.demand_a == 5_000.0


def test_a_watchdog_fed_by_any_frame_needs_no_heartbeat() -> None:
    rectifier = running(watchdog=CommunicationWatchdog(timeout_s=5.0, ramp_s=0.0, fed_by="any_frame"))
    rectifier.heard_a_frame()
    rectifier.advance_to(104.0)
    rectifier.heard_a_frame()
    rectifier.advance_to(108.9)
    assert rectifier.values["rectifier_fallback"] == 0.0
    rectifier.advance_to(110.0)
    assert rectifier.values["rectifier_fallback"] == 1.0
    assert rectifier.demand_a == 8_000.0


def test_the_hold_input_acts_though_the_watchdog_is_set_to_keep() -> None:
    rectifier = running(watchdog=CommunicationWatchdog(timeout_s=5.0, ramp_s=0.0, action="keep"))
    rectifier.command("heartbeat", 1.0)
    rectifier.advance_to(200.0)
    assert rectifier.demand_a == 25_000.0
    rectifier.fall_back()
    rectifier.advance_to(201.0)
    assert rectifier.demand_a == 8_000.0


def test_a_trip_latches_until_reset_and_start() -> None:
    rectifier = running()
    rectifier.trip("over-current")
    assert rectifier.demand_a == 0.0
    assert rectifier.values["rectifier_tripped"] == 1.0
    with pytest.raises(DeviceRefusal, match="tripped"):
        rectifier.start()
    rectifier.reset()
    rectifier.start()
    rectifier.advance_to(200.0)
    assert rectifier.demand_a == 0.0, "the set-point was lost with the trip"


def test_output_starts_on_its_rising_edge_only() -> None:
    rectifier = running()
    rectifier.trip("over-current")
    rectifier.reset()
    rectifier.command("output", 1.0)
    assert not rectifier.running
    rectifier.command("output", 0.0)
    rectifier.command("output", 1.0)
    assert rectifier.running


def test_taking_remote_again_changes_nothing() -> None:
    rectifier = running()
    rectifier.command("current_setpoint_a", 20_000.0)
    rectifier.command("remote", 1.0)
    assert rectifier.running
    assert rectifier.setpoint_a == 20_000.0


def test_the_first_cause_of_a_trip_is_kept() -> None:
    rectifier = running()
    rectifier.trip("permit contact open")
    rectifier.trip("emergency stop")
    assert rectifier.trip_cause == "permit contact open"


def test_stop_is_obeyed_in_fallback() -> None:
    rectifier = running()
    rectifier.command("heartbeat", 1.0)
    rectifier.advance_to(106.0)
    rectifier.stop()
    rectifier.advance_to(160.0)
    assert rectifier.demand_a == 0.0


def test_after_a_power_cycle_remote_is_lost_and_outputs_are_at_their_defaults() -> None:
    rectifier = running()
    rectifier.command("heartbeat", 9.0)
    rectifier.power_cycle()
    assert (rectifier.remote, rectifier.running, rectifier.setpoint_a, rectifier.heartbeat) == (False, False, 0.0, 0)


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.sampled_from(["beat", "set", "look"])), max_size=40))
def test_current_stays_within_the_rating_and_fallback_within_hold(moves: list[tuple[float, str]]) -> None:
    rectifier = running()
    time_s, beats = 100.0, 0
    for wait_s, move in moves:
        time_s += wait_s
        before_a, was_fallen = rectifier.demand_a, rectifier.fallback
        rectifier.advance_to(time_s)
        assert 0.0 <= rectifier.demand_a <= RATING.current_a
        if was_fallen:
            assert rectifier.demand_a <= before_a
        if move == "beat":
            beats += 1
            rectifier.command("heartbeat", float(beats))
        elif move == "set":
            rectifier.command("current_setpoint_a", 29_000.0)
