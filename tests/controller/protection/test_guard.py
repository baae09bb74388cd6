from __future__ import annotations

import math
from typing import Any

import pytest

from controller.process_image.commands import NO_COMMANDS, Commands, Dose, RectifierOrder
from controller.process_image.measurements import DeviceCondition, Measurement, Measurements, measured, missing
from controller.process_image.requests import Verb
from controller.protection.guard import guard
from controller.protection.guard_state import Action, Guarded, GuardState
from controller.protection.limits import GuardLimits
from drivers.reading import Quality
from tests.support.process_images import LIMITS, RECTIFIER_READY, ask, image, with_limits

ARM = ask(Verb.ARM)
STANDING = Commands(25000.0, permit=True, heartbeat=True)


def armed_state(time_s: float = 99.0, written_a: float | None = 25000.0) -> GuardState:
    state = guard(NO_COMMANDS, image(time_s - 1.0), (ARM,), GuardState(), LIMITS).state
    assert state.armed
    commands = NO_COMMANDS if written_a is None else Commands(written_a, permit=True, heartbeat=True)
    return guard(commands, image(time_s, rectifier_heartbeat_echo=time_s), (), state, LIMITS).state


def run(
    state: GuardState, images: list[Measurements], commands: Commands = STANDING, limits: GuardLimits = LIMITS
) -> list[Guarded]:
    results = []
    for measurements in images:
        result = guard(commands, measurements, (), state, limits)
        results.append(result)
        state = result.state
    return results


class TestArming:
    def test_nothing_passes_before_a_person_arms(self) -> None:
        everything = Commands(20000.0, RectifierOrder.START, Dose(8, 1.0), permit=True, heartbeat=True)
        result = guard(everything, image(), (), GuardState(), LIMITS)
        assert result.commands == NO_COMMANDS
        assert not result.state.armed

    def test_a_healthy_cell_arms_at_once_and_needs_no_order(self) -> None:
        result = guard(NO_COMMANDS, image(), (ARM,), GuardState(), LIMITS)
        assert result.state.armed
        assert result.commands.rectifier_order is RectifierOrder.NONE
        assert result.verdicts[0].accepted

    def test_every_unmet_permissive_is_named_at_once(self) -> None:
        bad = image(
            line_current_a=missing("open_circuit", 100.0),
            cell_voltage_v=measured(7.0, 90.0),
            rectifier_tripped=1.0,
            devices=(
                RECTIFIER_READY,
                DeviceCondition("tc", "bath_temperature", True, False, True, "link down: refused"),
            ),
        )
        result = guard(NO_COMMANDS, bad, (ARM,), GuardState(), LIMITS)
        verdict = result.verdicts[0]
        assert not verdict.accepted
        assert verdict.code == "permissives_unmet"
        for reason in (
            "line_current_a: open_circuit",
            "cell_voltage_v: 10.0 s old",
            "tripped",
            "tc: link down: refused",
        ):
            assert reason in verdict.message

    def test_wrong_identity_cannot_be_armed(self) -> None:
        wrong = DeviceCondition(
            "rectifier", "rectifier", True, False, True, "wrong identity: map_id is 1, expected 21059"
        )
        result = guard(NO_COMMANDS, image(devices=(wrong,)), (ARM,), GuardState(), LIMITS)
        assert not result.state.armed
        assert "wrong identity" in result.verdicts[0].message

    def test_current_above_the_envelope_cannot_be_armed(self) -> None:
        above_a = LIMITS.current_a_max + LIMITS.setpoint_readback_tolerance_a + 1.0
        result = guard(NO_COMMANDS, image(line_current_a=above_a), (ARM,), GuardState(), LIMITS)
        assert not result.verdicts[0].accepted
        assert "above the envelope's 28000 A" in result.verdicts[0].message

    def test_a_cell_that_runs_at_its_ceiling_can_be_armed(self) -> None:
        """Noise reads above the ceiling every other scan; what is written stays below it."""
        noisy = image(line_current_a=28001.0, current_setpoint_readback_a=28000.0)
        result = guard(Commands(28500.0), noisy, (ARM,), GuardState(), LIMITS)
        assert result.state.armed
        assert result.commands.current_setpoint_a == LIMITS.current_a_max

    def test_shadow_refuses_to_arm_and_passes_nothing(self) -> None:
        shadow = with_limits(shadow=True)
        result = guard(STANDING, image(), (ARM, ask(Verb.STOP)), armed_state(), shadow)
        assert [verdict.code for verdict in result.verdicts] == ["shadow", "shadow"]
        assert result.commands == NO_COMMANDS
        assert not result.state.armed

    def test_takes_remote_and_waits_for_it(self) -> None:
        local = {"rectifier_remote": 0.0}
        first = guard(STANDING, image(100.0, **local), (ARM,), GuardState(), LIMITS)
        assert first.commands.rectifier_order is RectifierOrder.TAKE_REMOTE
        assert first.commands.current_setpoint_a is None
        waiting = guard(STANDING, image(101.0, **local), (), first.state, LIMITS)
        assert waiting.commands.current_setpoint_a is None
        assert waiting.commands.rectifier_order is RectifierOrder.NONE
        ours = guard(STANDING, image(102.0), (), waiting.state, LIMITS)
        assert ours.commands.current_setpoint_a == 25000.0

    def test_gives_up_after_ten_seconds_without_remote(self) -> None:
        state = guard(NO_COMMANDS, image(100.0, rectifier_remote=0.0), (ARM,), GuardState(), LIMITS).state
        results = run(state, [image(100.0 + t, rectifier_remote=0.0) for t in range(1, 13)])
        assert results[9].state.armed
        assert not results[10].state.armed
        assert "in local" in results[10].state.why_not_armed
        assert results[10].state.disarmed_by_guard

    def test_a_fallback_while_armed_needs_a_new_arming_which_takes_remote_again(self) -> None:
        lost = guard(STANDING, image(rectifier_fallback=1.0), (), armed_state(), LIMITS)
        assert not lost.state.armed
        assert lost.commands == NO_COMMANDS
        again = guard(STANDING, image(101.0, rectifier_fallback=1.0), (ARM,), lost.state, LIMITS)
        assert again.state.armed
        assert again.commands.rectifier_order is RectifierOrder.TAKE_REMOTE

    def test_disarm(self) -> None:
        result = guard(STANDING, image(), (ask(Verb.DISARM),), armed_state(), LIMITS)
        assert result.commands == NO_COMMANDS
        assert result.state.why_not_armed == "disarmed by ana"
        assert not result.state.disarmed_by_guard


class TestLoweringWithoutArming:
    def test_stop_reaches_an_identified_rectifier(self) -> None:
        result = guard(NO_COMMANDS, image(), (ask(Verb.STOP),), GuardState(), LIMITS)
        assert result.commands == Commands(0.0, RectifierOrder.STOP)
        assert not result.state.armed

    def test_hold_lowers_once_to_the_hold_current(self) -> None:
        result = guard(NO_COMMANDS, image(), (ask(Verb.HOLD),), GuardState(), LIMITS)
        assert result.commands == Commands(15000.0)

    def test_hold_never_raises_a_cell_that_stands_lower(self) -> None:
        low = image(line_current_a=9000.0, current_setpoint_readback_a=9000.0)
        assert guard(NO_COMMANDS, low, (ask(Verb.HOLD),), GuardState(), LIMITS).commands == Commands(9000.0)

    def test_a_controller_that_wants_less_gets_less(self) -> None:
        result = guard(Commands(8000.0), image(), (ask(Verb.HOLD),), GuardState(), LIMITS)
        assert result.commands == Commands(8000.0)

    def test_a_device_of_unknown_identity_is_not_written_to(self) -> None:
        unknown = image(devices=(RECTIFIER_READY._replace(ready=False, reason="link down: refused"),))
        result = guard(NO_COMMANDS, unknown, (ask(Verb.STOP),), GuardState(), LIMITS)
        assert result.commands == NO_COMMANDS
        assert result.verdicts[0].code == "not_reached"
        assert "panel" in result.verdicts[0].message


class TestSetpoint:
    def test_a_verified_standing_setpoint_passes_though_the_cell_draws_less(self) -> None:
        clipped = image(line_current_a=12000.0)
        assert guard(STANDING, clipped, (), armed_state(), LIMITS).commands.current_setpoint_a == 25000.0

    def test_upward_slew_from_the_verified_value(self) -> None:
        low = {"line_current_a": 20000.0, "current_setpoint_readback_a": 20000.0}
        state = armed_state()._replace(written_a=20000.0)
        result = guard(STANDING, image(**low), (), state, LIMITS)
        assert result.commands.current_setpoint_a == 20200.0

    def test_first_setpoint_after_arming_starts_at_the_actual(self) -> None:
        result = guard(Commands(28000.0), image(line_current_a=10000.0), (), armed_state(written_a=None), LIMITS)
        assert result.commands.current_setpoint_a == 10200.0

    def test_lowering_is_never_slowed(self) -> None:
        result = guard(Commands(0.0, heartbeat=True), image(), (), armed_state(), LIMITS)
        assert result.commands.current_setpoint_a == 0.0

    def test_envelope(self) -> None:
        limits = with_limits(current_slew_up_a_per_s=1e9)
        result = guard(Commands(50000.0), image(), (), armed_state(), limits)
        assert result.commands.current_setpoint_a == LIMITS.current_a_max

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, True, "25000"])
    def test_what_is_no_setpoint_is_not_written_and_stops_the_heartbeat(self, value: object) -> None:
        commands = Commands(value, heartbeat=True)  # type: ignore[arg-type]
        result = guard(commands, image(), (), armed_state(), LIMITS)
        assert result.commands.current_setpoint_a is None
        assert not result.commands.heartbeat
        assert result.action is Action.FREEZE

    @pytest.mark.parametrize(
        "changes",
        [{"cell_voltage_v": 15.5}, {"bath_temperature_degc": (951.0, 880.0)}],
        ids=["voltage", "temperature"],
    )
    def test_above_a_ceiling_only_lowering_passes(self, changes: dict[str, Any]) -> None:
        result = guard(Commands(26000.0, heartbeat=True), image(**changes), (), armed_state(), LIMITS)
        assert result.action is Action.REDUCE
        assert result.commands.current_setpoint_a == 25000.0
        assert result.commands.heartbeat
        lower = guard(Commands(20000.0), image(**changes), (), armed_state(), LIMITS)
        assert lower.commands.current_setpoint_a == 20000.0

    def test_a_needed_device_that_is_gone_keeps_energy_from_rising(self) -> None:
        gone = DeviceCondition("tc", "bath_temperature", True, False, True, "link down")
        result = guard(Commands(26000.0), image(devices=(RECTIFIER_READY, gone)), (), armed_state(), LIMITS)
        assert result.action is Action.REDUCE
        assert result.commands.current_setpoint_a == 25000.0


class TestFreshness:
    def test_a_lost_current_restricts_at_once_and_holds_after_fresh_s(self) -> None:
        blind = [image(99.0 + t, line_current_a=missing("timeout", 99.0 + t)) for t in range(1, 7)]
        results = run(armed_state(), blind, Commands(26000.0, heartbeat=True))
        assert results[0].action is Action.REDUCE
        assert results[0].commands.current_setpoint_a == 25000.0
        assert not results[0].commands.heartbeat
        assert results[3].action is Action.REDUCE
        assert results[4].action is Action.HOLD
        assert results[4].commands.current_setpoint_a == 15000.0

    def test_a_stale_voltage_counts_as_lost(self) -> None:
        result = guard(STANDING, image(cell_voltage_v=measured(7.5, 96.0)), (), armed_state(), LIMITS)
        assert result.action is Action.REDUCE

    def test_hold_is_never_above_what_was_written_while_the_current_still_falls(self) -> None:
        state = armed_state()._replace(written_a=5000.0)
        falling = image(line_current_a=9000.0, current_setpoint_readback_a=5000.0)
        result = guard(NO_COMMANDS, falling, (ask(Verb.HOLD),), state, LIMITS)
        assert result.commands.current_setpoint_a == 5000.0

    @pytest.mark.parametrize("value", [math.nan, math.inf, 1e30])
    def test_what_only_calls_itself_good_is_lost_too(self, value: float) -> None:
        liar = Measurement(value, Quality.GOOD, "", 100.0)
        result = guard(Commands(26000.0, heartbeat=True), image(line_current_a=liar), (), armed_state(), LIMITS)
        assert result.action is Action.REDUCE
        assert result.state.verified_a == 25000.0
        assert not result.commands.heartbeat

    def test_hold_stays_until_a_person_chooses_a_mode_with_the_cause_gone(self) -> None:
        blind = [image(99.0 + t, line_current_a=missing("timeout", 0.0)) for t in range(1, 7)]
        state = run(armed_state(), blind)[-1].state
        held_image = {"line_current_a": 15000.0, "current_setpoint_readback_a": 15000.0}
        seeing = run(state, [image(110.0, **held_image)])[-1]
        assert seeing.action is Action.HOLD
        assert seeing.commands.current_setpoint_a == 15000.0
        assert seeing.commands.heartbeat
        still_blind = image(111.0, line_current_a=missing("timeout", 0.0))
        refused = guard(STANDING, still_blind, (ask(Verb.MODE, text="MANUAL"),), seeing.state, LIMITS)
        assert refused.verdicts[0].code == "hold_cause_present"
        assert refused.action is Action.HOLD
        released = guard(
            Commands(15000.0), image(112.0, **held_image), (ask(Verb.MODE, text="MANUAL"),), seeing.state, LIMITS
        )
        assert released.verdicts == ()
        assert released.action is Action.NONE
        assert released.state.hold_reason == ""

    def test_lost_temperature_holds_after_its_own_time(self) -> None:
        lost = tuple(missing("open_circuit", 0.0) for _ in range(3))
        limits = with_limits(bath_temperature_lost_hold_s=5.0)
        images = [image(99.0 + t, bath_temperature_degc=lost, rectifier_heartbeat_echo=float(t)) for t in range(1, 9)]
        results = run(armed_state(), images, STANDING, limits)
        assert [result.action for result in results[:6]] == [Action.REDUCE] * 6
        assert results[6].action is Action.HOLD

    def test_standby_commands_nothing_and_therefore_holds_nothing(self) -> None:
        blind = [image(99.0 + t, line_current_a=missing("timeout", 0.0)) for t in range(1, 9)]
        results = run(armed_state(written_a=None), blind, NO_COMMANDS)
        assert all(result.commands == NO_COMMANDS for result in results)
        assert results[-1].state.hold_reason == ""


class TestRectifier:
    def test_link_lost_is_silence(self) -> None:
        gone = image(devices=(RECTIFIER_READY._replace(ready=False, reason="link down"),))
        result = guard(STANDING, gone, (), armed_state(), LIMITS)
        assert result.action is Action.SILENT
        assert result.commands == NO_COMMANDS

    def test_a_trip_stops_feed_and_rectifier_opens_the_permit_and_needs_a_new_arming(self) -> None:
        commands = Commands(25000.0, dose=Dose(8, 1.0), permit=True, heartbeat=True)
        result = guard(commands, image(rectifier_tripped=1.0), (), armed_state(), LIMITS)
        assert result.commands == Commands(rectifier_order=RectifierOrder.STOP, permit=False)
        assert not result.state.armed
        after = guard(commands, image(101.0), (), result.state, LIMITS)
        assert after.commands == NO_COMMANDS

    def test_two_mismatches_in_a_row_hold(self) -> None:
        foreign = {"current_setpoint_readback_a": 24000.0, "line_current_a": 24000.0}
        results = run(armed_state(), [image(100.0, **foreign), image(101.0, **foreign)], Commands(25000.0))
        assert results[0].action is Action.NONE
        assert results[1].action is Action.HOLD
        assert "foreign writer" in results[1].reasons[0]

    def test_a_hold_goes_no_higher_than_somebody_has_lowered_the_setpoint(self) -> None:
        foreign = {"current_setpoint_readback_a": 8000.0}
        results = run(armed_state(), [image(100.0 + t, **foreign) for t in range(4)], Commands(25000.0))
        assert results[1].action is Action.HOLD
        assert [result.commands.current_setpoint_a for result in results[1:]] == [8000.0] * 3
        lower = guard(
            Commands(25000.0), image(104.0, current_setpoint_readback_a=5000.0), (), results[-1].state, LIMITS
        )
        assert lower.commands.current_setpoint_a == 5000.0

    def test_a_hold_overwritten_again_and_again_ends_control(self) -> None:
        foreign = {"current_setpoint_readback_a": 24000.0}
        results = run(armed_state(), [image(100.0 + t, **foreign) for t in range(4)], Commands(25000.0))
        assert [result.action for result in results] == [Action.NONE, Action.HOLD, Action.HOLD, Action.SILENT]
        assert results[3].commands == NO_COMMANDS
        assert "overwritten" in results[3].state.why_not_armed

    def test_one_mismatch_is_forgiven(self) -> None:
        images = [image(100.0, current_setpoint_readback_a=24000.0), image(101.0, current_setpoint_readback_a=24200.0)]
        assert [result.state.mismatches for result in run(armed_state(), images)] == [1, 0]

    def test_a_readback_older_than_the_write_proves_nothing(self) -> None:
        old = measured(20000.0, 99.0)
        result = guard(STANDING, image(current_setpoint_readback_a=old), (), armed_state(), LIMITS)
        assert result.state.mismatches == 0

    def test_a_frozen_echo_disarms_and_falls_silent(self) -> None:
        results = run(armed_state(), [image(99.0 + t, rectifier_heartbeat_echo=99.0) for t in range(1, 6)])
        assert [result.action for result in results[:3]] == [Action.NONE] * 3
        assert results[3].action is Action.SILENT
        assert results[3].commands == NO_COMMANDS
        assert "echo" in results[3].state.why_not_armed

    def test_an_echo_that_stands_while_we_do_not_beat_is_no_fault(self) -> None:
        images = [image(99.0 + t, rectifier_heartbeat_echo=99.0) for t in range(1, 9)]
        assert all(result.state.armed for result in run(armed_state(), images, Commands(25000.0)))

    def test_start_needs_a_low_standing_setpoint(self) -> None:
        still = {"line_current_a": 0.0, "rectifier_running": 0.0}
        start = Commands(0.0, RectifierOrder.START)
        jump = guard(start, image(**still), (), armed_state(), LIMITS)
        assert jump.commands.rectifier_order is RectifierOrder.NONE
        state = armed_state()._replace(written_a=0.0)
        calm = guard(start, image(**still, current_setpoint_readback_a=0.0), (), state, LIMITS)
        assert calm.commands.rectifier_order is RectifierOrder.START

    @pytest.mark.parametrize("changes", [{"cell_voltage_v": 15.5}, {"bath_temperature_degc": ()}])
    def test_start_needs_an_unrestricted_cell(self, changes: dict[str, Any]) -> None:
        still: dict[str, Any] = {"line_current_a": 0.0, "rectifier_running": 0.0, "current_setpoint_readback_a": 0.0}
        start, state = Commands(0.0, RectifierOrder.START), armed_state()._replace(written_a=0.0)
        assert guard(start, image(**still), (), state, LIMITS).commands.rectifier_order is RectifierOrder.START
        restricted = guard(start, image(**still, **changes), (), state, LIMITS)
        assert restricted.action is Action.REDUCE
        assert restricted.commands.rectifier_order is RectifierOrder.NONE
        held = guard(start, image(**still), (ask(Verb.HOLD),), state, LIMITS)
        assert held.commands.rectifier_order is RectifierOrder.NONE

    def test_stop_beats_everything_the_controller_wants(self) -> None:
        commands = Commands(25000.0, RectifierOrder.START, Dose(8, 1.0), permit=True, heartbeat=True)
        result = guard(commands, image(), (ask(Verb.STOP),), armed_state(), LIMITS)
        assert result.commands.current_setpoint_a == 0.0
        assert result.commands.rectifier_order is RectifierOrder.STOP
        assert result.commands.dose is None


class TestDoses:
    @pytest.mark.parametrize("dose", [Dose(8, 2.1), Dose(8, 0.0), Dose(8, math.nan), Dose(0, 1.0), Dose(65536, 1.0)])
    def test_refused(self, dose: Dose) -> None:
        assert guard(Commands(25000.0, dose=dose), image(), (), armed_state(), LIMITS).commands.dose is None

    def test_hourly_bound(self) -> None:
        limits = with_limits(dose_kg_per_h_max=3.0)
        state, passed = armed_state(), []
        for number in range(1, 6):
            now = 99.0 + number
            commands = Commands(25000.0, dose=Dose(number, 1.0))
            result = guard(commands, image(now), (), state, limits)
            state = result.state
            passed.append(result.commands.dose is not None)
        assert passed == [True, True, True, False, False]
        later = guard(Commands(25000.0, dose=Dose(9, 1.0)), image(99.0 + 3700.0), (), state, limits)
        assert later.commands.dose == Dose(9, 1.0)

    def test_not_while_held_nor_blind(self) -> None:
        commands = Commands(15000.0, dose=Dose(8, 1.0))
        held = guard(commands, image(), (ask(Verb.HOLD),), armed_state(), LIMITS)
        assert held.action is Action.HOLD
        assert held.commands.dose is None
        blind = guard(commands, image(cell_voltage_v=missing("timeout", 0.0)), (), armed_state(), LIMITS)
        assert blind.commands.dose is None

    def test_the_hourly_count_survives_disarming(self) -> None:
        state = guard(Commands(25000.0, dose=Dose(8, 1.0)), image(), (), armed_state(), LIMITS).state
        again = guard(NO_COMMANDS, image(101.0), (ask(Verb.DISARM), ARM), state, LIMITS).state
        assert again.armed
        assert again.doses == ((100.0, 1.0),)
