"""Orders given while the rectifier cannot be reached must not wait for its return."""

from __future__ import annotations

import pytest

from controller.control.step import CellState, initial_state, step
from controller.process_image.commands import RectifierOrder
from controller.process_image.measurements import missing
from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verb
from tests.support.process_images import RECTIFIER_READY, SETTINGS, ask, image

LOST = (RECTIFIER_READY._replace(ready=False, reason="link down: connection refused"),)


def automatic() -> CellState:
    state = step(initial_state(SETTINGS), image(98.0), (), SETTINGS, armed=True).state
    return step(state, image(99.0), (ask(Verb.MODE, text="AUTOMATIC"),), SETTINGS, armed=True).state


@pytest.mark.parametrize("request_", [ask(Verb.STOP), ask(Verb.HOLD), ask(Verb.MODE, text="OFF")], ids=str)
@pytest.mark.parametrize("armed", [True, False])
def test_stop_and_hold_are_refused_for_good(request_: Request, armed: bool) -> None:
    before = automatic() if armed else initial_state(SETTINGS)
    refused = step(before, image(devices=LOST), (request_,), SETTINGS, armed=armed)
    assert [(v.accepted, v.code) for v in refused.verdicts] == [(False, "not_reached")]
    assert "connection refused" in refused.verdicts[0].message
    assert refused.state.mode is before.mode
    back = step(refused.state, image(101.0), (), SETTINGS, armed=armed)
    assert back.commands.rectifier_order is RectifierOrder.NONE
    assert back.state.mode is before.mode


@pytest.mark.parametrize("value_a", [20_000.0, 26_000.0])
def test_a_set_point_is_refused_for_good(value_a: float) -> None:
    refused = step(automatic(), image(devices=LOST), (ask(Verb.CURRENT, value_a),), SETTINGS, armed=True)
    assert refused.verdicts[0].code == "not_reached"
    assert refused.state.operator_target_a is None


def test_without_feedback_the_current_may_be_lowered_and_not_raised() -> None:
    blind = image(line_current_a=missing("no reply", 100.0))
    raised = step(automatic(), blind, (ask(Verb.CURRENT, 26_000.0),), SETTINGS, armed=True)
    assert (raised.verdicts[0].accepted, raised.verdicts[0].code) == (False, "no_feedback")
    assert raised.state.operator_target_a is None
    lowered = step(automatic(), blind, (ask(Verb.CURRENT, 20_000.0),), SETTINGS, armed=True)
    assert lowered.verdicts[0].accepted
    assert lowered.commands.current_setpoint_a == 20_000.0
    assert lowered.state.mode is Mode.AUTOMATIC
