from __future__ import annotations

from controller.process_image.measurements import NOT_FITTED, DeviceCondition, measured
from controller.process_io.signal_slots import SignalSlots
from tests.support.device_profiles import feeder_profile, rectifier_profile
from tests.support.field_plans import cell_plan, device_plan


def test_each_signal_lands_in_the_field_of_its_name() -> None:
    plan = cell_plan(
        device_plan("rectifier", "rectifier", rectifier_profile()), device_plan("feeder", "feeder", feeder_profile())
    )
    slots = SignalSlots(plan)
    values = slots.empty()
    names = {}
    for device, entries in zip(plan.devices, slots.entries, strict=True):
        for number, entry in enumerate(entries):
            values[entry.slot] = measured(float(number), 5.0)
            names[device.signals[entry.key]] = float(number)
    condition = DeviceCondition("rectifier", "rectifier", True, True, True, "")
    image = slots.image(7.0, values, (condition,))
    assert image.time_s == 7.0
    assert image.devices == (condition,)
    assert len(names) == 12
    for name, value in names.items():
        assert getattr(image, name).value == value, name
    assert image.hopper_mass_kg is NOT_FITTED
    assert image.coolant_flow_healthy is NOT_FITTED
    assert image.bath_temperature_degc == ()
    assert image.anode_current_a == ()


def test_vectors_are_as_long_as_their_highest_number_and_gaps_are_not_fitted() -> None:
    plan = cell_plan(
        device_plan(
            "thermocouples",
            "bath_temperature",
            feeder_profile(),
            {"ready": "bath_temperature_3_degc", "done_id": "bath_temperature_1_degc"},
        ),
        device_plan("anodes", "anode_current", feeder_profile(), {"done_kg": "anode_current_2_a"}),
    )
    slots = SignalSlots(plan)
    values = slots.empty()
    for entries in slots.entries:
        for entry in entries:
            values[entry.slot] = measured(1.0, 5.0)
    image = slots.image(7.0, values, ())
    assert [m.value for m in image.bath_temperature_degc] == [1.0, None, 1.0]
    assert image.bath_temperature_degc[1] is NOT_FITTED
    assert [m.value for m in image.anode_current_a] == [None, 1.0]
    assert image.line_current_a is NOT_FITTED


def test_the_first_device_of_the_plan_supplies_a_signal() -> None:
    plan = cell_plan(
        device_plan("one", "load_cell", feeder_profile(), {"done_kg": "hopper_mass_kg"}),
        device_plan("two", "feeder", feeder_profile(), {"done_kg": "hopper_mass_kg"}),
    )
    entries = SignalSlots(plan).entries
    assert [len(of_device) for of_device in entries] == [1, 0]


def test_the_rectifiers_points_are_never_older_than_fresh_and_slow_ones_keep_their_period() -> None:
    plan = cell_plan(
        device_plan("rectifier", "rectifier", rectifier_profile(), {"oil_temperature": "line_current_a"}),
        device_plan("scale", "load_cell", rectifier_profile(), {"oil_temperature": "hopper_mass_kg"}),
        fresh_s=3.0,
    )
    (rectifier,), (scale,) = SignalSlots(plan).entries
    assert rectifier.max_age_s == 3.0
    assert scale.max_age_s == 12.5
