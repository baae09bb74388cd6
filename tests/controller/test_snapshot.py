from __future__ import annotations

import math
from typing import Any

import pytest

from controller.control.step import initial_state, step
from controller.process_image.measurements import Measurement
from controller.process_image.modes import Mode
from controller.process_image.notices import Event
from controller.process_image.requests import Verb
from controller.protection.guard import guard
from controller.protection.guard_state import Action, GuardState
from controller.snapshot import Snapshot, cell_registry, collect
from tests.support.process_images import LIMITS, SETTINGS, ask, image


def snapshot(thermocouples: int = 3, anode_currents: int = 18, **changes: Any) -> Snapshot:
    first = guard(
        step(initial_state(SETTINGS), image(99.0), (), SETTINGS, armed=False).commands,
        image(99.0),
        (ask(Verb.ARM),),
        GuardState(),
        LIMITS,
    )
    measurements = image(**changes)
    request = ask(Verb.MODE, text="AUTOMATIC")
    decision = step(initial_state(SETTINGS), measurements, (request,), SETTINGS, armed=True)
    guarded = guard(decision.commands, measurements, (request,), first.state, LIMITS)
    return collect(
        "ce1",
        measurements,
        decision,
        guarded,
        scan=7,
        utc_ms=1234,
        settings=SETTINGS,
        thermocouples=thermocouples,
        anode_currents=anode_currents,
        events=(Event("write_failed", "x"),),
    )


@pytest.mark.parametrize(("thermocouples", "anode_currents"), [(3, 18), (0, 0), (5, 20), (1, 0)])
def test_values_stand_in_the_registrys_order(thermocouples: int, anode_currents: int) -> None:
    tags = cell_registry(SETTINGS, LIMITS, thermocouples, anode_currents)
    values = snapshot(thermocouples, anode_currents).values
    assert len(values) == len(tags)
    for tag, value in zip(tags, values, strict=True):
        assert isinstance(value, str) is (tag.kind == "text"), tag.name


def test_each_name_carries_its_own_value() -> None:
    taken = snapshot(hopper_mass_kg=412.0, bath_temperature_degc=(880.0, 870.0, 860.0), cell_voltage_v=7.25)
    named = dict(zip([t.name for t in cell_registry(SETTINGS, LIMITS, 3, 18)], taken.values, strict=True))

    def value(name: str) -> float | None:
        found = named[name]
        assert isinstance(found, Measurement)
        return found.value

    assert value("hopper_mass_kg") == 412.0
    assert value("bath_temperature_2_degc") == 870.0
    assert value("cell_voltage_v") == 7.25
    assert value("superheat_k") == 870.0 - 822.0
    assert value("anode_current_18_a") == 25000.0 / 18.0
    assert value("anode_remaining_18_h") is not None
    assert value("armed") == 1.0
    assert value("current_setpoint_a") == 25000.0
    assert value("current_target_a") == 25000.0
    assert named["mode"] == "AUTOMATIC"
    assert named["guard_action"] == "none"


def test_numbers_are_finite_or_none_with_a_reason() -> None:
    for value in snapshot().values:
        if isinstance(value, Measurement):
            assert (value.value is None and value.reason) or math.isfinite(value.value or 0.0)


def test_header() -> None:
    taken = snapshot()
    assert (taken.cell, taken.scan, taken.utc_ms, taken.time_s) == ("ce1", 7, 1234, 100.0)
    assert taken.mode is Mode.AUTOMATIC
    assert taken.armed
    assert taken.action is Action.NONE
    assert [event.code for event in taken.events] == ["mode", "write_failed"]


def test_normal_bands_come_from_recipe_and_envelope() -> None:
    tags = {tag.name: tag for tag in cell_registry(SETTINGS, LIMITS, 3, 18)}
    assert (tags["bath_temperature_degc"].normal_low, tags["bath_temperature_degc"].normal_high) == (850.0, 920.0)
    assert tags["current_setpoint_a"].high == 28000.0
    assert tags["current_setpoint_a"].writable
