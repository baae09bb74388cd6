"""The frozen record of one scan: all that journal, telemetry and screens may know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

from controller.alarms.state import Alarm
from controller.control.settings import ControlSettings
from controller.control.step import Decision
from controller.process_image.estimates import SCALAR_ESTIMATES
from controller.process_image.measurements import NOT_FITTED, Measurement, Measurements
from controller.process_image.modes import Mode
from controller.process_image.notices import Event, Prompt
from controller.process_image.tags import SCALAR_MEASUREMENTS, Bands, Tag, registry
from controller.protection.guard_state import Action, Guarded
from controller.protection.limits import GuardLimits
from drivers.reading import Quality

TagValue: TypeAlias = Measurement | str
"""Text tags are plain strings, always of this scan; every other tag is a measurement with quality and time."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    cell: str
    scan: int
    time_s: float
    """Monotonic; when the scan was due."""
    utc_ms: int
    """A label. Nothing is ever decided by it."""
    mode: Mode
    armed: bool
    action: Action
    values: tuple[TagValue, ...]
    """Aligned with the cell's tag registry."""
    alarms: tuple[Alarm, ...]
    prompts: tuple[Prompt, ...]
    events: tuple[Event, ...]


_measured: Callable[[Measurements], tuple[Any, ...]] = attrgetter(*SCALAR_MEASUREMENTS)
_SCALARS = len(SCALAR_ESTIMATES)
_GOOD, _BAD = Quality.GOOD, Quality.BAD


def cell_registry(
    settings: ControlSettings, limits: GuardLimits, thermocouples: int, anode_currents: int
) -> tuple[Tag, ...]:
    """The tags of one cell with the bands of its recipe and envelope. ``anode_currents`` is 0 without a monitor."""
    design = settings.design
    bands = Bands(
        current_a=(settings.hold_current_a, limits.current_a_max),
        current_a_max=limits.current_a_max,
        nominal_current_a=design.nominal_current_a,
        cell_voltage_v=design.normal_voltage_v,
        cell_voltage_v_max=limits.cell_voltage_v_max,
        bath_temperature_degc=settings.bath_temperature_band_degc,
        oxide_wt_pct=design.oxide_window_wt_pct,
        superheat_k_min=settings.feed_superheat_min_k,
        anode_life_h=design.anodes.life_h,
        anode_change_warning_h=settings.anode_change_warning_h,
        carbon_new_kg=design.anodes.carbon_new_kg,
    )
    return registry(design.anodes.count, thermocouples, anode_currents=anode_currents, bands=bands)


def values(
    measurements: Measurements,
    decision: Decision,
    guarded: Guarded,
    settings: ControlSettings,
    *,
    thermocouples: int,
    anode_currents: int,
) -> tuple[TagValue, ...]:
    """One value per tag of ``cell_registry``, in its order."""
    now = measurements.time_s
    state, estimates = decision.state, decision.estimates
    setpoint_a = guarded.commands.current_setpoint_a
    target_a = state.operator_target_a
    if target_a is None:
        target_a = settings.current_target_a if state.mode is Mode.AUTOMATIC else state.setpoint_a
    return (
        *_measured(measurements),
        *_sized(measurements.bath_temperature_degc, thermocouples),
        *_sized(measurements.anode_current_a, anode_currents),
        *estimates[:_SCALARS],
        *estimates.anode_charge_ah,
        *estimates.anode_burnt_kg,
        *estimates.anode_burnt_mm,
        *estimates.anode_remaining_h,
        state.mode.name,
        Measurement(1.0 if guarded.state.armed else 0.0, _GOOD, "", now),
        guarded.action.name.lower(),
        "; ".join(guarded.reasons),
        _or_none(setpoint_a, now),
        _or_none(target_a, now),
        Measurement(float(state.feed.number), _GOOD, "", now),
        Measurement(1.0 if state.feed.outstanding else 0.0, _GOOD, "", now),
    )


def collect(
    cell: str,
    measurements: Measurements,
    decision: Decision,
    guarded: Guarded,
    *,
    scan: int,
    utc_ms: int,
    settings: ControlSettings,
    thermocouples: int,
    anode_currents: int,
    alarms: tuple[Alarm, ...] = (),
    events: tuple[Event, ...] = (),
) -> Snapshot:
    """``events`` are those that did not come from ``step``: failed writes, missed scans, changes of alarms."""
    tag_values = values(
        measurements, decision, guarded, settings, thermocouples=thermocouples, anode_currents=anode_currents
    )
    return Snapshot(
        cell,
        scan,
        measurements.time_s,
        utc_ms,
        decision.state.mode,
        guarded.state.armed,
        guarded.action,
        tag_values,
        alarms,
        decision.prompts,
        decision.events + events if events else decision.events,
    )


def _sized(entries: tuple[Measurement, ...], count: int) -> tuple[Measurement, ...]:
    if len(entries) == count:
        return entries
    return (entries + (NOT_FITTED,) * count)[:count]


def _or_none(value: float | None, now: float) -> Measurement:
    return Measurement(None, _BAD, "none", now) if value is None else Measurement(value, _GOOD, "", now)
