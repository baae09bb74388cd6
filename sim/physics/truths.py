"""All that is true of a cell at one moment, by name with its unit last: what a probe prints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.physics.cell import LAWS
from sim.physics.outputs import outputs
from sim.physics.parameters import CellParameters
from sim.physics.state import CellState

_FARADAY = 96485.33


def voltage_parts_v(parameters: CellParameters, state: CellState) -> Mapping[str, float]:
    """Reversible, anodic, cathodic, melt and conductor part; together the cell voltage. Current-weighted means."""
    anodes, d = state.anodes, parameters.derived
    line = state.line_current_a
    count = len(anodes.current_a)
    weights = [current / line for current in anodes.current_a] if line > 0.0 else [1.0 / count] * count
    between = state.reversible_co2_v - state.reversible_co_v
    reversible = sum(w * (state.reversible_co_v + f * between) for w, f in zip(weights, anodes.co2_share, strict=True))
    potential = sum(w * v for w, v in zip(weights, anodes.potential_v, strict=True))
    melt = sum(
        w * i * shape / state.conductivity_s_per_cm
        for w, i, shape in zip(weights, anodes.current_a, anodes.shape_per_cm, strict=True)
    )
    contact = sum(w * i * ohm for w, i, ohm in zip(weights, anodes.current_a, anodes.contact_ohm, strict=True))
    return MappingProxyType(
        {
            "reversible_v": reversible,
            "anodic_v": potential - reversible,
            "cathodic_v": state.cathodic_v,
            "melt_v": melt,
            "conductor_v": contact + d.common_resistance_ohm * line,
        }
    )


def density_g_per_cm3(ref3_fraction: float, ref3_g_per_mol: float, bath_k: float) -> float:
    """Of a bath taken as LiF–REF3: additive molar volumes with 2 % expansion; ±4 %."""
    lif = (1.0 - ref3_fraction) * 25.94 / (2.358 - 4.90e-4 * bath_k)
    ref3 = ref3_fraction * 0.968 * 195.9 / (5.793 - 6.82e-4 * bath_k)
    mass = (1.0 - ref3_fraction) * 25.94 + ref3_fraction * ref3_g_per_mol
    return mass / (1.02 * (lif + ref3))


def truths(parameters: CellParameters, state: CellState) -> dict[str, float | tuple[float, ...]]:
    """Scalars and, per anode, tuples. Rates are those of the last step, masses counted since the start."""
    t, d, totals, anodes = parameters.truth, parameters.derived, state.totals, state.anodes
    seen = outputs(parameters, state)
    made_kg = totals.metal_made_kg
    burnt_co_kg = t.co_burnout * totals.co_kg
    metal_kg = max(state.metal_kg, 1e-9)
    return {
        "time_s": state.time_s,
        "current_a": state.line_current_a,
        "voltage_v": state.cell_voltage_v,
        **voltage_parts_v(parameters, state),
        "pseudo_resistance_ohm": (state.cell_voltage_v - parameters.design.back_emf_v)
        / max(state.line_current_a, 1e-9),
        "bath_temperature_degc": seen.bath_temperature_degc,
        "lining_temperature_degc": seen.lining_temperature_degc,
        "metal_temperature_degc": seen.metal_temperature_degc,
        "bath_liquidus_degc": seen.bath_liquidus_degc,
        "bath_frozen_share": seen.frozen_share,
        "ledge_kg": state.ledge_kg,
        "bath_kg": state.bath_mass_kg,
        "ref3_mol_pct": 100.0 * state.ref3_fraction,
        "bath_density_g_per_cm3": density_g_per_cm3(state.ref3_fraction, 1e3 * d.ref3_kg_per_mol, state.bath_k),
        "conductivity_s_per_cm": LAWS.conductivity_s_per_cm(
            t, state.ref3_fraction, state.oxide_wt_pct, state.bath_k, seen.frozen_share
        ),
        "oxide_dissolved_wt_pct": seen.oxide_dissolved_wt_pct,
        "oxide_at_anodes_wt_pct": state.oxide_wt_pct,
        "oxide_saturation_wt_pct": state.saturation_wt_pct,
        "oxide_undissolved_kg": seen.oxide_undissolved_kg,
        "sludge_kg": state.sludge_kg,
        "oxide_fed_kg": totals.oxide_fed_kg,
        "oxide_reduced_kg": totals.oxide_reduced_kg,
        "critical_current_density_a_per_cm2": state.critical_a_per_cm2 * state.agitation,
        "anode_current_a": tuple(anodes.current_a),
        "anode_current_density_a_per_cm2": tuple(
            i / area for i, area in zip(anodes.current_a, anodes.area_cm2, strict=True)
        ),
        "anode_potential_v": tuple(anodes.potential_v),
        "anode_load": seen.anode_load,
        "anode_passivated": tuple(float(film) for film in anodes.passivated),
        "anode_co2_share": tuple(anodes.co2_share),
        "anode_gap_cm": tuple(anodes.gap_cm),
        "anode_remaining_kg": seen.anode_remaining_kg,
        "anode_neck_share": tuple(anodes.neck),
        "anode_age_h": seen.anode_age_h,
        "current_efficiency": state.current_efficiency,
        "metal_kg": made_kg,
        "metal_in_cell_kg": state.metal_kg,
        "metal_tapped_kg": totals.metal_tapped_kg,
        "kwh_per_kg": totals.energy_j / 3.6e6 / made_kg if made_kg > 0.0 else 0.0,
        "energy_kwh": totals.energy_j / 3.6e6,
        "charge_ah": totals.charge_c / 3600.0,
        "carbon_kg": totals.carbon_burnt_kg,
        "carbon_kg_per_t": 1e3 * totals.carbon_burnt_kg / made_kg if made_kg > 0.0 else 0.0,
        "co_kg": totals.co_kg,
        "co2_kg": totals.co2_kg,
        "stack_co_kg": totals.co_kg - burnt_co_kg,
        "stack_co2_kg": totals.co2_kg + burnt_co_kg * 44.009 / 28.010 + totals.carbon_excess_kg * 44.009 / 12.011,
        "co2_charge_share": totals.charge_co2_c / totals.charge_oxide_c if totals.charge_oxide_c > 0.0 else 0.0,
        "cf4_kg": totals.cf4_kg,
        "c2f6_kg": totals.c2f6_kg,
        "cf4_ppm": cf4_ppm(parameters, state),
        "pfc_charge_share": totals.charge_fluorine_c / totals.charge_c if totals.charge_c > 0.0 else 0.0,
        "hf_kg": totals.hf_kg,
        "carbon_in_metal_ppm": 1e6 * state.metal_carbon_kg / metal_kg,
        "oxygen_in_metal_ppm": 1e6 * state.metal_oxygen_kg / metal_kg,
        "iron_in_metal_ppm": 1e6 * state.metal_iron_kg / metal_kg,
        "refractory_in_metal_ppm": 1e6 * state.metal_refractory_kg / metal_kg,
        "lithium_in_metal_ppm": 1e6 * state.metal_lithium_kg / metal_kg,
        "cathode_radius_cm": state.cathode_radius_cm,
        "lif_lost_kg": totals.lif_lost_kg,
        "ref3_lost_kg": totals.ref3_lost_kg,
    }


def cf4_ppm(parameters: CellParameters, state: CellState) -> float:
    """By volume in the off-gas. The hood draws the same air whatever the cell makes; how much is assumed."""
    t = parameters.truth
    per_faraday = t.co2_plateau / 4.0 + (1.0 - t.co2_plateau) / 2.0
    nominal_mol_per_s = parameters.derived.nominal_current_a * per_faraday / _FARADAY
    air = t.air_dilution * nominal_mol_per_s
    fluorine = state.cf4_kg_per_s / 88.003e-3
    return 1e6 * fluorine / (air + max(state.gas_mol_per_s, 0.0) + fluorine)
