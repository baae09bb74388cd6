"""Currents and voltage of a cell as it stands: an algebraic problem, solved anew in every step.

Each anode: voltage of the anode bus against the metal = its iR-free potential + its own resistance × its current. The
supply is a current source with a voltage limit that cannot absorb: current is never negative.
"""

from __future__ import annotations

from typing import Any

from sim.physics.ops import (
    Column,
    any_of,
    column,
    columns,
    exp,
    largest,
    log,
    maximum,
    minimum,
    number,
    settle,
    sqrt,
    total,
    where,
)
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellState

GAS_CONSTANT = 8.31446
FARADAY = 96485.33
REFERENCE_K = 1323.0
KNEE = 0.999
"""Of j_c: above, the concentration overvoltage goes on along its tangent, so that every current has a potential."""
FILM_KNEE = 0.95


def oxide_wt_pct(dissolved_kg: float, salt_kg: float) -> float:
    return 100.0 * dissolved_kg / (salt_kg + dissolved_kg)


def saturation_wt_pct(t: SimulatorTable, d: Derived, ref3: float, molar_mass: float, bath_k: float) -> float:
    """Largest oxide content of a bath of that REF3 mole fraction."""
    composition = exp(t.solubility_exponent * log(maximum(ref3, 1e-6) / 0.23))
    mol_pct = t.solubility_factor * t.solubility_mol_pct * composition
    warm = exp(-t.solubility_dissolution_k * (1.0 / bath_k - 1.0 / 1173.15))
    fraction = minimum(0.5, 0.01 * mol_pct * warm)
    oxide = fraction * d.re2o3_g_per_mol
    return 100.0 * oxide / (oxide + (1.0 - fraction) * molar_mass)


def critical_a_per_cm2(t: SimulatorTable, oxide_pct: float, bath_k: float) -> float:
    """Largest current density the dissolved oxide sustains on a new anode at nominal circulation."""
    warm = -t.critical_activation_j_per_mol / GAS_CONSTANT * (1.0 / bath_k - 1.0 / REFERENCE_K)
    power = exp(t.critical_exponent * log(maximum(oxide_pct, 1e-12)) + warm)
    return t.critical_prefactor * t.critical_current_density_factor * power


def conductivity_s_per_cm(t: SimulatorTable, ref3: float, oxide_pct: float, bath_k: float, frozen: float) -> float:
    """Of the gas-laden bath."""
    warm = exp(-t.conductivity_activation_j_per_mol / GAS_CONSTANT * (1.0 / bath_k - 1.0 / REFERENCE_K))
    pure = (t.conductivity_base_s_per_cm - t.conductivity_ref3_slope_s_per_cm * ref3) * warm
    oxide = maximum(0.3, 1.0 - t.conductivity_oxide_per_wt_pct * oxide_pct)
    unfrozen = maximum(1.0 - frozen, 0.0)
    liquid = maximum(t.frozen_conduction, unfrozen * sqrt(unfrozen))
    gas = 1.0 - t.voidage
    return t.conductivity_factor * pure * oxide * gas * sqrt(gas) * liquid


def frozen_share(t: SimulatorTable, s: CellState, bath_k: float) -> float:
    """Of the bath, by mass: crystals of the salt in excess down to the eutectic, there all that is left."""
    if not any_of(bath_k < s.liquidus_k):
        return 0.0 * bath_k
    early = minimum(1.0, maximum(0.0, (s.liquidus_k - bath_k) / (s.liquidus_k - s.eutectic_k)))
    late = minimum(1.0, maximum(0.0, (s.eutectic_k - bath_k) / t.eutectic_range_k))
    return s.early_share * early + (1.0 - s.early_share) * late


def freezing_per_k(t: SimulatorTable, s: CellState, bath_k: float) -> float:
    """Slope of ``frozen_share``, 1/K."""
    if not any_of(bath_k < s.liquidus_k):
        return 0.0 * bath_k
    early = where(bath_k > s.eutectic_k, s.early_share / (s.liquidus_k - s.eutectic_k), 0.0)
    early = where(bath_k < s.liquidus_k, early, 0.0)
    left = (1.0 - s.early_share) / t.eutectic_range_k
    late = where((bath_k <= s.eutectic_k) & (bath_k > s.eutectic_k - t.eutectic_range_k), left, 0.0)
    return early + late


def sweep(cell: tuple[float, ...], given: tuple[Column, ...], currents: Column) -> tuple[Any, ...]:
    """One step of Newton's method on all anode currents at once; from a good guess one is enough."""
    (
        e_co,
        between,
        floor,
        rise,
        half_j,
        width_j,
        thermal,
        half_thermal,
        inverse_2j0,
        film_v,
        agitation,
        demand,
        limit_v,
        common,
        slope_v,
        cathode_j0_a,
    ) = cell
    bend = maximum(between, 0.0) * rise / width_j
    steep = thermal * inverse_2j0
    settled_j = half_j + 20.0 * width_j
    film_scale = film_v * agitation * agitation * agitation

    def branch(i: float, area: float, limit: float, resistance: float, passivated: float) -> tuple[float, float, float]:
        j = i / area
        settled = where(j > settled_j, 1.0, 1.0 / (1.0 + exp(minimum((half_j - j) / width_j, 500.0))))
        share = floor + rise * settled
        half = j * inverse_2j0
        root = sqrt(1.0 + half * half)
        load = i / limit
        knee = where(passivated > 0.5, FILM_KNEE, KNEE)
        free = 1.0 - minimum(load, knee)
        beyond = maximum(load - knee, 0.0)
        square = passivated * film_scale * load * load
        hold = where(beyond * passivated > 0.0, 0.0, half_thermal / free)
        potential = e_co + share * between + thermal * log(half + root) - half_thermal * log(free)
        potential = potential + hold * beyond + square * load
        slope = (bend * settled * (1.0 - settled) + steep / root) / area
        slope = slope + (hold + 3.0 * square) / limit + resistance
        return 1.0 / slope, i - (potential + resistance * i) / slope, share

    area, limit, resistance, passivated = given
    conductance, offset, shares = columns(branch, currents, area, limit, resistance, passivated)
    conductances = total(conductance)
    offsets = total(offset)
    wanted_bus = (demand - offsets) / conductances
    clipped = wanted_bus + common * demand + slope_v * log(1.0 + demand / cathode_j0_a) > limit_v
    here = maximum(total(currents), 0.0)
    slope = slope_v / (cathode_j0_a + here)
    rest = limit_v - slope_v * log(1.0 + here / cathode_j0_a) + slope * here
    limited = maximum((rest + offsets / conductances) / (1.0 / conductances + common + slope), 0.0)
    line = where(clipped, limited, demand)
    idle = line <= 0.0
    bus = where(idle, e_co + floor * between, (line - offsets) / conductances)
    flows = number(line > 0.0)

    def moved(c: float, g: float) -> float:
        return flows * (c + g * bus)

    new = column(moved, offset, conductance)

    def step(now: float, before: float, most: float) -> float:
        return abs(now - before) / most

    change = flows * largest(column(step, new, currents, limit))
    return new, shares, bus, line, clipped, change


def solve(t: SimulatorTable, d: Derived, s: CellState, current_demand_a: float, voltage_limit_v: float) -> None:
    """Currents, voltage and its parts, saturation and critical current density for the bath as it stands."""
    anodes = s.anodes
    bath_k = s.bath_k
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg - s.ledge_kg
    oxide_pct = oxide_wt_pct(s.oxide_kg, (1.0 - t.stagnant_share) * salt_kg)
    s.saturation_wt_pct = saturation_wt_pct(t, d, s.ref3_fraction, s.bath_g_per_mol, bath_k)
    s.oxide_wt_pct = oxide_pct
    critical = critical_a_per_cm2(t, oxide_pct, bath_k)
    frozen = frozen_share(t, s, bath_k)
    conductivity = conductivity_s_per_cm(t, s.ref3_fraction, oxide_pct, bath_k, frozen)
    s.conductivity_s_per_cm = conductivity
    s.critical_a_per_cm2 = critical

    # stirring by the gas: what suppresses starvation at full current is missing at low current
    drive = maximum(s.line_current_a / d.nominal_current_a, 0.05)
    agitation = maximum(0.3, 1.0 + t.agitation_coefficient * t.agitation_exponent * log(drive))
    s.agitation = agitation
    limit_per_cm2 = maximum(critical, t.critical_floor_a_per_cm2) * agitation

    thermal = GAS_CONSTANT * bath_k / FARADAY
    activity = minimum(1.0, maximum(1e-4, oxide_pct / s.saturation_wt_pct))
    pressure = thermal * log(t.gas_pressure_bar)
    dilution = -thermal / 6.0 * log(activity)
    e_co = d.e_co_v + d.e_co_v_per_k * (bath_k - 1273.15) + dilution + 0.5 * pressure
    e_co2 = d.e_co2_v + d.e_co2_v_per_k * (bath_k - 1273.15) + dilution + 0.25 * pressure

    def limiting(area: float) -> float:
        return area * limit_per_cm2

    def resistance(contact: float, shape: float) -> float:
        return contact + shape / conductivity

    anodes.limit_a = column(limiting, anodes.limit_area_cm2)
    anodes.resistance_ohm = column(resistance, anodes.contact_ohm, anodes.shape_per_cm)
    cathode_j0_a = s.cathode_area_cm2 * t.cathode_j0_a_per_cm2
    cell = (
        e_co,
        e_co2 - e_co,
        t.co2_floor,
        t.co2_plateau - t.co2_floor,
        t.co2_half_a_per_cm2,
        t.co2_width_a_per_cm2,
        thermal / t.charge_transfer,
        0.5 * thermal,
        0.5 / t.exchange_current_density_a_per_cm2,
        t.film_v,
        agitation,
        current_demand_a,
        voltage_limit_v,
        d.common_resistance_ohm,
        t.cathode_slope_v,
        cathode_j0_a,
    )
    given = (anodes.area_cm2, anodes.limit_a, anodes.resistance_ohm, anodes.passivated)
    anodes.current_a, anodes.co2_share, bus, line, clipped = settle(sweep, cell, given, anodes.current_a)

    def potential(current: float, ohm: float) -> float:
        return bus - ohm * current

    anodes.potential_v = column(potential, anodes.current_a, anodes.resistance_ohm)
    s.reversible_co_v = e_co
    s.reversible_co2_v = e_co2
    s.bus_v = bus
    s.line_current_a = line
    s.cathodic_v = t.cathode_slope_v * log(1.0 + line / cathode_j0_a)
    s.cell_voltage_v = bus + d.common_resistance_ohm * line + s.cathodic_v
    s.clipped = number(clipped)
