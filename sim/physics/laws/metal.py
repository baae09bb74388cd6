"""What the charge makes: metal, oxide used up, gases, and what gets into the metal."""

from __future__ import annotations

from sim.physics.laws.electrics import FARADAY, GAS_CONSTANT
from sim.physics.ops import any_of, column, columns, exp, largest, maximum, minimum, number, total, where
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellState

CARBON_KG_PER_MOL = 12.011e-3
CF4_KG_PER_C = 88.003e-3 / (4.0 * FARADAY)
C2F6_KG_PER_C = 138.01e-3 / (6.0 * FARADAY)
CO_KG_PER_MOL = 28.010e-3
CO2_KG_PER_MOL = 44.009e-3
_HOUR_S = 3600.0


def current_efficiency(t: SimulatorTable, d: Derived, s: CellState) -> float:
    """Share of the current that ends as metal: metal that dissolves and burns back is a current of its own."""
    current = maximum(s.line_current_a, 1e-9)
    hotter = -t.loss_activation_j_per_mol / GAS_CONSTANT * (1.0 / s.bath_k - 1.0 / d.target_k)
    efficiency = 1.0 - (d.loss_current_a * exp(hotter) + t.shunt_a) / current
    efficiency = efficiency - s.narrow_loss
    margin = minimum(1.0, maximum(0.0, (s.bath_k - d.melting_k) / t.freezing_margin_k))
    efficiency = efficiency - t.freezing_loss * (1.0 - margin)
    dispersed = minimum(1.0, s.line_current_a / (s.cathode_area_cm2 * t.low_cathode_j_a_per_cm2))
    # iron cathodes take the metal up as an alloy and do not shed drops
    dispersed = dispersed + (1.0 - dispersed) * d.iron
    return maximum(0.0, efficiency) * dispersed


def fluorine_share(potential_v: float, passivation_v: float) -> float:
    """Share of an anode's current that makes CF4 and C2F6, by its iR-free potential: log-linear between knots."""
    beyond = potential_v - passivation_v
    log10 = minimum(minimum(-4.0 + 2.5 * beyond, -1.0 + (beyond - 1.2) * 7.0 / 3.0), -0.3)
    return where(beyond > 0.0, exp(2.302585092994046 * log10), 0.0)


def passivate(t: SimulatorTable, s: CellState, dt_s: float) -> None:
    """Films form at the passivation potential and go after some seconds below the clearing potential."""
    anodes = s.anodes

    def film(potential: float, passivated: float, low_s: float) -> tuple[float, float]:
        low = where(potential < t.clearing_v, low_s + dt_s, 0.0)
        still = where(low + 1e-9 >= t.clearing_s, 0.0, 1.0)
        risen = potential > t.passivation_v
        return where(passivated > 0.5, still, number(risen)), where(passivated > 0.5, low, 0.0)

    anodes.passivated, anodes.low_s = columns(film, anodes.potential_v, anodes.passivated, anodes.low_s)


def anodic(t: SimulatorTable, d: Derived, s: CellState, dt_s: float) -> tuple[float, float]:
    """Currents that take oxide and that make fluorine gas, A. What oxide cannot carry and gas does not, is lost."""
    anodes = s.anodes
    current = s.line_current_a
    if not any_of((largest(anodes.potential_v) > t.clearing_v) | (s.films > 0.0)):
        return current, 0.0 * current
    sustained = s.critical_a_per_cm2 * s.agitation
    # an effect that lasts goes on making gas, after its first minutes at a plateau
    decay = t.pfc_plateau + (1.0 - t.pfc_plateau) * exp(-s.effect_s / t.pfc_decay_s)

    def split(i: float, potential: float, limit_area: float) -> tuple[float, float]:
        gas = i * fluorine_share(potential, t.passivation_v) * decay
        taken = where(potential > t.passivation_v, minimum(i - gas, sustained * limit_area), i)
        return taken, gas

    taken, gas = columns(split, anodes.current_a, anodes.potential_v, anodes.limit_area_cm2)
    if any_of((largest(anodes.potential_v) > t.passivation_v) | (s.films > 0.0)):
        passivate(t, s, dt_s)
        s.films = total(anodes.passivated)
    full = s.films >= 0.5 * d.anode_count
    some = s.films > 0.0
    s.effect_s = where(full, s.effect_s + dt_s, where(some, s.effect_s, 0.0))
    s.effect_minutes_per_h = s.effect_minutes_per_h + where(some, dt_s / 60.0, 0.0)
    return total(taken), total(gas)


def products(t: SimulatorTable, d: Derived, s: CellState, dt_s: float) -> tuple[float, float]:
    """Masses of this step into the state; the metal current, A, and the metal made, kg."""
    totals = s.totals
    current = s.line_current_a
    oxide_a, fluorine_a = anodic(t, d, s, dt_s)
    efficiency = current_efficiency(t, d, s)
    oxidant_a = 0.0 * current
    if any_of(s.oxidant_mol > 0.0):
        used = minimum(s.oxidant_mol * (1.0 - exp(-dt_s / t.oxidant_s)), 0.9 * oxide_a * efficiency * dt_s / FARADAY)
        s.oxidant_mol = s.oxidant_mol - used
        oxidant_a = used * FARADAY / dt_s
        totals.oxidant_used_mol = totals.oxidant_used_mol + used
    through = oxide_a + fluorine_a
    net_a = maximum(efficiency * through - oxidant_a, 0.0)
    # metal from fluoride may burn back too, but never with more oxygen than the anodes set free
    from_oxide_a = minimum(maximum(net_a - fluorine_a, 0.0), s.oxide_kg / (d.re2o3_kg_per_c * dt_s))
    metal_a = from_oxide_a + fluorine_a
    reduced_kg = from_oxide_a * d.re2o3_kg_per_c * dt_s
    foreign_share = s.foreign_kg / maximum(s.oxide_kg + s.oxide_fast_kg + s.oxide_slow_kg + s.sludge_kg, 1e-9)
    foreign_kg = minimum(s.foreign_kg, maximum(reduced_kg, 0.0) * minimum(foreign_share, 1.0))
    s.foreign_kg = s.foreign_kg - foreign_kg
    s.oxide_kg = s.oxide_kg - reduced_kg
    ref3_kg = fluorine_a * d.ref3_kg_per_c * dt_s
    s.ref3_kg = s.ref3_kg - ref3_kg
    made_kg = metal_a * d.metal_kg_per_c * dt_s
    s.current_efficiency = metal_a / maximum(current, 1e-9)

    gases(t, d, s, oxide_a, fluorine_a, from_oxide_a + oxidant_a, dt_s)
    totals.oxide_reduced_kg = totals.oxide_reduced_kg + reduced_kg
    totals.ref3_reduced_kg = totals.ref3_reduced_kg + ref3_kg
    totals.metal_made_kg = totals.metal_made_kg + made_kg
    s.effect_minutes_per_h = s.effect_minutes_per_h * exp(-dt_s / _HOUR_S)
    return metal_a, made_kg


def gases(  # noqa: PLR0917 - currents of one step
    t: SimulatorTable, d: Derived, s: CellState, oxide_a: float, fluorine_a: float, kept_a: float, dt_s: float
) -> None:
    """Carbon burnt and what it became; of the oxide's current ``kept_a`` is not taken back by burning metal."""
    totals, anodes = s.totals, s.anodes
    current = s.line_current_a
    # carbon: primary gases by each anode's current density, then metal that burns back turns CO2 into CO
    share = oxide_a / maximum(current, 1e-9)

    def co2_charge(i: float, f: float) -> float:
        return i * f

    co2_a = total(column(co2_charge, anodes.current_a, anodes.co2_share)) * share
    co2 = co2_a * (dt_s / (4.0 * FARADAY))
    co = (oxide_a - co2_a) * (dt_s / (2.0 * FARADAY))
    needed = maximum(oxide_a - kept_a, 0.0) * (dt_s / (2.0 * FARADAY))
    from_co2 = minimum(needed, co2)
    from_co = minimum(needed - from_co2, co + from_co2)
    ratio = t.c2f6_mass_ratio
    c2f6_share = ratio * CF4_KG_PER_C / (C2F6_KG_PER_C + ratio * CF4_KG_PER_C)
    gas_c = fluorine_a * dt_s
    cf4_kg = (1.0 - c2f6_share) * gas_c * CF4_KG_PER_C
    c2f6_kg = c2f6_share * gas_c * C2F6_KG_PER_C
    fluorine_carbon_kg = gas_c / FARADAY * CARBON_KG_PER_MOL * (0.25 * (1.0 - c2f6_share) + c2f6_share / 3.0)
    excess = 1.0 + d.excess_carbon_fraction
    by_oxide = share * excess * CARBON_KG_PER_MOL * dt_s / (4.0 * FARADAY)
    by_fluorine = fluorine_carbon_kg / maximum(current, 1e-9)

    def burn(remaining: float, i: float, f: float) -> float:
        return remaining - i * (by_oxide * (2.0 - f) + by_fluorine)

    anodes.remaining_kg = column(burn, anodes.remaining_kg, anodes.current_a, anodes.co2_share)
    anodic_kg = CARBON_KG_PER_MOL * (co2 + co)
    totals.carbon_burnt_kg = totals.carbon_burnt_kg + excess * anodic_kg + fluorine_carbon_kg
    totals.carbon_excess_kg = totals.carbon_excess_kg + d.excess_carbon_fraction * anodic_kg
    totals.carbon_dust_kg = totals.carbon_dust_kg + CARBON_KG_PER_MOL * from_co
    totals.co2_kg = totals.co2_kg + CO2_KG_PER_MOL * (co2 - from_co2)
    totals.co_kg = totals.co_kg + CO_KG_PER_MOL * (co + from_co2 - from_co)
    totals.cf4_kg = totals.cf4_kg + cf4_kg
    totals.c2f6_kg = totals.c2f6_kg + c2f6_kg
    s.cf4_kg_per_s = cf4_kg / dt_s
    s.gas_mol_per_s = (co2 + co - from_co) / dt_s
    totals.charge_c = totals.charge_c + current * dt_s
    totals.charge_oxide_c = totals.charge_oxide_c + oxide_a * dt_s
    totals.charge_fluorine_c = totals.charge_fluorine_c + gas_c
    totals.charge_co2_c = totals.charge_co2_c + co2_a * dt_s


def impurities(t: SimulatorTable, d: Derived, s: CellState, made_kg: float) -> None:
    """What new metal carries into the pool, by estimates for the bath as it now is."""
    hotter = s.bath_k - 1323.0
    carbon = t.carbon_ppm * t.dust_factor * exp(minimum(hotter / t.carbon_scale_k, 20.0))
    carbon = carbon * (1.0 + 3.0 * s.effect_minutes_per_h)
    crowded = maximum(0.0, s.oxide_wt_pct / s.saturation_wt_pct - 0.9)
    oxygen = t.oxygen_ppm * (1.0 + 10.0 * crowded) * exp(minimum(-hotter / 400.0, 20.0))
    refractory = t.refractory_ppm * (1.0 - d.iron) * exp(minimum(hotter / 100.0, 20.0))
    lithium = t.lithium_ppm * exp(minimum((s.cathodic_v - 0.055) / 0.03, 20.0))
    iron = where(d.iron > 0.5, 1e6 * t.iron_share / (1.0 - t.iron_share), t.iron_ppm)
    s.carbon_ppm = carbon
    s.metal_carbon_kg = s.metal_carbon_kg + 1e-6 * carbon * made_kg
    s.metal_oxygen_kg = s.metal_oxygen_kg + 1e-6 * oxygen * made_kg
    s.metal_refractory_kg = s.metal_refractory_kg + 1e-6 * refractory * made_kg
    s.metal_lithium_kg = s.metal_lithium_kg + 1e-6 * lithium * made_kg
    s.metal_iron_kg = s.metal_iron_kg + 1e-6 * iron * made_kg


__all__ = ["current_efficiency", "fluorine_share", "gases", "impurities", "passivate", "products"]
