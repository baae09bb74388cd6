"""Voltage of a thermocouple and its temperature, by the ITS-90 reference functions; types K, N, S, R, B.

Nothing is ever extrapolated: outside a type's range, and for NaN or infinity, the answer is None, and ``fault`` or
``reading`` says which it was.
"""

from __future__ import annotations

import math
from typing import Final, Literal

from drivers.reading import Quality, Reading, bad
from drivers.thermocouple.nist_tables import FORWARD, INVERSE, K_BUMP, LOWEST_INVERTIBLE_B_MV, Kind, Piece

Fault = Literal["not_finite", "under_range", "over_range", "cold_junction_fault"]

_CLOSE_ENOUGH_K: Final = 1e-9
_ROUNDING_MV: Final = 1e-11
"""A voltage this close beyond an end of the range is the end, for the reference function rounds too."""
_MOST_STEPS: Final = 64
"""Bisection alone would need about 45 for the widest piece; Newton needs 2 to 5."""


def emf_mv(kind: Kind, temperature_degc: float) -> float | None:
    """Voltage in mV at ``temperature_degc`` against a cold junction at 0 °C; None outside the type's range."""
    if not math.isfinite(temperature_degc):
        return None
    for piece in FORWARD[kind]:
        if piece.low <= temperature_degc <= piece.high:
            return _emf_and_slope(kind, piece, temperature_degc)[0]
    return None


def temperature_degc(kind: Kind, voltage_mv: float) -> float | None:
    """Temperature in °C of a voltage in mV against a cold junction at 0 °C; None outside the type's range.

    Solves the reference function itself, to within 1e-6 K.
    """
    if _voltage_fault(kind, voltage_mv) is not None:
        return None
    at = 0
    tops = _PIECE_TOPS_MV[kind]
    while voltage_mv > tops[at] and at < len(tops) - 1:
        at += 1
    return _solve(kind, FORWARD[kind][at], voltage_mv)


def compensated(kind: Kind, voltage_mv: float, cold_junction_degc: float) -> float | None:
    """Temperature in °C of the hot junction, when the cold one is at ``cold_junction_degc`` instead of 0 °C.

    Adds voltages, not temperatures. None when the cold junction or the sum is outside the type's range.
    """
    cold_mv = emf_mv(kind, cold_junction_degc)
    return None if cold_mv is None else temperature_degc(kind, voltage_mv + cold_mv)


def fault(kind: Kind, voltage_mv: float, cold_junction_degc: float = 0.0) -> Fault | None:
    """Why ``compensated`` gives no temperature; None when it gives one."""
    cold_mv = emf_mv(kind, cold_junction_degc)
    return "cold_junction_fault" if cold_mv is None else _voltage_fault(kind, voltage_mv + cold_mv)


def reading(kind: Kind, voltage_mv: float, cold_junction_degc: float, time_s: float) -> Reading:
    """The compensated temperature as a driver hands it on: GOOD, or BAD with the fault as its reason."""
    found = fault(kind, voltage_mv, cold_junction_degc)
    if found is not None:
        return bad(found, time_s)
    return Reading(compensated(kind, voltage_mv, cold_junction_degc), Quality.GOOD, "", time_s)


def voltage_range_mv(kind: Kind) -> tuple[float, float]:
    """The closed range in which ``temperature_degc`` answers."""
    return _RANGE_MV[kind]


def _voltage_fault(kind: Kind, voltage_mv: float) -> Fault | None:
    if not math.isfinite(voltage_mv):
        return "not_finite"
    low, high = _RANGE_MV[kind]
    if low - _ROUNDING_MV <= voltage_mv <= high + _ROUNDING_MV:
        return None
    return "under_range" if voltage_mv < low else "over_range"


def _solve(kind: Kind, piece: Piece, voltage_mv: float) -> float:
    """Newton from the published inverse, kept inside a bracket that shrinks: the functions rise throughout a piece."""
    low, high = _lowest_rising_degc(kind, piece), piece.high
    guess = _seed(kind, voltage_mv)
    if guess is None or not low <= guess <= high:
        guess = (low + high) / 2.0
    for _ in range(_MOST_STEPS):
        value, slope = _emf_and_slope(kind, piece, guess)
        excess = value - voltage_mv
        if excess > 0.0:
            high = guess
        else:
            low = guess
        better = guess - excess / slope if slope > 0.0 else low
        if not low <= better <= high:
            better = (low + high) / 2.0
        if abs(better - guess) < _CLOSE_ENOUGH_K:
            return better
        guess = better
    return guess


def _seed(kind: Kind, voltage_mv: float) -> float | None:
    for piece in INVERSE[kind]:
        if piece.low <= voltage_mv <= piece.high:
            return _polynomial(piece.coefficients, voltage_mv)
    return None


def _emf_and_slope(kind: Kind, piece: Piece, at_degc: float) -> tuple[float, float]:
    value = slope = 0.0
    for coefficient in reversed(piece.coefficients):
        slope = slope * at_degc + value
        value = value * at_degc + coefficient
    if kind is Kind.K and piece is FORWARD[Kind.K][-1]:
        distance = at_degc - K_BUMP.centre
        bump = K_BUMP.height * math.exp(K_BUMP.steepness * distance * distance)
        value += bump
        slope += 2.0 * K_BUMP.steepness * distance * bump
    return value, slope


def _polynomial(coefficients: tuple[float, ...], at: float) -> float:
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * at + coefficient
    return value


def _lowest_rising_degc(kind: Kind, piece: Piece) -> float:
    """Type B falls before it rises; its inverse begins well above that."""
    return 200.0 if kind is Kind.B and piece is FORWARD[Kind.B][0] else piece.low


_PIECE_TOPS_MV: Final = {
    kind: tuple(_emf_and_slope(kind, piece, piece.high)[0] for piece in pieces) for kind, pieces in FORWARD.items()
}
_RANGE_MV: Final = {
    kind: (
        LOWEST_INVERTIBLE_B_MV if kind is Kind.B else _emf_and_slope(kind, pieces[0], pieces[0].low)[0],
        _PIECE_TOPS_MV[kind][-1],
    )
    for kind, pieces in FORWARD.items()
}
