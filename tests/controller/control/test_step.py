from __future__ import annotations

import dataclasses
import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.modes import ENERGISED
from controller.control.step import CellState, Decision, checkpoint, initial_state, step
from controller.process_image.commands import NO_COMMANDS, Dose, RectifierOrder
from controller.process_image.measurements import NOT_FITTED, missing
from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verb
from tests.support.process_images import DESIGN, SETTINGS, ask, image


def mode(name: str) -> Request:
    return ask(Verb.MODE, text=name)


def in_mode(name: str, time_s: float = 99.0, **changes: Any) -> CellState:
    """A cell one scan after it was put into that mode."""
    state = step(initial_state(SETTINGS), image(time_s - 1.0, **changes), (), SETTINGS, armed=True).state
    decision = step(state, image(time_s, **changes), (mode(name),), SETTINGS, armed=True)
    assert decision.verdicts[0].accepted, decision.verdicts
    return decision.state


def scans(
    state: CellState, count: int, *, start_s: float = 100.0, armed: bool = True, held: str = "", **changes: Any
) -> list[Decision]:
    decisions = []
    for number in range(count):
        decision = step(state, image(start_s + number, **changes), (), SETTINGS, armed=armed, held=held)
        decisions.append(decision)
        state = decision.state
    return decisions


class TestModes:
    def test_starts_in_standby_and_commands_nothing(self) -> None:
        decision = step(initial_state(SETTINGS), image(), (), SETTINGS, armed=True)
        assert decision.state.mode is Mode.STANDBY
        assert decision.commands == NO_COMMANDS

    @pytest.mark.parametrize("name", ["MANUAL", "AUTOMATIC"])
    def test_running_modes_need_arming_and_feedback(self, name: str) -> None:
        unarmed = step(initial_state(SETTINGS), image(), (mode(name),), SETTINGS, armed=False)
        assert unarmed.verdicts[0].code == "not_armed"
        blind = image(cell_voltage_v=missing("timeout", 100.0))
        refused = step(initial_state(SETTINGS), blind, (mode(name),), SETTINGS, armed=True)
        assert refused.verdicts[0].code == "no_feedback"
        assert refused.state.mode is Mode.STANDBY

    def test_automatic_does_not_start_a_rectifier(self) -> None:
        still = image(rectifier_running=0.0, line_current_a=0.0)
        decision = step(initial_state(SETTINGS), still, (mode("AUTOMATIC"),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == "not_running"

    def test_losing_arming_falls_to_standby(self) -> None:
        decision = scans(in_mode("AUTOMATIC"), 1, armed=False)[0]
        assert decision.state.mode is Mode.STANDBY
        assert decision.commands == NO_COMMANDS
        assert [event.code for event in decision.events] == ["mode"]

    def test_the_guard_may_send_it_to_hold_and_only_a_person_gets_it_out(self) -> None:
        held = scans(in_mode("AUTOMATIC"), 1, held="no voltage")[0]
        assert held.state.mode is Mode.HOLD
        assert held.commands.current_setpoint_a == SETTINGS.hold_current_a
        later = scans(held.state, 5, start_s=101.0)
        assert all(decision.state.mode is Mode.HOLD for decision in later)
        out = step(later[-1].state, image(106.0), (mode("MANUAL"),), SETTINGS, armed=True)
        assert out.state.mode is Mode.MANUAL

    def test_stop_is_off_with_zero_at_once(self) -> None:
        decision = step(in_mode("AUTOMATIC"), image(), (ask(Verb.STOP),), SETTINGS, armed=True)
        assert decision.state.mode is Mode.OFF
        assert decision.commands.current_setpoint_a == 0.0
        assert decision.commands.rectifier_order is RectifierOrder.STOP

    def test_stop_and_hold_lower_an_unarmed_cell_for_one_scan(self) -> None:
        state = initial_state(SETTINGS)
        hold = step(state, image(), (ask(Verb.HOLD),), SETTINGS, armed=False)
        assert hold.commands.current_setpoint_a == SETTINGS.hold_current_a
        assert hold.state.mode is Mode.STANDBY
        assert scans(hold.state, 1, start_s=101.0, armed=False)[0].commands == NO_COMMANDS
        stop = step(state, image(), (ask(Verb.STOP),), SETTINGS, armed=False)
        assert stop.commands.rectifier_order is RectifierOrder.STOP
        assert stop.commands.current_setpoint_a == 0.0

    def test_stop_is_repeated_while_the_rectifier_runs_on(self) -> None:
        stopped = step(in_mode("MANUAL"), image(), (ask(Verb.STOP),), SETTINGS, armed=True).state
        orders = [d.commands.rectifier_order for d in scans(stopped, 4, start_s=101.0)]
        assert orders == [RectifierOrder.NONE] * 2 + [RectifierOrder.STOP, RectifierOrder.NONE]

    def test_leaving_to_standby_tells_what_it_does_to_the_cell(self) -> None:
        decision = step(in_mode("MANUAL"), image(), (mode("STANDBY"),), SETTINGS, armed=True)
        assert "watchdog" in decision.verdicts[0].message
        assert "15000 A" in decision.verdicts[0].message

    def test_unknown_mode(self) -> None:
        decision = step(initial_state(SETTINGS), image(), (mode("TURBO"),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == "no_such_mode"


class TestPermit:
    @pytest.mark.parametrize(
        ("contact", "permit"), [(1.0, True), (0.0, True), (NOT_FITTED, True), (missing("link down", 100.0), None)]
    )
    def test_is_asked_for_where_it_can_be_reached(self, contact: Any, permit: bool | None) -> None:
        decision = scans(in_mode("AUTOMATIC"), 1, permit_contact_closed=contact)[0]
        assert decision.commands.permit is permit
        assert decision.commands.heartbeat


class TestCurrent:
    def test_hand_over_is_bumpless(self) -> None:
        actual: dict[str, Any] = {"line_current_a": 21000.0, "current_setpoint_readback_a": 21000.0}
        state = in_mode("MANUAL", **actual)
        assert state.setpoint_a == 21000.0
        assert scans(state, 3, **actual)[-1].commands.current_setpoint_a == 21000.0

    def test_automatic_ramps_to_the_recipe(self) -> None:
        actual: dict[str, Any] = {"line_current_a": 21000.0, "current_setpoint_readback_a": 21000.0}
        setpoints = [d.state.setpoint_a for d in scans(in_mode("AUTOMATIC", **actual), 3, **actual)]
        step_a = 25000.0 * 0.05 / 60.0
        assert setpoints == pytest.approx([21000.0 + step_a * n for n in (2, 3, 4)])

    def test_a_rising_setpoint_does_not_run_away_from_what_is_confirmed(self) -> None:
        actual: dict[str, Any] = {"line_current_a": 15000.0, "current_setpoint_readback_a": 15000.0}
        last = scans(in_mode("AUTOMATIC", **actual), 120, **actual)[-1].state.setpoint_a
        assert last == 15250.0

    def test_no_step_upwards_without_feedback(self) -> None:
        actual: dict[str, Any] = {"line_current_a": 21000.0, "current_setpoint_readback_a": 21000.0}
        state = in_mode("AUTOMATIC", **actual)
        blind: dict[str, Any] = {**actual, "current_setpoint_readback_a": missing("timeout", 0.0)}
        assert scans(state, 3, **blind)[-1].state.setpoint_a == state.setpoint_a

    def test_lowering_is_at_once(self) -> None:
        decision = step(in_mode("MANUAL"), image(), (ask(Verb.CURRENT, 18000.0),), SETTINGS, armed=True)
        assert decision.verdicts[0].accepted
        assert decision.commands.current_setpoint_a == 18000.0

    @pytest.mark.parametrize("value", [None, math.nan, math.inf, -1.0, 28000.5, True])
    def test_refused_with_the_bound(self, value: Any) -> None:
        decision = step(in_mode("MANUAL"), image(), (ask(Verb.CURRENT, value),), SETTINGS, armed=True)
        verdict = decision.verdicts[0]
        assert verdict.code == "outside_envelope"
        assert "0–28000 A" in verdict.message
        assert decision.state.operator_target_a is None

    def test_not_in_standby(self) -> None:
        decision = step(initial_state(SETTINGS), image(), (ask(Verb.CURRENT, 20000.0),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == "wrong_mode"

    def test_in_hold_only_downwards(self) -> None:
        state = step(in_mode("MANUAL"), image(), (ask(Verb.HOLD),), SETTINGS, armed=True).state
        up = step(state, image(101.0), (ask(Verb.CURRENT, 16000.0),), SETTINGS, armed=True)
        assert up.verdicts[0].code == "wrong_mode"
        down = step(state, image(101.0), (ask(Verb.CURRENT, 12000.0),), SETTINGS, armed=True)
        assert down.commands.current_setpoint_a == 12000.0

    def test_hold_does_not_creep_down_with_noise(self) -> None:
        state = step(in_mode("MANUAL"), image(), (ask(Verb.HOLD),), SETTINGS, armed=True).state
        for number in range(10):
            noisy = image(101.0 + number, line_current_a=15000.0 - 20.0 * (number % 3))
            state = step(state, noisy, (), SETTINGS, armed=True).state
        assert state.setpoint_a == 15000.0

    def test_hold_from_below_stays_below(self) -> None:
        actual: dict[str, Any] = {"line_current_a": 9000.0, "current_setpoint_readback_a": 9000.0}
        decision = step(in_mode("MANUAL", **actual), image(**actual), (ask(Verb.HOLD),), SETTINGS, armed=True)
        assert decision.commands.current_setpoint_a == 9000.0

    def test_start_waits_for_a_low_standing_setpoint(self) -> None:
        still: dict[str, Any] = {"rectifier_running": 0.0, "line_current_a": 0.0}
        state = in_mode("MANUAL", **still)
        asked = step(state, image(**still), (ask(Verb.CURRENT, 20000.0),), SETTINGS, armed=True)
        assert asked.commands.current_setpoint_a == 0.0
        assert asked.commands.rectifier_order is RectifierOrder.NONE
        low: dict[str, Any] = {**still, "current_setpoint_readback_a": 0.0}
        started = scans(asked.state, 2, start_s=101.0, **low)
        assert [d.commands.rectifier_order for d in started] == [RectifierOrder.START, RectifierOrder.NONE]
        runs: dict[str, Any] = {"line_current_a": 0.0, "current_setpoint_readback_a": 0.0}
        running = scans(started[-1].state, 2, start_s=103.0, **runs)
        assert running[-1].state.setpoint_a == pytest.approx(2 * 25000.0 * 0.05 / 60.0)

    def test_a_start_that_fails_is_given_up(self) -> None:
        still: dict[str, Any] = {"rectifier_running": 0.0, "line_current_a": 0.0, "current_setpoint_readback_a": 0.0}
        state = in_mode("MANUAL", **still)
        state = step(state, image(**still), (ask(Verb.CURRENT, 20000.0),), SETTINGS, armed=True).state
        decisions = scans(state, 32, start_s=101.0, **still)
        assert [e.message for d in decisions for e in d.events] == ["the rectifier did not start within 30 s"]
        assert decisions[-1].state.operator_target_a is None


class TestFeed:
    def test_doses_follow_faraday(self) -> None:
        """25 kA at 0.80 needs 40.8 kg/h Ce2O3: over an hour 40 doses of 1 kg, each confirmed ten seconds later."""
        state, done, pending, doses = in_mode("AUTOMATIC"), 7.0, (0, 0.0), 0
        for number in range(3600):
            now = 100.0 + number
            if pending[0] and now - pending[1] >= 10.0:
                done, pending = float(pending[0]), (0, 0.0)
            decision = step(state, image(now, dose_done_id=done), (), SETTINGS, armed=True)
            state = decision.state
            if decision.commands.dose is not None:
                doses += 1
                pending = (decision.commands.dose.number, now)
        assert doses == 40
        assert state.feed.number == 47
        assert state.feed.fed_kg == pytest.approx(40.0)
        assert decision.estimates.oxide_wt_pct.value == pytest.approx(1.20, abs=0.03)

    @pytest.mark.parametrize(
        "changes",
        [
            {"feeder_ready": 0.0},
            {"dose_done_id": missing("timeout", 0.0)},
            {"bath_temperature_degc": (830.0,)},
            {"bath_temperature_degc": (missing("open_circuit", 0.0),)},
            {"line_current_a": missing("timeout", 0.0)},
        ],
        ids=["not ready", "no echo", "cold", "no temperature", "no current"],
    )
    def test_gates(self, changes: dict[str, Any]) -> None:
        state = in_mode("AUTOMATIC")
        hungry = state._replace(feed=state.feed._replace(deficit_kg=5.0))
        assert scans(hungry, 1)[0].commands.dose == Dose(8, 1.0)
        assert scans(hungry, 1, **changes)[0].commands.dose is None

    @pytest.mark.parametrize("name", ["MANUAL", "HOLD", "STANDBY", "OFF"])
    def test_automatic_alone_feeds_by_itself(self, name: str) -> None:
        state = in_mode("MANUAL")
        state = step(state, image(100.0), (mode(name),), SETTINGS, armed=True).state
        hungry = state._replace(feed=state.feed._replace(deficit_kg=5.0))
        assert scans(hungry, 1, start_s=101.0)[0].commands.dose is None

    def test_an_unconfirmed_dose_is_not_fed_and_two_stop_feeding(self) -> None:
        state = in_mode("AUTOMATIC")
        state = state._replace(feed=state.feed._replace(deficit_kg=5.0))
        decisions = scans(state, 300)
        assert [d.commands.dose.number for d in decisions if d.commands.dose] == [8, 9]
        assert decisions[-1].state.feed.failures == 2
        assert decisions[-1].state.feed.fed_kg == 0.0
        assert "feed_by_hand" in [prompt.id for prompt in decisions[-1].prompts]
        late = scans(decisions[-1].state, 1, start_s=400.0, dose_done_id=9.0)[0]
        assert late.state.feed.fed_kg == 1.0
        assert late.state.feed.failures == 0

    def test_catching_up_is_bounded(self) -> None:
        state = in_mode("AUTOMATIC")
        state = state._replace(feed=state.feed._replace(deficit_kg=10.0))
        done, times = 7.0, []
        for number in range(300):
            decision = step(state, image(100.0 + number, dose_done_id=done), (), SETTINGS, armed=True)
            state = decision.state
            if decision.commands.dose is not None:
                times.append(number)
                done = float(decision.commands.dose.number)
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps) >= 1.0 / (1.6 * 40.8 / 3600.0) - 1.0

    def test_number_wraps_past_zero(self) -> None:
        state = in_mode("AUTOMATIC", dose_done_id=65535.0)
        state = state._replace(feed=state.feed._replace(deficit_kg=5.0))
        assert scans(state, 1, dose_done_id=65535.0)[0].commands.dose == Dose(1, 1.0)

    def test_dose_on_request(self) -> None:
        decision = step(in_mode("MANUAL"), image(), (ask(Verb.DOSE, 1.5),), SETTINGS, armed=True)
        assert decision.commands.dose == Dose(8, 1.5)
        again = step(decision.state, image(101.0), (ask(Verb.DOSE, 1.0),), SETTINGS, armed=True)
        assert again.verdicts[0].code == "feeder_not_ready"

    @pytest.mark.parametrize(
        ("value", "code"), [(0.0, "outside_envelope"), (2.1, "outside_envelope"), (math.nan, "outside_envelope")]
    )
    def test_dose_refused(self, value: float, code: str) -> None:
        decision = step(in_mode("MANUAL"), image(), (ask(Verb.DOSE, value),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == code
        assert "2 kg" in decision.verdicts[0].message
        assert decision.commands.dose is None

    def test_dose_refused_into_a_cold_bath(self) -> None:
        cold = image(bath_temperature_degc=(830.0,))
        decision = step(in_mode("MANUAL"), cold, (ask(Verb.DOSE, 1.0),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == "bath_cold"


class TestRecords:
    def test_anode_changed_starts_its_wear_anew(self) -> None:
        state = scans(in_mode("MANUAL"), 60)[-1].state
        decision = step(state, image(160.0), (ask(Verb.ANODE_CHANGED, 3.0, "A-77"),), SETTINGS, armed=True)
        wear = decision.state.beliefs.anodes
        assert wear.charge_ah[2] == 0.0
        assert wear.charge_ah[1] > 20.0
        assert wear.serial[2] == "A-77"
        assert decision.estimates.anode_remaining_h[2].good

    @pytest.mark.parametrize("value", [0.0, 19.0, 2.5, math.nan, None])
    def test_no_such_anode(self, value: float | None) -> None:
        decision = step(in_mode("MANUAL"), image(), (ask(Verb.ANODE_CHANGED, value),), SETTINGS, armed=True)
        assert decision.verdicts[0].code == "no_such_anode"
        assert "1…18" in decision.verdicts[0].message

    def test_tapped_lowers_the_book(self) -> None:
        state = scans(in_mode("MANUAL"), 3600)[-1].state
        made_kg = state.beliefs.oxide.metal_kg
        assert made_kg == pytest.approx(25.0 * 1.7426 * 0.80, rel=1e-3)
        after = step(state, image(3700.0), (ask(Verb.TAPPED, 30.0),), SETTINGS, armed=True).state
        assert after.beliefs.oxide.metal_kg == pytest.approx(made_kg - 30.0, abs=0.05)

    def test_checkpoint_survives_json_and_lands_in_standby(self) -> None:
        state = scans(in_mode("AUTOMATIC"), 200)[-1].state
        restored = initial_state(SETTINGS, json.loads(json.dumps(checkpoint(state), allow_nan=False)))
        assert restored.mode is Mode.STANDBY
        assert restored.beliefs.anodes == state.beliefs.anodes
        assert restored.beliefs.oxide == state.beliefs.oxide
        assert restored.feed.deficit_kg == state.feed.deficit_kg
        assert not restored.feed.outstanding
        assert restored.setpoint_a is None

    @pytest.mark.parametrize(
        "damaged",
        [
            {},
            {"anodes": None, "oxide": [], "feed": "x"},
            {"anodes": {"charge_ah": [1.0]}, "oxide": {"content_wt_pct": math.nan}},
            {"anodes": {name: [math.inf] * 18 for name in ("charge_ah", "filtered_a", "known", "shared", "serial")}},
            {"feed": {"deficit_kg": 1.0, "number": 70000, "fed_kg": 1.0}},
        ],
    )
    def test_a_damaged_checkpoint_is_no_more_than_none(self, damaged: dict[str, Any]) -> None:
        assert initial_state(SETTINGS, damaged) == initial_state(SETTINGS)

    def test_anode_prompt_with_deadline(self) -> None:
        state = in_mode("AUTOMATIC")
        worn = state.beliefs.anodes._replace(charge_ah=(195000.0,) + (0.0,) * 17)
        decision = scans(state._replace(beliefs=state.beliefs._replace(anodes=worn), shown=None), 1)[0]
        prompt = next(prompt for prompt in decision.prompts if prompt.id == "change_anode_1")
        assert prompt.due_s is not None
        assert "of 31 kg" in prompt.why


class TestTime:
    def test_a_gap_is_not_integrated(self) -> None:
        state = in_mode("AUTOMATIC")
        after = scans(state, 1, start_s=5000.0)[0].state
        grown = after.beliefs.anodes.charge_ah[0] - state.beliefs.anodes.charge_ah[0]
        assert grown == pytest.approx(25000.0 / 18.0 * 2.0 / 3600.0)

    def test_time_running_backwards_changes_no_book(self) -> None:
        state = in_mode("AUTOMATIC")
        after = scans(state, 1, start_s=50.0)[0].state
        assert after.beliefs.anodes == state.beliefs.anodes
        assert after.setpoint_a == state.setpoint_a


any_request = st.builds(
    Request,
    st.just("id"),
    st.sampled_from(Verb),
    st.just("ana"),
    st.one_of(st.none(), st.floats(), st.floats(0.0, 30000.0)),
    st.sampled_from(["", "OFF", "STANDBY", "MANUAL", "AUTOMATIC", "HOLD", "x"]),
)
noise = st.one_of(st.none(), st.floats(0.0, 30000.0))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), noise, noise, noise, st.lists(any_request, max_size=3)), max_size=8))
def test_whatever_happens_the_setpoint_is_sane_and_needs_authority(
    script: list[tuple[bool, float | None, float | None, float | None, list[Request]]],
) -> None:
    state = initial_state(SETTINGS)
    for number, (armed, current, voltage, temperature, requests) in enumerate(script):
        now = 100.0 + number
        changes: dict[str, Any] = {
            "line_current_a": missing("x", now) if current is None else current,
            "cell_voltage_v": missing("x", now) if voltage is None else voltage,
            "bath_temperature_degc": (missing("x", now) if temperature is None else temperature,),
        }
        asked = tuple(requests)
        decision = step(state, image(now, **changes), asked, SETTINGS, armed=armed)
        assert decision == step(state, image(now, **changes), asked, SETTINGS, armed=armed)
        state, commands = decision.state, decision.commands
        if commands.current_setpoint_a is not None:
            assert math.isfinite(commands.current_setpoint_a)
            assert commands.current_setpoint_a >= 0.0
        if not armed:
            assert state.mode not in ENERGISED
            assert commands.dose is None
            assert not commands.heartbeat
        answered = [verdict.request for verdict in decision.verdicts]
        assert answered == [r for r in requests if r.verb not in (Verb.ARM, Verb.DISARM)]


def test_the_lower_of_envelope_and_rating_binds() -> None:
    assert SETTINGS.highest_current_a == 28000.0
    assert dataclasses.replace(SETTINGS, current_max_a=math.inf).highest_current_a == DESIGN.rated_current_a
