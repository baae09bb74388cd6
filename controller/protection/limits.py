from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """The envelope the guard enforces. Ceilings bind commands; lowering is never bound."""

    scan_period_s: float
    shadow: bool
    """True: nothing is ever written, whatever anyone asks."""
    current_a_max: float
    cell_voltage_v_max: float
    bath_temperature_degc_max: float
    current_slew_up_a_per_s: float
    hold_current_a: float
    dose_kg_max: float
    dose_kg_per_h_max: float
    fresh_s: float
    """Oldest control-critical sample that may be used."""
    bath_temperature_lost_hold_s: float
    """How long energy may stay where it is with no bath temperature before hold."""
    setpoint_readback_tolerance_a: float
    anodes: int
    rectifier_has_watchdog: bool = True
    """False: nothing lowers the current when the controller falls silent, and people are told so."""
