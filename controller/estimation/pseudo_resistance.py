"""V = E_b + R·I: the resistance that is left once line-current noise is divided out."""

from __future__ import annotations

LEAST_CURRENT_FRACTION = 0.05
"""Of nominal. Below it an error of 0.1 V in E_b is more than the resistance itself (assumed)."""


def pseudo_resistance_ohm(
    cell_voltage_v: float, line_current_a: float, back_emf_v: float, nominal_current_a: float
) -> float | None:
    """None where the current is too small to divide by."""
    if not line_current_a >= LEAST_CURRENT_FRACTION * nominal_current_a:
        return None
    return (cell_voltage_v - back_emf_v) / line_current_a


def normalised_voltage_v(resistance_ohm: float, back_emf_v: float, nominal_current_a: float) -> float:
    return back_emf_v + resistance_ohm * nominal_current_a
