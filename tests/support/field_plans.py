"""Cell plans with nothing in them but devices and the limits that process I/O looks at."""

from __future__ import annotations

from typing import Any, cast

from controller.plant import CellPlan, DevicePlan, Role
from controller.protection.limits import GuardLimits
from drivers.link.address import parse_link
from drivers.profiles.schema import ResolvedProfile


def device_plan(
    name: str,
    role: Role,
    profile: ResolvedProfile,
    signals: dict[str, str] | None = None,
    *,
    link: str = "memory:plc?framing=tcp",
    unit: int = 1,
    needed: bool = True,
) -> DevicePlan:
    """``signals`` are the profile's own unless given."""
    if signals is None:
        signals = {}
        for point in profile.points.values():
            if point.signal:
                signals[point.name] = point.signal
            signals |= {f"{point.name}.{bit.name}": bit.signal for bit in point.bits if bit.signal}
    return DevicePlan(name, role, profile, parse_link(link), unit, needed, signals)


def cell_plan(*devices: DevicePlan, fresh_s: float = 3.0) -> CellPlan:
    nothing = cast("Any", None)
    limits = GuardLimits(
        scan_period_s=0.2,
        shadow=False,
        current_a_max=40000.0,
        cell_voltage_v_max=25.0,
        bath_temperature_degc_max=950.0,
        current_slew_up_a_per_s=200.0,
        hold_current_a=8000.0,
        dose_kg_max=2.0,
        dose_kg_per_h_max=100.0,
        fresh_s=fresh_s,
        bath_temperature_lost_hold_s=300.0,
        setpoint_readback_tolerance_a=50.0,
        anodes=0,
    )
    return CellPlan("ce1", nothing, nothing, "private", nothing, limits, devices, {})
