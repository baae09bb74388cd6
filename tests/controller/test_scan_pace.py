from __future__ import annotations

import asyncio

from controller.clock import Clock, Tick
from controller.process_image.commands import NO_COMMANDS, Commands, Dose, RectifierOrder
from controller.process_image.measurements import missing
from controller.protection.guard_state import GuardState
from controller.protection.interruption import interrupted, lowering_only
from controller.scan_pace import ScanPace
from sim.virtual_time import run_virtual
from tests.support.process_images import LIMITS, image


def pace(suspended: list[float]) -> ScanPace:
    return ScanPace(Clock(lambda: 0, lambda: suspended[0]), 1.0, 3.0)


def test_a_gap_is_told_once_it_is_longer_than_the_stall() -> None:
    subject = pace([0.0])
    assert subject.begin(Tick(1, 10.0, 0)) == ("", 0.0)
    assert subject.begin(Tick(2, 13.0, 2)) == ("", 0.0)
    assert subject.begin(Tick(3, 16.5, 2)) == ("no scan for 4 s", 0.0)
    assert subject.begin(Tick(4, 17.5, 0)) == ("", 0.0)


def test_suspended_time_counts_though_no_tick_is_missed() -> None:
    suspended = [100.0]
    subject = pace(suspended)
    subject.begin(Tick(1, 10.0, 0))
    suspended[0] = 100.01
    assert subject.begin(Tick(2, 11.0, 0)) == ("", 0.0), "two clocks are never read at the same instant"
    suspended[0] = 104.0
    assert subject.begin(Tick(3, 12.0, 0)) == ("no scan for 5 s", 4.0)
    assert subject.begin(Tick(4, 13.0, 0)) == ("", 0.0)


def test_a_scan_is_in_time_until_the_next_is_due() -> None:
    async def test() -> None:
        suspended = [0.0]
        subject = pace(suspended)
        subject.begin(Tick(1, 0.0, 0))
        await asyncio.sleep(1.0)
        assert subject.in_time()
        await asyncio.sleep(0.01)
        assert not subject.in_time()
        subject.begin(Tick(2, 1.0, 0))
        assert subject.in_time()
        suspended[0] = 1.0
        assert not subject.in_time()

    run_virtual(test())


def test_an_end_of_control_silences_once() -> None:
    subject = pace([0.0])
    subject.begin(Tick(1, 1.0, 0))
    assert not subject.must_fall_silent(armed=False, complete=False, lost=True), "nobody was in control"
    assert not subject.must_fall_silent(armed=True, complete=True, lost=False)
    for now, silent in ((2.0, False), (4.0, False), (5.0, True), (6.0, False)):
        subject.begin(Tick(1, now, 0))
        assert subject.must_fall_silent(armed=True, complete=False, lost=False) is silent
    subject.must_fall_silent(armed=True, complete=True, lost=False)
    assert subject.must_fall_silent(armed=True, complete=False, lost=True)
    subject.must_fall_silent(armed=True, complete=True, lost=False)
    assert subject.must_fall_silent(armed=False, complete=False, lost=False)
    assert not subject.must_fall_silent(armed=True, complete=False, lost=False)
    assert subject.must_fall_silent(armed=False, complete=False, lost=False), "armed and disarmed without a command"
    assert not subject.must_fall_silent(armed=False, complete=False, lost=False)


def test_an_interruption_latches_hold_at_the_lowest_that_is_known() -> None:
    state = GuardState(armed=True, why_not_armed="", written_a=12000.0, verified_a=25000.0)
    held = interrupted(state, LIMITS, "no scan for 9 s")
    assert (held.hold_reason, held.hold_a) == ("no scan for 9 s", 12000.0)
    assert interrupted(held, LIMITS, "another").hold_reason == "no scan for 9 s"
    assert interrupted(state._replace(written_a=25000.0), LIMITS, "x").hold_a == LIMITS.hold_current_a


def test_who_commanded_nothing_holds_nothing() -> None:
    armed = GuardState(armed=True, why_not_armed="", verified_a=25000.0)
    assert interrupted(armed, LIMITS, "x") == armed
    assert interrupted(GuardState(written_a=1.0, verified_a=1.0), LIMITS, "x").hold_reason == ""


def test_of_late_commands_only_the_lowering_ones_are_left() -> None:
    everything = Commands(24000.0, RectifierOrder.STOP, Dose(1, 1.0), permit=False, heartbeat=True)
    assert lowering_only(everything, image()) == Commands(24000.0, RectifierOrder.STOP, permit=False)
    raising = Commands(25001.0, RectifierOrder.START, Dose(1, 1.0), permit=True, heartbeat=True)
    assert lowering_only(raising, image()) == NO_COMMANDS
    blind = image(current_setpoint_readback_a=missing("no reply", 100.0))
    assert lowering_only(Commands(100.0), blind) == NO_COMMANDS
    assert lowering_only(Commands(0.0), blind) == Commands(0.0)
