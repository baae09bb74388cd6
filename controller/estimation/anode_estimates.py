"""What is left of each anode, in words. It changes within minutes, so it is reckoned anew every few scans."""

from __future__ import annotations

from typing import NamedTuple

from controller.control.settings import ControlSettings
from controller.estimation.anode_wear import AnodeWear, remaining_h
from controller.estimation.beliefs import carbon_kg_per_ah
from controller.process_image.measurements import Measurement
from drivers.reading import Quality

UNKNOWN_START = "age unknown: no change reported since the record began"
EQUAL_SHARE = "equal share of the line current, not its own"
RENEWED_EVERY_S = 5.0
_GOOD, _UNCERTAIN, _BAD = Quality.GOOD, Quality.UNCERTAIN, Quality.BAD


class AnodeEstimates(NamedTuple):
    """One entry per position; ``time_s`` is when they were reckoned."""

    time_s: float
    charge_ah: tuple[Measurement, ...]
    burnt_kg: tuple[Measurement, ...]
    burnt_mm: tuple[Measurement, ...]
    remaining_h: tuple[Measurement, ...]
    next_due_h: Measurement


def renewed(shown: AnodeEstimates | None, wear: AnodeWear, settings: ControlSettings, now: float) -> AnodeEstimates:
    """The same object while it is recent enough."""
    if shown is not None and 0.0 <= now - shown.time_s < RENEWED_EVERY_S:
        return shown
    return anode_estimates(wear, settings, now)


def anode_estimates(wear: AnodeWear, settings: ControlSettings, now: float) -> AnodeEstimates:
    anodes = settings.design.anodes
    per_ah = carbon_kg_per_ah(settings)
    new_kg = anodes.carbon_new_kg
    mm_per_kg = 10.0 * (anodes.gap_worn_cm - anodes.gap_new_cm) / new_kg
    share_a = settings.design.nominal_current_a / anodes.count
    charge, burnt, worn_mm, remaining = [], [], [], []
    next_due: Measurement | None = None
    least_h = 0.0
    make = Measurement
    for charge_ah, filtered_a, known, shared in zip(*wear[:4], strict=True):
        quality, why = _GOOD, ""
        if not known:
            quality, why = _UNCERTAIN, UNKNOWN_START
        elif shared:
            quality, why = _UNCERTAIN, EQUAL_SHARE
        burnt_kg = charge_ah * per_ah
        hours = remaining_h(new_kg - burnt_kg, filtered_a, share_a, per_ah)
        left = make(hours, quality, why, now)
        charge.append(make(charge_ah, quality, why, now))
        burnt.append(make(burnt_kg, quality, why, now))
        worn_mm.append(make(burnt_kg * mm_per_kg, quality, why, now))
        remaining.append(left)
        if next_due is None or hours < least_h:
            next_due, least_h = left, hours
    if next_due is None:
        next_due = make(None, _BAD, "no anodes", now)
    return AnodeEstimates(now, tuple(charge), tuple(burnt), tuple(worn_mm), tuple(remaining), next_due)
