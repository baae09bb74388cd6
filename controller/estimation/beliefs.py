"""Everything the controller believes and does not measure, advanced once per scan."""

from __future__ import annotations

from typing import NamedTuple

from controller.chemistry.stoichiometry import carbon_g_per_ah, metal_g_per_ah, oxide_demand_kg_per_kah
from controller.control.settings import ControlSettings
from controller.estimation.anode_wear import AnodeWear, anode_currents_a, fresh, worn
from controller.estimation.back_emf import BackEmf
from controller.estimation.back_emf import with_sample as with_volt_ampere
from controller.estimation.heat_watch import HeatWatch
from controller.estimation.heat_watch import with_sample as with_temperature
from controller.estimation.oxide_balance import OxideBook, booked
from controller.estimation.view import View


class Beliefs(NamedTuple):
    heat: HeatWatch
    back_emf: BackEmf
    oxide: OxideBook
    anodes: AnodeWear


def opening(settings: ControlSettings) -> Beliefs:
    """Nothing is known yet: oxide at its target, every anode of unknown age."""
    return Beliefs(HeatWatch(), BackEmf(), OxideBook(settings.oxide_target_wt_pct), fresh(settings.design.anodes.count))


def oxide_eaten_kg(view: View, settings: ControlSettings, dt_s: float) -> float:
    """By Faraday, at the recipe's current efficiency; nothing where the current is not known."""
    current_a = view.line_current_a
    if current_a is None or current_a <= 0.0:
        return 0.0
    per_kah = oxide_demand_kg_per_kah(settings.product, settings.design.current_efficiency)
    return current_a * dt_s * per_kah / 3.6e6


def carbon_kg_per_ah(settings: ControlSettings) -> float:
    design = settings.design
    return 0.001 * carbon_g_per_ah(design.co2_charge_fraction) * (1.0 + design.excess_carbon_fraction)


def advanced(
    beliefs: Beliefs, view: View, settings: ControlSettings, dt_s: float, *, eaten_kg: float, fed_kg: float
) -> Beliefs:
    heat, back_emf, oxide, anodes = beliefs
    if view.bath_temperature_degc is not None:
        heat = with_temperature(heat, view.bath_temperature_degc, dt_s)
    current_a = view.line_current_a
    if current_a is not None:
        if view.cell_voltage_v is not None and current_a > 0.0:
            back_emf = with_volt_ampere(back_emf, current_a, view.cell_voltage_v, dt_s)
        if dt_s > 0.0:
            anodes = worn(anodes, anode_currents_a(current_a, view.anode_current_a), view.anode_current_a, dt_s)
    metal_kg = 0.0
    if current_a is not None and current_a > 0.0:
        efficiency = settings.design.current_efficiency
        metal_kg = current_a * dt_s * efficiency * metal_g_per_ah(settings.product) / 3.6e6
    if eaten_kg or fed_kg:
        oxide = booked(oxide, eaten_kg=eaten_kg, fed_kg=fed_kg, metal_kg=metal_kg, bath_kg=settings.design.bath_mass_kg)
    return Beliefs(heat, back_emf, oxide, anodes)
