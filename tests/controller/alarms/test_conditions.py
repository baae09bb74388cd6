from __future__ import annotations

from typing import Any

import pytest

from controller.alarms.conditions import Condition, conditions
from controller.control.step import initial_state, step
from controller.process_image.commands import NO_COMMANDS
from controller.process_image.measurements import NOT_FITTED, DeviceCondition, missing
from controller.process_image.requests import Request, Verb
from controller.protection.guard import guard
from controller.protection.guard_state import GuardState
from tests.support.process_images import FEEDER_READY, LIMITS, RECTIFIER_READY, SETTINGS, ask, image

ARMED = guard(NO_COMMANDS, image(98.0), (ask(Verb.ARM),), GuardState(), LIMITS).state
STATE = step(initial_state(SETTINGS), image(99.0), (ask(Verb.MODE, text="AUTOMATIC"),), SETTINGS, armed=True).state


def found(
    *, requests: tuple[Request, ...] = (), guard_state: GuardState = ARMED, **changes: Any
) -> dict[str, Condition]:
    measurements = image(**changes)
    decision = step(STATE, measurements, requests, SETTINGS, armed=True)
    guarded = guard(decision.commands, measurements, requests, guard_state, LIMITS)
    standing = conditions(measurements, decision.estimates, decision, guarded, SETTINGS)
    return {condition.id: condition for condition in standing}


def test_a_healthy_cell_has_none() -> None:
    assert found() == {}


def test_what_is_not_fitted_is_no_fault() -> None:
    bare: dict[str, Any] = dict.fromkeys(("hopper_mass_kg", "coolant_flow_healthy", "off_gas_flow_healthy"), NOT_FITTED)
    assert found(**bare, anode_current_a=()) == {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rectifier_tripped": 1.0}, {"rectifier_tripped"}),
        ({"rectifier_fallback": 1.0}, {"rectifier_fallback"}),
        ({"cell_voltage_v": missing("timeout", 100.0)}, {"measurement_lost"}),
        ({"cell_voltage_v": 14.0}, {"voltage_high"}),
        ({"bath_temperature_degc": (880.0, missing("open_circuit", 100.0))}, {"thermocouple_open:2"}),
        ({"bath_temperature_degc": (880.0, missing("open_or_over", 100.0))}, {"thermocouple_open:2"}),
        ({"bath_temperature_degc": (930.0,)}, {"bath_temperature_high"}),
        ({"bath_temperature_degc": (845.0,)}, {"bath_temperature_low"}),
        ({"coolant_flow_healthy": 0.0}, {"coolant_lost"}),
        ({"off_gas_flow_healthy": 0.0}, {"off_gas_lost"}),
        ({"requests": (ask(Verb.HOLD),)}, {"cell_held"}),
        ({"guard_state": ARMED._replace(hold_reason="x", mismatches=2, hold_a=15000.0)}, {"setpoint_not_obeyed"}),
        (
            {"devices": (RECTIFIER_READY, FEEDER_READY._replace(ready=False, reason="down"))},
            {"device_not_ready:feeder"},
        ),
    ],
)
def test_each_fault_gives_its_own_alarm_and_no_other(changes: dict[str, Any], expected: set[str]) -> None:
    assert set(found(**changes)) == expected


def test_a_dead_link_is_one_alarm() -> None:
    dead: dict[str, Any] = {
        name: missing("link down: connection refused", 100.0)
        for name in ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped")
    }
    gone = RECTIFIER_READY._replace(ready=False, reason="link down: connection refused")
    held = ARMED._replace(hold_reason="line_current_a: link down", hold_a=15000.0, mismatches=2)
    standing = found(**dead, devices=(gone, FEEDER_READY), guard_state=held)
    assert set(standing) == {"rectifier_link_lost"}
    assert "connection refused" in standing["rectifier_link_lost"].detail


def test_a_dead_thermocouple_module_is_one_alarm() -> None:
    module = DeviceCondition("tc", "bath_temperature", True, False, True, "wrong identity")
    lost = tuple(missing("wrong identity", 100.0) for _ in range(3))
    assert set(found(devices=(RECTIFIER_READY, module), bath_temperature_degc=lost)) == {"device_not_ready:tc"}


def test_worn_anodes_share_one_alarm() -> None:
    worn = STATE.beliefs.anodes._replace(charge_ah=(195000.0, 196000.0) + (0.0,) * 16)
    state = STATE._replace(beliefs=STATE.beliefs._replace(anodes=worn), shown=None)
    decision = step(state, image(), (), SETTINGS, armed=True)
    guarded = guard(decision.commands, image(), (), ARMED, LIMITS)
    standing = conditions(image(), decision.estimates, decision, guarded, SETTINGS)
    assert [(c.id, c.detail) for c in standing] == [("anode_due", "anode 1, 2: the next one within 8 h")]


def test_a_dose_nobody_confirmed() -> None:
    decision = step(STATE._replace(feed=STATE.feed._replace(failures=1, number=8)), image(), (), SETTINGS, armed=True)
    guarded = guard(decision.commands, image(), (), ARMED, LIMITS)
    standing = conditions(image(), decision.estimates, decision, guarded, SETTINGS)
    assert [c.id for c in standing] == ["feeder_dose_overdue"]
