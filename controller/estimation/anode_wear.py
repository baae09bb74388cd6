"""How much of each anode is left, from the charge that passed through it."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

_T = TypeVar("_T")

CURRENT_FILTER_S = 600.0
LEAST_SHARE = 0.2
"""An anode that carries less than this of its equal share is forecast at the equal share: it will carry it again."""


class AnodeWear(NamedTuple):
    """One entry per position. ``known``: a person reported when this anode was set, so its charge counts from new."""

    charge_ah: tuple[float, ...]
    filtered_a: tuple[float, ...]
    known: tuple[bool, ...]
    shared: tuple[bool, ...]
    """Some of its charge is an equal share of the line, not its own measured current."""
    serial: tuple[str, ...]


def fresh(count: int) -> AnodeWear:
    return AnodeWear((0.0,) * count, (0.0,) * count, (False,) * count, (False,) * count, ("",) * count)


def anode_currents_a(line_current_a: float, own_a: tuple[float | None, ...]) -> tuple[float, ...]:
    """Each anode's own current where it is measured; the rest of the line's in equal parts for the others."""
    unmeasured = own_a.count(None)
    measured_a = [value for value in own_a if value is not None]
    if not unmeasured:
        return tuple(measured_a)
    rest_a = max(0.0, line_current_a - sum(measured_a)) / unmeasured
    return tuple(rest_a if value is None else value for value in own_a)


def worn(wear: AnodeWear, currents_a: tuple[float, ...], own_a: tuple[float | None, ...], dt_s: float) -> AnodeWear:
    hours = dt_s / 3600.0
    gain = dt_s / (CURRENT_FILTER_S + dt_s)
    charge_ah = tuple([ah + a * hours if a > 0.0 else ah for ah, a in zip(wear.charge_ah, currents_a, strict=True)])
    # A filter that has seen nothing starts at what it sees first; from zero it would promise too long a life.
    filtered_a = tuple([f + gain * (a - f) if f > 0.0 else a for f, a in zip(wear.filtered_a, currents_a, strict=True)])
    shared = wear.shared
    if None in own_a:
        shared = tuple(was or own is None for was, own in zip(shared, own_a, strict=True))
    return AnodeWear(charge_ah, filtered_a, wear.known, shared, wear.serial)


def changed(wear: AnodeWear, index: int, serial: str, share_a: float) -> AnodeWear:
    """``index`` from 0. The forecast starts at the equal share, for the old anode's current says nothing."""

    return AnodeWear(
        _with(wear.charge_ah, index, 0.0),
        _with(wear.filtered_a, index, share_a),
        _with(wear.known, index, True),
        _with(wear.shared, index, False),
        _with(wear.serial, index, serial),
    )


def remaining_h(left_kg: float, filtered_a: float, share_a: float, carbon_kg_per_ah: float) -> float:
    """Hours at the present filtered current until the anode is due; 0 where it is overdue."""
    current_a = filtered_a if filtered_a >= LEAST_SHARE * share_a else share_a
    return left_kg / (current_a * carbon_kg_per_ah) if left_kg > 0.0 else 0.0


def _with(entries: tuple[_T, ...], index: int, value: _T) -> tuple[_T, ...]:
    return (*entries[:index], value, *entries[index + 1 :])
