from __future__ import annotations

from itertools import product

import pytest

from controller.control.modes import TRANSITIONS, Facts, Need, consequence, ruling
from controller.process_image.modes import Mode

MET = Facts(armed=True, feedback_missing="", standing_still=False)
NOTHING_MET = Facts(armed=False, feedback_missing="line current is not good", standing_still=True)


def test_every_pair_of_modes_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(product(Mode, Mode))


@pytest.mark.parametrize(("before", "after"), list(product(Mode, Mode)))
def test_with_everything_met_every_change_is_allowed(before: Mode, after: Mode) -> None:
    assert ruling(before, after, MET).allowed


@pytest.mark.parametrize("before", list(Mode))
def test_going_down_needs_nothing(before: Mode) -> None:
    assert ruling(before, Mode.STANDBY, NOTHING_MET).allowed
    assert ruling(before, Mode.OFF, NOTHING_MET).allowed


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (MET._replace(armed=False), "not_armed"),
        (MET._replace(feedback_missing="x"), "no_feedback"),
        (MET._replace(standing_still=True), "not_running"),
    ],
)
def test_each_need_of_automatic_has_its_own_refusal(facts: Facts, code: str) -> None:
    assert ruling(Mode.HOLD, Mode.AUTOMATIC, facts).code == code
    assert Need.RUNNING not in TRANSITIONS[Mode.HOLD, Mode.MANUAL]


def test_nobody_is_told_of_a_watchdog_that_is_not_there() -> None:
    text = consequence(Mode.MANUAL, Mode.STANDBY, 18000.0, 25000.0)
    assert "18000 A" in text
    assert "own watchdog" in text
    text = consequence(Mode.MANUAL, Mode.STANDBY, 150.0, 400.0, watchdog=False)
    assert "stays as it is" in text
    assert "150" not in text
