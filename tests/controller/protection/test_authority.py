from __future__ import annotations

import pytest

from controller.process_image.commands import NO_COMMANDS, Commands
from controller.process_image.measurements import DeviceCondition, missing
from controller.process_image.requests import Verb
from controller.protection.guard import guard
from controller.protection.guard_state import Action, GuardState
from controller.protection.limits import GuardLimits
from tests.support.process_images import LIMITS, ask, image, with_limits

STANDING = Commands(25000.0, permit=True, heartbeat=True)
GONE = DeviceCondition("rectifier", "rectifier", True, False, True, "no reply")


def beating(limits: GuardLimits = LIMITS) -> GuardState:
    """Armed and in control at 100 s, the echo having changed with the last scan."""
    period_s = limits.scan_period_s
    state = guard(NO_COMMANDS, image(100.0 - 2.0 * period_s), (ask(Verb.ARM),), GuardState(), limits).state
    state = guard(STANDING, image(100.0 - period_s, rectifier_heartbeat_echo=1.0), (), state, limits).state
    return guard(STANDING, image(100.0, rectifier_heartbeat_echo=2.0), (), state, limits).state


@pytest.mark.parametrize(("period_s", "forgiven"), [(0.2, 15), (1.0, 3), (2.0, 2)])
def test_how_many_scans_an_echo_may_stand_still(period_s: float, forgiven: int) -> None:
    """At slow scans one lost beat, seen as two equal echoes, must not cost the cell its control."""
    limits = with_limits(scan_period_s=period_s)
    state = beating(limits)
    armed = []
    for scan in range(1, forgiven + 2):
        # A hair early, so that a whole multiple of the period is not decided by the last bit of a float.
        now_s = 100.0 + scan * period_s - 1e-6
        state = guard(STANDING, image(now_s, rectifier_heartbeat_echo=2.0), (), state, limits).state
        armed.append(state.armed)
    assert armed == [True] * forgiven + [False]
    assert "has not echoed a heartbeat" in state.why_not_armed


@pytest.mark.parametrize(("watchdog", "words"), [(True, "by its own watchdog"), (False, "stay with the cell")])
def test_disarming_promises_a_watchdog_only_where_there_is_one(watchdog: bool, words: str) -> None:
    limits = with_limits(rectifier_has_watchdog=watchdog)
    (verdict,) = guard(STANDING, image(), (ask(Verb.DISARM),), beating(limits), limits).verdicts
    assert verdict.accepted
    assert words in verdict.message


@pytest.mark.parametrize("verb", [Verb.HOLD, Verb.STOP])
def test_what_was_refused_for_a_lost_link_leaves_no_latch_behind(verb: Verb) -> None:
    refused = guard(STANDING, image(101.0, devices=(GONE,)), (ask(verb),), beating(), LIMITS)
    assert [verdict.code for verdict in refused.verdicts] == ["not_reached"]
    assert not refused.state.hold_reason
    back = guard(STANDING, image(102.0, rectifier_heartbeat_echo=3.0), (), refused.state, LIMITS)
    assert back.action is Action.NONE
    assert back.commands.current_setpoint_a == 25000.0


def test_a_hold_of_an_armed_cell_rests_on_the_last_current_seen() -> None:
    blind = image(101.0, line_current_a=missing("no reply", 101.0), current_setpoint_readback_a=missing("x", 101.0))
    held = guard(STANDING, blind, (ask(Verb.HOLD),), beating(), LIMITS)
    assert all(verdict.accepted for verdict in held.verdicts)
    assert held.action is Action.HOLD
    assert held.commands.current_setpoint_a == 15000.0


def test_a_hold_nobody_can_place_is_refused() -> None:
    blind = image(101.0, line_current_a=missing("no reply", 101.0), current_setpoint_readback_a=missing("x", 101.0))
    (verdict,) = guard(NO_COMMANDS, blind, (ask(Verb.HOLD),), GuardState(), LIMITS).verdicts
    assert verdict.code == "current_unknown"


def test_without_a_current_nobody_is_given_more_than_the_setpoint_that_stands() -> None:
    """The last current seen says nothing of a set-point that somebody has lowered since."""
    state = beating()._replace(written_a=None)
    lowered = image(101.0, line_current_a=missing("no reply", 101.0), current_setpoint_readback_a=9000.0)
    result = guard(STANDING, lowered, (), state, LIMITS)
    assert result.action is Action.REDUCE
    assert result.commands.current_setpoint_a == 9000.0
