"""Beliefs put into words: each estimate with the quality it deserves and the reason for it."""

from __future__ import annotations

from controller.chemistry.stoichiometry import oxide_demand_kg_per_kah
from controller.control.settings import ControlSettings
from controller.estimation.anode_wear import AnodeWear, remaining_h
from controller.estimation.back_emf import fit
from controller.estimation.beliefs import Beliefs, carbon_kg_per_ah
from controller.estimation.heat_watch import minutes_to_liquidus, slope_k_per_min
from controller.estimation.oxide_balance import sigma_wt_pct
from controller.estimation.pseudo_resistance import normalised_voltage_v, pseudo_resistance_ohm
from controller.estimation.view import View
from controller.process_image.estimates import Estimates
from controller.process_image.measurements import Measurement
from drivers.reading import Quality

BOOK_KEEPING = "book-keeping, no assay"
UNKNOWN_START = "age unknown: no change reported since the record began"
EQUAL_SHARE = "equal share of the line current, not its own"
RECIPE_VALUE = "recipe value: the current hardly moves"
_GOOD, _UNCERTAIN, _BAD = Quality.GOOD, Quality.UNCERTAIN, Quality.BAD


def estimate(beliefs: Beliefs, view: View, settings: ControlSettings, *, fed_kg: float, deficit_kg: float) -> Estimates:
    now = view.time_s
    design = settings.design
    current_a, voltage_v = view.line_current_a, view.cell_voltage_v
    temperature, superheat, slope, to_liquidus = _heat(beliefs, view, settings)
    intercept = fit(beliefs.back_emf, design.back_emf_v, design.nominal_current_a)
    resistance_ohm = None
    if current_a is not None and voltage_v is not None:
        resistance_ohm = pseudo_resistance_ohm(voltage_v, current_a, intercept.back_emf_v, design.nominal_current_a)
    quality, why = (_GOOD, "") if intercept.excited else (_UNCERTAIN, RECIPE_VALUE)
    if resistance_ohm is None:
        why_not = "needs line current and cell voltage" if current_a is None or voltage_v is None else "current too low"
        resistance = normalised = Measurement(None, _BAD, why_not, now)
    else:
        resistance = Measurement(resistance_ohm, quality, why, now)
        normalised = Measurement(
            normalised_voltage_v(resistance_ohm, intercept.back_emf_v, design.nominal_current_a), quality, why, now
        )
    if current_a is None or voltage_v is None:
        power = Measurement(None, _BAD, "needs line current and cell voltage", now)
    else:
        power = Measurement(current_a * voltage_v * 0.001, _GOOD, "", now)
    if current_a is None:
        demand = Measurement(None, _BAD, "needs line current", now)
    else:
        per_kah = oxide_demand_kg_per_kah(settings.product, design.current_efficiency)
        demand = Measurement(max(0.0, current_a) * 0.001 * per_kah, _UNCERTAIN, "recipe's current efficiency", now)
    charge, burnt, worn_mm, remaining, next_due = _anodes(beliefs.anodes, settings, now)
    oxide = beliefs.oxide
    return Estimates(
        temperature,
        superheat,
        slope,
        to_liquidus,
        resistance,
        normalised,
        Measurement(intercept.back_emf_v, quality, why, now),
        Measurement(intercept.sigma_v, quality, why, now),
        power,
        Measurement(oxide.content_wt_pct, _UNCERTAIN, BOOK_KEEPING, now),
        Measurement(sigma_wt_pct(oxide, design.bath_mass_kg), _UNCERTAIN, BOOK_KEEPING, now),
        demand,
        Measurement(fed_kg, _GOOD, "", now),
        Measurement(deficit_kg, _UNCERTAIN, BOOK_KEEPING, now),
        Measurement(oxide.metal_kg, _UNCERTAIN, "recipe's current efficiency", now),
        next_due,
        charge,
        burnt,
        worn_mm,
        remaining,
    )


def _heat(
    beliefs: Beliefs, view: View, settings: ControlSettings
) -> tuple[Measurement, Measurement, Measurement, Measurement]:
    now = view.time_s
    degc = view.bath_temperature_degc
    if degc is None:
        lost = Measurement(None, _BAD, "no bath temperature is good and fresh", now)
        return lost, lost, lost, lost
    superheat_k = degc - settings.design.bath_liquidus_degc
    temperature = Measurement(degc, _GOOD, "", now)
    superheat = Measurement(superheat_k, _UNCERTAIN, "recipe's liquidus", now)
    per_min = slope_k_per_min(beliefs.heat)
    if per_min is None:
        settling = Measurement(None, _BAD, "filter settling", now)
        return temperature, superheat, settling, settling
    minutes = minutes_to_liquidus(superheat_k, per_min)
    return (
        temperature,
        superheat,
        Measurement(per_min, _GOOD, "", now),
        Measurement(None, _BAD, "not cooling", now)
        if minutes is None
        else Measurement(minutes, _UNCERTAIN, "at the present slope, recipe's liquidus", now),
    )


_Each = tuple[Measurement, ...]


def _anodes(wear: AnodeWear, settings: ControlSettings, now: float) -> tuple[_Each, _Each, _Each, _Each, Measurement]:
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
    return tuple(charge), tuple(burnt), tuple(worn_mm), tuple(remaining), next_due
