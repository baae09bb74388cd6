"""Electrical state of a cell: currents and voltage for the bath as it stands, passivation, what the charge makes."""

from __future__ import annotations

import math

from controller.chemistry.potentials import (
    oxide_activity_term_v,
    reversible_potential_co2_v,
    reversible_potential_co_v,
)
from sim.physics import heat, oxide
from sim.physics.anodes import COLD_RESISTANCE, AnodeSet
from sim.physics.bath import saturation_wt_pct
from sim.physics.branches import Branches, Supply, divide
from sim.physics.electrochemistry import (
    CLEARING_S,
    CLEARING_V,
    PASSIVATION_V,
    AnodeLaw,
    anode_law,
    critical_current_density_a_per_cm2,
    limit_for_potential,
    pfc_charge_share,
)
from sim.physics.melt_resistance import conductivity_s_per_cm
from sim.physics.parameters import CellParameters
from sim.physics.state import CellInputs, CellState

_GAS_CONSTANT = 8.31446
_METAL_FREEZING_MARGIN_K = 15.0
_METAL_FREEZING_LOSS = 0.2
"""Of current efficiency, when the metal's margin over its melting point is gone; assumed 0.1–0.3."""


def law_of(parameters: CellParameters, bath_k: float, oxide_over_saturation: float) -> AnodeLaw:
    bath_degc = bath_k - 273.15
    activity = oxide_activity_term_v(bath_degc, oxide_over_saturation)
    truth = parameters.truth
    return anode_law(
        reversible_co_v=reversible_potential_co_v(parameters.product, bath_degc) + activity,
        reversible_co2_v=reversible_potential_co2_v(parameters.product, bath_degc) + activity,
        temperature_k=bath_k,
        exchange_a_per_cm2=truth.exchange_current_density_a_per_cm2,
        charge_transfer=truth.charge_transfer,
        co2_plateau=truth.co2_plateau,
    )


def solve(parameters: CellParameters, state: CellState, inputs: CellInputs, saturation: float | None = None) -> float:
    """Currents and voltage for the bath as it stands, into the state; returns the law's critical current density."""
    truth, bath, bath_k, anodes = parameters.truth, state.bath, state.bath_k, state.anodes
    if saturation is None:
        saturation = saturation_wt_pct(parameters, bath, bath_k)
    dissolved_pct = oxide.oxide_wt_pct(state.stock.dissolved_kg, bath.mass_kg)
    critical = critical_current_density_a_per_cm2(
        dissolved_pct,
        bath_k,
        truth.critical_prefactor * truth.critical_current_density_factor,
        truth.critical_exponent,
        truth.critical_activation_j_per_mol,
    )
    frozen = heat.frozen_share(bath_k, bath.liquidus_k, truth.freezing_range_k)
    conductivity = conductivity_s_per_cm(
        ref3_mole_fraction=bath.composition.ref3,
        temperature_k=bath_k,
        oxide_wt_pct=dissolved_pct,
        factor=truth.conductivity_factor,
        voidage=truth.voidage,
        frozen=frozen,
    )
    limit = limit_for_potential(critical)
    anodes.limit_a[:] = [limit * area for area in anodes.limit_area_cm2]
    contact = parameters.contact_resistance_ohm
    if any(anodes.cold):
        resistance = [
            contact + shape / conductivity * (1.0 + COLD_RESISTANCE * cold)
            for shape, cold in zip(anodes.shape, anodes.cold, strict=True)
        ]
    else:
        resistance = [contact + shape / conductivity for shape in anodes.shape]
    division = divide(
        law_of(parameters, bath_k, dissolved_pct / saturation),
        Branches(anodes.area_cm2, anodes.limit_a, resistance, anodes.passivated),
        Supply(
            inputs.current_demand_a,
            inputs.voltage_limit_v,
            parameters.common_resistance_ohm,
            parameters.cathode_area_cm2,
        ),
        anodes.current_a,
    )
    state.line_current_a = division.line_current_a
    state.cell_voltage_v = division.cell_voltage_v
    state.clipped = division.clipped
    anodes.current_a = division.anode_current_a
    anodes.potential_v = division.anode_potential_v
    return critical


def current_efficiency(parameters: CellParameters, current_a: float, bath_k: float) -> float:
    """Metal that dissolves and burns back is a current of its own, the larger the hotter; the rest is metal."""
    if current_a <= 0.0:
        return 0.0
    design = parameters.design
    reference_k = design.bath_temperature_target_degc + 273.15
    exponent = -parameters.truth.loss_activation_j_per_mol / _GAS_CONSTANT * (1.0 / bath_k - 1.0 / reference_k)
    efficiency = 1.0 - parameters.nominal_loss_current_a * math.exp(exponent) / current_a
    margin = (bath_k - 273.15 - parameters.product.metal_melting_point_degc) / _METAL_FREEZING_MARGIN_K
    if margin < 1.0:
        efficiency -= _METAL_FREEZING_LOSS * (1.0 - max(0.0, margin))
    return efficiency if efficiency > 0.0 else 0.0


def anodic_split(anodes: AnodeSet, critical: float) -> tuple[float, float]:
    """Current that takes oxide, and current that makes CF4, A. Beyond what oxide can carry, fluoride must."""
    oxide_current = 0.0
    cf4_current = 0.0
    for current, potential, area in zip(anodes.current_a, anodes.potential_v, anodes.limit_area_cm2, strict=True):
        sustained = critical * area
        if potential <= PASSIVATION_V and current <= sustained:
            oxide_current += current
            continue
        share = pfc_charge_share(potential)
        from_oxide = min(sustained, current * (1.0 - share))
        oxide_current += from_oxide
        if potential > PASSIVATION_V:
            cf4_current += current - from_oxide
    return oxide_current, cf4_current


def passivate(anodes: AnodeSet, dt_s: float) -> None:
    for i, potential in enumerate(anodes.potential_v):
        if not anodes.passivated[i]:
            if potential > PASSIVATION_V:
                anodes.passivated[i] = True
                anodes.low_s[i] = 0.0
        elif potential < CLEARING_V:
            anodes.low_s[i] += dt_s
            if anodes.low_s[i] >= CLEARING_S:
                anodes.passivated[i] = False
        else:
            anodes.low_s[i] = 0.0
