"""Beliefs put into words: each estimate with the quality it deserves and the reason for it."""

from __future__ import annotations

from controller.chemistry.stoichiometry import oxide_demand_kg_per_kah
from controller.control.settings import ControlSettings
from controller.estimation.anode_estimates import AnodeEstimates
from controller.estimation.back_emf import fit
from controller.estimation.beliefs import Beliefs
from controller.estimation.heat_watch import minutes_to_liquidus, slope_k_per_min
from controller.estimation.oxide_balance import sigma_wt_pct
from controller.estimation.pseudo_resistance import normalised_voltage_v, pseudo_resistance_ohm
from controller.estimation.view import View
from controller.process_image.estimates import Estimates
from controller.process_image.measurements import Measurement
from drivers.reading import Quality

BOOK_KEEPING = "book-keeping, no assay"
RECIPE_VALUE = "recipe value: the current hardly moves"
_GOOD, _UNCERTAIN, _BAD = Quality.GOOD, Quality.UNCERTAIN, Quality.BAD


def estimate(
    beliefs: Beliefs,
    view: View,
    settings: ControlSettings,
    *,
    anodes: AnodeEstimates,
    fed_kg: float,
    deficit_kg: float,
) -> Estimates:
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
        anodes.next_due_h,
        anodes.charge_ah,
        anodes.burnt_kg,
        anodes.burnt_mm,
        anodes.remaining_h,
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
