"""Which alarm conditions stand at this scan. Pure: delays and memory are ``state``'s affair."""

from __future__ import annotations

from typing import NamedTuple

from controller.alarms.catalogue import CATALOGUE
from controller.control.modes import ENERGISED
from controller.control.settings import ControlSettings
from controller.control.step import Decision
from controller.process_image.estimates import Estimates
from controller.process_image.measurements import Measurement, Measurements
from controller.process_image.modes import Mode
from controller.protection.authority import MISMATCHES_TO_HOLD
from controller.protection.guard_state import Guarded

ANODE_EFFECT_FACTOR = 1.5
"""Voltage above the recipe's normal ceiling by this factor is no ohmic drift any more (assumed)."""

OPEN = ("open_circuit", "open_or_over")
"""Modules that say the same for burn-out and over-range leave it to people to find out which."""


class Condition(NamedTuple):
    """``id`` is the kind, or ``kind:which`` where there may be several."""

    id: str
    kind: str
    detail: str


def conditions(
    measurements: Measurements,
    estimates: Estimates,
    decision: Decision,
    guarded: Guarded,
    settings: ControlSettings,
) -> tuple[Condition, ...]:
    """Symptoms of a cause that stands as well are left out."""
    found: list[Condition] = []
    _devices(measurements, found)
    _rectifier(measurements, guarded, settings, found)
    _guard(decision, guarded, found)
    _bath(measurements, estimates, decision.state.mode, settings, found)
    if measurements.feeder_ready.value == 0.0 and decision.state.mode is Mode.AUTOMATIC:
        found.append(_condition("feeder_not_ready", ""))
    if decision.state.feed.failures:
        number = decision.state.feed.number
        found.append(_condition("feeder_dose_overdue", f"dose {number} was not confirmed"))
    _anodes(estimates, settings, found)
    if measurements.coolant_flow_healthy.value == 0.0:
        found.append(_condition("coolant_lost", ""))
    if measurements.off_gas_flow_healthy.value == 0.0:
        found.append(_condition("off_gas_lost", ""))
    return _without_symptoms(found) if len(found) > 1 else tuple(found)


def _condition(kind: str, detail: str, which: str | int = "") -> Condition:
    return Condition(f"{kind}:{which}" if which != "" else kind, kind, detail)


def _devices(measurements: Measurements, found: list[Condition]) -> None:
    for device in measurements.devices:
        if not device.ready:
            detail = f"{device.name}: {device.reason or 'not ready'}"
            if device.role == "rectifier":
                found.append(_condition("rectifier_link_lost", detail))
            else:
                found.append(_condition("device_not_ready", detail, device.name))


def _rectifier(measurements: Measurements, guarded: Guarded, settings: ControlSettings, found: list[Condition]) -> None:
    if measurements.rectifier_tripped.value == 1.0:
        found.append(_condition("rectifier_tripped", ""))
    if measurements.rectifier_fallback.value == 1.0:
        found.append(_condition("rectifier_fallback", ""))
    if guarded.state.mismatches >= MISMATCHES_TO_HOLD:
        written, readback = guarded.state.written_a, measurements.current_setpoint_readback_a.value
        found.append(_condition("setpoint_not_obeyed", f"written {_amps(written)}, read back {_amps(readback)}"))
    lost = [
        f"{name}: {measurement.reason or 'not good'}"
        for name, measurement in (
            ("line current", measurements.line_current_a),
            ("cell voltage", measurements.cell_voltage_v),
        )
        if not _usable(measurement)
    ]
    if lost:
        found.append(_condition("measurement_lost", "; ".join(lost)))
    voltage_v = measurements.cell_voltage_v.value
    high_v = min(ANODE_EFFECT_FACTOR * settings.design.normal_voltage_v[1], 0.95 * settings.design.voltage_limit_v)
    if voltage_v is not None and voltage_v > high_v:
        found.append(_condition("voltage_high", f"{voltage_v:.1f} V, normal is up to {high_v:.1f} V"))


def _guard(decision: Decision, guarded: Guarded, found: list[Condition]) -> None:
    state = guarded.state
    if state.disarmed_by_guard:
        found.append(_condition("disarmed_by_guard", state.why_not_armed))
    if state.hold_reason or (state.armed and decision.state.mode is Mode.HOLD):
        found.append(_condition("cell_held", state.hold_reason or "HOLD was chosen"))


def _bath(
    measurements: Measurements,
    estimates: Estimates,
    mode: Mode,
    settings: ControlSettings,
    found: list[Condition],
) -> None:
    thermocouples = measurements.bath_temperature_degc
    for number, measurement in enumerate(thermocouples, start=1):
        if measurement.reason in OPEN:
            found.append(_condition("thermocouple_open", f"thermocouple {number}", number))
    temperature = estimates.bath_temperature_degc.value
    if temperature is None:
        if thermocouples:
            found.append(_condition("bath_temperature_lost", ""))
        return
    low, high = settings.bath_temperature_band_degc
    if temperature > high:
        found.append(_condition("bath_temperature_high", f"{temperature:.0f} °C, band ends at {high:g} °C"))
    floor = max(low, settings.design.bath_liquidus_degc + settings.feed_superheat_min_k)
    if mode in ENERGISED and temperature < floor:
        found.append(_condition("bath_temperature_low", f"{temperature:.0f} °C, band begins at {floor:g} °C"))


def _anodes(estimates: Estimates, settings: ControlSettings, found: list[Condition]) -> None:
    warning_h = settings.anode_change_warning_h
    next_due_h = estimates.anode_next_due_h.value
    if next_due_h is None or next_due_h > warning_h:
        return
    due = [
        position
        for position, left in enumerate(estimates.anode_remaining_h, start=1)
        if left.value is not None and left.value <= warning_h
    ]
    which = ", ".join(str(position) for position in due)
    found.append(_condition("anode_due", f"anode {which}: the next one within {warning_h:g} h"))


def _without_symptoms(found: list[Condition]) -> tuple[Condition, ...]:
    kinds = {condition.kind for condition in found}
    return tuple(
        condition for condition in found if not any(cause in kinds for cause in CATALOGUE[condition.kind].suppressed_by)
    )


def _usable(measurement: Measurement) -> bool:
    return measurement.value is not None and measurement.good


def _amps(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.0f} A"
