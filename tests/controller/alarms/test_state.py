from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.alarms.catalogue import CATALOGUE
from controller.alarms.conditions import Condition
from controller.alarms.state import NO_ALARMS, AlarmChange, AlarmState, advance, alarms

TRIP = Condition("rectifier_tripped", "rectifier_tripped", "")
OPEN_2 = Condition("thermocouple_open:2", "thermocouple_open", "thermocouple 2")


def play(script: list[tuple[Condition, ...]]) -> tuple[AlarmState, list[AlarmChange]]:
    state = NO_ALARMS
    said: list[AlarmChange] = []
    for number, active in enumerate(script):
        state, changes = advance(state, active, float(number))
        said += changes
    return state, said


def test_an_alarm_without_delay_is_raised_at_once() -> None:
    state, said = play([(TRIP,)])
    assert [(c.id, c.change, c.time_s) for c in said] == [("rectifier_tripped", "raised", 0.0)]
    assert alarms(state)[0].present


def test_on_delay() -> None:
    state, said = play([(OPEN_2,)] * 3)
    assert said == []
    assert alarms(state) == ()
    _, said = play([(OPEN_2,)] * 6)
    assert [(c.change, c.time_s) for c in said] == [("raised", 3.0)]


@pytest.mark.parametrize("kind", ["rectifier_link_lost", "device_not_ready"])
def test_a_device_that_is_identified_at_once_calls_nobody(kind: str) -> None:
    gone = Condition(kind, kind, "being identified")
    state, said = play([(gone,), (gone,), ()])
    assert (state, said) == (NO_ALARMS, [])
    _, said = play([(gone,)] * 4)
    assert [(c.change, c.time_s) for c in said] == [("raised", 2.0)]


def test_a_glitch_shorter_than_the_delay_is_never_heard_of() -> None:
    state, said = play([(OPEN_2,), (OPEN_2,), (), (OPEN_2,), (), ()])
    assert said == []
    assert state == NO_ALARMS


def test_off_delay_keeps_a_chattering_alarm_from_flooding() -> None:
    state, said = play([(TRIP,), (), (TRIP,), (), (TRIP,), (), ()])
    assert [c.change for c in said] == ["raised"]
    assert not alarms(state)[0].present
    _, said = play([(TRIP,), (), (), (), ()])
    assert [(c.change, c.time_s) for c in said] == [("raised", 0.0), ("cleared", 4.0)]


def test_the_most_urgent_stands_on_top_and_the_detail_is_the_latest() -> None:
    newer = OPEN_2._replace(detail="still open")
    state, _ = play([(OPEN_2,)] * 4 + [(newer, TRIP)])
    assert [alarm.id for alarm in alarms(state)] == ["rectifier_tripped", "thermocouple_open:2"]
    assert alarms(state)[1].detail == "still open"


kinds = st.lists(st.sampled_from(sorted(CATALOGUE)), unique=True, max_size=6)


@given(st.lists(kinds, max_size=30))
def test_every_alarm_is_raised_and_cleared_in_turn(script: list[list[str]]) -> None:
    state, said = play([tuple(Condition(kind, kind, "") for kind in scan) for scan in script])
    for kind in CATALOGUE:
        turns = [change.change for change in said if change.id == kind]
        assert turns == (["raised", "cleared"] * len(turns))[: len(turns)]
        standing = kind in {alarm.id for alarm in alarms(state)}
        assert standing == (len(turns) % 2 == 1)


def test_the_catalogue_says_what_to_do_and_names_only_what_exists() -> None:
    for kind, alarm in CATALOGUE.items():
        assert kind == alarm.kind
        assert alarm.text
        assert alarm.cause
        assert alarm.consequence
        assert alarm.action
        assert set(alarm.suppressed_by) <= set(CATALOGUE) - {kind}
