"""One cell as it truly is: state, one step forward, and what can be seen from outside. Pure and deterministic.

Noise belongs to the sensors, randomness to the seed of ``running_state``.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import NamedTuple

from controller.chemistry.bath import BathComposition, bath_composition
from controller.chemistry.liquidus import bath_liquidus_degc
from controller.chemistry.potentials import (
    oxide_activity_term_v,
    reversible_potential_co2_v,
    reversible_potential_co_v,
)
from controller.chemistry.solubility import oxide_solubility_wt_pct
from sim.physics import heat, oxide
from sim.physics.anodes import COLD_RESISTANCE, AnodeSet, new_set, reshape, warm, wear
from sim.physics.branches import Branches, Division, Supply, divide
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
from sim.physics.oxide import OxideStock
from sim.physics.parameters import CellParameters

_GAS_CONSTANT = 8.31446
_CF4_KG_PER_COULOMB = 88.004e-3 / (4.0 * 96485.33)
_METAL_FREEZING_MARGIN_K = 15.0
_METAL_FREEZING_LOSS = 0.2
"""Of current efficiency, when the metal's margin over its melting point is gone; assumed 0.1–0.3."""
_LONGEST_STEP_S = 2.0
_SHORTEST_STEP_S = 1e-6


class CellInputs(NamedTuple):
    """What acts on the cell during one step."""

    current_demand_a: float
    voltage_limit_v: float
    oxide_dose_kg: float = 0.0
    """Mass dropped in during this step."""
    lid_closed: bool = False
    auxiliary_heat_kw: float = 0.0


class Bath(NamedTuple):
    """Salt without oxide, and what follows from its composition alone."""

    ref3_kg: float
    baf2_kg: float
    lif_kg: float
    mass_kg: float
    ref3_mole_fraction: float
    baf2_mole_fraction: float
    lif_mole_fraction: float
    molar_mass_g_per_mol: float
    liquidus_k: float


@dataclass(slots=True)
class Totals:
    """Counted since ``running_state``; what balances are closed with."""

    charge_c: float = 0.0
    energy_j: float = 0.0
    oxide_fed_kg: float = 0.0
    oxide_reduced_kg: float = 0.0
    metal_made_kg: float = 0.0
    metal_tapped_kg: float = 0.0
    carbon_burnt_kg: float = 0.0
    cf4_kg: float = 0.0


@dataclass(slots=True)
class CellState:
    time_s: float
    bath: Bath
    bath_k: float
    lining_k: float
    stock: OxideStock
    metal_kg: float
    anodes: AnodeSet
    line_current_a: float
    cell_voltage_v: float
    clipped: bool
    current_efficiency: float
    totals: Totals

    def copy(self) -> CellState:
        return replace(self, anodes=self.anodes.copy(), totals=replace(self.totals))


class CellOutputs(NamedTuple):
    time_s: float
    line_current_a: float
    cell_voltage_v: float
    anode_current_a: tuple[float, ...]
    bath_temperature_degc: float
    lining_temperature_degc: float
    bath_liquidus_degc: float
    frozen_share: float
    oxide_dissolved_wt_pct: float
    oxide_undissolved_kg: float
    anode_remaining_mm: tuple[float, ...]
    """Of the working face until due for change; negative when overdue."""
    anode_remaining_kg: tuple[float, ...]
    anode_age_h: tuple[float, ...]
    anode_passivated: tuple[bool, ...]
    anode_load: tuple[float, ...]
    """Current over limiting current, j/j_c."""
    anode_effect: bool
    """At least half of the anodes passivated."""
    partial_anode_effect: bool
    """Some are, but fewer than half."""
    voltage_clipped: bool
    current_efficiency: float
    metal_kg: float
    cf4_kg: float


def bath_of(parameters: CellParameters, ref3_kg: float, baf2_kg: float, lif_kg: float) -> Bath:
    product, design = parameters.product, parameters.design
    mix = bath_composition(ref3_kg, baf2_kg, lif_kg, product.rare_earth_molar_mass_g_per_mol)
    recipe = bath_composition(
        design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct, product.rare_earth_molar_mass_g_per_mol
    )
    # the recipe's liquidus is the design's own figure; the model only says how far the bath has drifted from it
    element = parameters.truth.rare_earth
    drift = bath_liquidus_degc(mix, element) - bath_liquidus_degc(recipe, element)
    return Bath(
        ref3_kg, baf2_kg, lif_kg, ref3_kg + baf2_kg + lif_kg, *mix, design.bath_liquidus_degc + drift + 273.15
    )


def running_state(parameters: CellParameters, *, seed: int) -> CellState:
    """At nominal current and set-point, oxide at target, feed and demand in balance, anode ages evenly staggered.

    The seed decides in which order the positions come to their change. A single anode starts new.
    """
    design = parameters.design
    count = parameters.anode_count
    shares = [(i + 0.5) / count for i in range(count)] if count > 1 else [0.0]
    random.Random(seed).shuffle(shares)  # noqa: S311 - repeatable, not secret
    bath = bath_of(parameters, *(
        design.bath_mass_kg * 0.01 * part for part in (design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct)
    ))  # fmt: skip
    bath_k = design.bath_temperature_target_degc + 273.15
    ambient_k = parameters.truth.ambient_degc + 273.15
    inner, outer = parameters.bath_to_lining_w_per_k, parameters.lining_to_ambient_w_per_k
    target = design.oxide_target_wt_pct
    saturation = saturation_wt_pct(parameters, bath, bath_k)
    demand = design.nominal_current_a * parameters.current_efficiency * parameters.oxide_kg_per_coulomb
    state = CellState(
        time_s=0.0,
        bath=bath,
        bath_k=bath_k,
        lining_k=(inner * bath_k + outer * ambient_k) / (inner + outer),
        stock=oxide.steady_stock(
            parameters, bath.mass_kg * target / (100.0 - target), demand, 1.0 - target / saturation, bath_k
        ),
        metal_kg=0.0,
        anodes=new_set(parameters, shares),
        line_current_a=0.0,
        cell_voltage_v=0.0,
        clipped=False,
        current_efficiency=parameters.current_efficiency,
        totals=Totals(),
    )
    share = design.nominal_current_a / count
    state.anodes.current_a[:] = [share] * count
    _solve(parameters, state, CellInputs(design.nominal_current_a, 100.0))
    return state


def advance(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> CellState:
    """The cell ``dt_s`` later, 0.1–1 s; ``state`` is left as it was. Raises ValueError for inputs that mean nothing."""
    new = state.copy()
    advance_in_place(parameters, new, inputs, dt_s)
    return new


def advance_in_place(parameters: CellParameters, state: CellState, inputs: CellInputs, dt_s: float) -> None:
    _check(inputs, dt_s)
    truth = parameters.truth
    bath, bath_k, totals = state.bath, state.bath_k, state.totals
    saturation = saturation_wt_pct(parameters, bath, bath_k)
    critical = _solve(parameters, state, inputs, saturation)
    current, voltage = state.line_current_a, state.cell_voltage_v
    efficiency = state.current_efficiency = current_efficiency(parameters, current, bath_k)
    oxide_current, cf4_current = _anodic_split(state.anodes, critical)
    _passivate(state.anodes, dt_s)

    frozen = heat.frozen_share(bath_k, bath.liquidus_k, truth.freezing_range_k)
    stock = oxide.dose_into(parameters, state.stock, inputs.oxide_dose_kg, bath.mass_kg)
    before_kg = stock.dissolved_kg
    stock = oxide.dissolve(parameters, stock, saturation, bath.mass_kg, bath_k, 1.0 - frozen, dt_s)
    newly_kg = stock.dissolved_kg - before_kg
    reduced_kg = min(stock.dissolved_kg, oxide_current * efficiency * parameters.oxide_kg_per_coulomb * dt_s)
    state.stock = OxideStock(stock.dissolved_kg - reduced_kg, stock.fast_kg, stock.slow_kg)

    outside = (1.0 - truth.conductor_heat_inside) * parameters.design.conductor_resistance_ohm * current
    heat_w = current * (voltage - outside - efficiency * heat.hot_enthalpy_voltage_v(parameters))
    heat_w += 1e3 * inputs.auxiliary_heat_kw + heat.furnace_w(parameters, bath_k)
    heat_w -= warm(parameters, state.anodes, bath_k, dt_s) / dt_s
    state.bath_k, state.lining_k = heat.step_temperatures(
        parameters,
        bath_k,
        state.lining_k,
        bath_mass_kg=bath.mass_kg,
        liquidus_k=bath.liquidus_k,
        heat_w=heat_w,
        dose_kg=inputs.oxide_dose_kg,
        dissolved_kg=newly_kg,
        lid_closed=inputs.lid_closed,
        dt_s=dt_s,
    )

    made_kg = current * efficiency * parameters.metal_kg_per_coulomb * dt_s
    state.metal_kg += made_kg
    totals.charge_c += current * dt_s
    totals.energy_j += current * voltage * dt_s
    totals.oxide_fed_kg += inputs.oxide_dose_kg
    totals.oxide_reduced_kg += reduced_kg
    totals.metal_made_kg += made_kg
    totals.carbon_burnt_kg += wear(parameters, state.anodes, dt_s)
    totals.cf4_kg += cf4_current * _CF4_KG_PER_COULOMB * dt_s
    state.time_s += dt_s


def _check(inputs: CellInputs, dt_s: float) -> None:
    demand, limit, dose, _, auxiliary = inputs
    if not _SHORTEST_STEP_S <= dt_s <= _LONGEST_STEP_S:
        raise ValueError(f"dt_s = {dt_s}: a step is at most {_LONGEST_STEP_S:g} s and above 0")
    if not (math.isfinite(demand) and math.isfinite(limit) and math.isfinite(dose) and math.isfinite(auxiliary)):
        raise ValueError(f"not finite: {inputs}")
    if demand < 0.0 or limit < 0.0 or dose < 0.0 or auxiliary < 0.0:
        raise ValueError(f"negative: {inputs}")


def saturation_wt_pct(parameters: CellParameters, bath: Bath, bath_k: float) -> float:
    return oxide_solubility_wt_pct(
        BathComposition(*bath[4:8]), parameters.re2o3_g_per_mol, bath_k - 273.15, parameters.truth.solubility_factor
    )


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


def law_of(parameters: CellParameters, bath_k: float, oxide_over_saturation: float) -> AnodeLaw:
    bath_degc = bath_k - 273.15
    activity = oxide_activity_term_v(bath_degc, oxide_over_saturation)
    truth = parameters.truth
    return anode_law(
        reversible_potential_co_v(parameters.product, bath_degc) + activity,
        reversible_potential_co2_v(parameters.product, bath_degc) + activity,
        bath_k,
        truth.exchange_current_density_a_per_cm2,
        truth.charge_transfer,
        truth.co2_plateau,
    )


def _solve(
    parameters: CellParameters, state: CellState, inputs: CellInputs, saturation: float | None = None
) -> float:
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
        bath.ref3_mole_fraction, bath_k, dissolved_pct, truth.conductivity_factor, truth.voidage, frozen
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
    division: Division = divide(
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


def _anodic_split(anodes: AnodeSet, critical: float) -> tuple[float, float]:
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


def _passivate(anodes: AnodeSet, dt_s: float) -> None:
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


def change_anode(parameters: CellParameters, state: CellState, position: int) -> CellState:
    """A new, cold anode at that position (from 0). Raises IndexError for a position there is none of."""
    if not 0 <= position < parameters.anode_count:
        raise IndexError(f"anode position {position}: there are {parameters.anode_count}, counted from 0")
    new = state.copy()
    anodes, design = new.anodes, parameters.design.anodes
    anodes.gap_cm[position] = design.gap_new_cm
    anodes.remaining_kg[position] = design.carbon_new_kg
    anodes.age_s[position] = 0.0
    anodes.cold[position] = 1.0
    anodes.passivated[position] = False
    anodes.low_s[position] = 0.0
    reshape(parameters, anodes, position)
    return new


def tap_metal(state: CellState, wanted_kg: float) -> tuple[CellState, float]:
    """Metal drawn off, at most what there is; returns the new state and the mass tapped."""
    if not (math.isfinite(wanted_kg) and wanted_kg >= 0.0):
        raise ValueError(f"wanted_kg = {wanted_kg}: must be finite and not negative")
    new = state.copy()
    tapped_kg = min(wanted_kg, new.metal_kg)
    new.metal_kg -= tapped_kg
    new.totals.metal_tapped_kg += tapped_kg
    return new, tapped_kg


def add_salt(parameters: CellParameters, state: CellState, *, lif_kg: float = 0.0, ref3_kg: float = 0.0) -> CellState:
    """Bath make-up; its chill is not followed. Raises ValueError for amounts that mean nothing."""
    if not (math.isfinite(lif_kg) and math.isfinite(ref3_kg) and lif_kg >= 0.0 and ref3_kg >= 0.0):
        raise ValueError(f"lif_kg = {lif_kg}, ref3_kg = {ref3_kg}: must be finite and not negative")
    new = state.copy()
    bath = state.bath
    new.bath = bath_of(parameters, bath.ref3_kg + ref3_kg, bath.baf2_kg, bath.lif_kg + lif_kg)
    return new


def outputs(parameters: CellParameters, state: CellState) -> CellOutputs:
    anodes, bath = state.anodes, state.bath
    worn_cm = parameters.design.anodes.gap_worn_cm
    passivated = sum(anodes.passivated)
    full = 2 * passivated >= parameters.anode_count
    return CellOutputs(
        time_s=state.time_s,
        line_current_a=state.line_current_a,
        cell_voltage_v=state.cell_voltage_v,
        anode_current_a=tuple(anodes.current_a),
        bath_temperature_degc=state.bath_k - 273.15,
        lining_temperature_degc=state.lining_k - 273.15,
        bath_liquidus_degc=bath.liquidus_k - 273.15,
        frozen_share=heat.frozen_share(state.bath_k, bath.liquidus_k, parameters.truth.freezing_range_k),
        oxide_dissolved_wt_pct=oxide.oxide_wt_pct(state.stock.dissolved_kg, bath.mass_kg),
        oxide_undissolved_kg=state.stock.fast_kg + state.stock.slow_kg,
        anode_remaining_mm=tuple([10.0 * (worn_cm - gap) for gap in anodes.gap_cm]),
        anode_remaining_kg=tuple(anodes.remaining_kg),
        anode_age_h=tuple([age / 3600.0 for age in anodes.age_s]),
        anode_passivated=tuple(anodes.passivated),
        anode_load=tuple([c / limit for c, limit in zip(anodes.current_a, anodes.limit_a, strict=True)]),
        anode_effect=full,
        partial_anode_effect=passivated > 0 and not full,
        voltage_clipped=state.clipped,
        current_efficiency=state.current_efficiency,
        metal_kg=state.metal_kg,
        cf4_kg=state.totals.cf4_kg,
    )
