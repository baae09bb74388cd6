"""The ``[simulator]`` table of a cell file: every parameter of the simulated truth, described in one place.

A parameter graded assumed has no measurement of a rare-earth cell behind it; campaigns vary those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal

from controller.chemistry.liquidus import EUTECTICS
from sim.physics.grade import Described, number

Arrangement = Literal["plates", "ring"]

_FIT = "follows from the worked heat balance and geometry of the cell"
_AL = "aluminium-cell models after Haupin, Grjotheim and Welch"
_ANALOGY = "no rare-earth data; order of magnitude from aluminium cells"
_NONE = "no published value; plausible range"
_HANDBOOK = "handbook thermochemistry"
_PRACTICE = "plant practice, recalled"
_RAMP = "potential ramp on carbon in LiF–70 wt% NdF3, 900–1000 °C; 4.3 V against lithium, 0.4 V converted"
_SOLUBILITY = "Stefanidaki, Photiadis 2002: 0.13 mol% at 750 °C, 0.22 mol% at 900 °C, eutectic LiF–NdF3"
_DRAWN = "drawn within ± this, uniform"
_SIX = "fits the published voltage split of a 6 kA neodymium cell at 4 010 A"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorTable:
    """``[simulator]`` of a cell file. Every key may be overlaid by the plant file."""

    rare_earth: str
    """Whose fluoride system gives the liquidus: a symbol, Nd for Pr–Nd."""
    arrangement: Arrangement
    """Plates in two rows facing rods, or one ring (or its arcs) around one rod."""
    cathode_count: int = number("cathode", "1", 1, 100, "assumed", _FIT)
    cathode_diameter_cm: float = number("cathode", "cm", 0.1, 100.0, "assumed", _FIT)
    enthalpy_voltage_v: float = number("heat", "V", 1.0, 5.0, "computed", "formation data; feed cold, products hot")
    top_area_m2: float = number("heat", "m²", 1e-4, 100.0, "assumed", _FIT)
    cover_factor: float = number("heat", "1", 0.01, 1.0, "assumed", _FIT + ", 0.2–1")
    wall_loss_w_per_k: float = number("heat", "W/K", 0.01, 10_000.0, "assumed", _FIT)
    lining_heat_capacity_mj_per_k: float = number("heat", "MJ/K", 0.001, 1000.0, "assumed", _FIT)

    # heat
    lid_factor: float = number("heat", "1", 0.01, 1.0, "assumed", _NONE, 0.35)
    lining_drop_k: float = number("heat", "K", 1.0, 300.0, "assumed", "most of the fall lies in the insulation", 30.0)
    wall_film_ratio: float = number("heat", "1", 1.2, 50.0, "assumed", "film 300–800 W/m²K on the wall", 4.0)
    ledge_max_share: float = number("heat", "1", 0.0, 0.9, "assumed", _NONE, 0.5)
    bath_heat_capacity_kj_per_kg_k: float = number("heat", "kJ/kg/K", 0.2, 3.0, "computed", _HANDBOOK, 0.88)
    oxide_heat_capacity_kj_per_kg_k: float = number("heat", "kJ/kg/K", 0.1, 2.0, "recalled", _HANDBOOK, 0.40)
    oxide_dissolution_kj_per_kg: float = number(
        "heat", "kJ/kg", 0.0, 500.0, "computed", "35 kJ/mol from the solubility's temperature dependence", 100.0
    )
    fusion_heat_kj_per_kg: float = number("heat", "kJ/kg", 0.0, 2000.0, "recalled", _HANDBOOK, 370.0)
    eutectic_range_k: float = number(
        "heat", "K", 2.0, 50.0, "assumed", "what is left at the eutectic freezes in this range below it", 8.0
    )
    metal_heat_capacity_kj_per_kg_k: float = number("heat", "kJ/kg/K", 0.05, 2.0, "recalled", _HANDBOOK, 0.34)
    metal_fusion_kj_per_kg: float = number("heat", "kJ/kg", 0.0, 500.0, "recalled", _HANDBOOK, 48.0)
    metal_lag_s: float = number("heat", "s", 10.0, 7200.0, "assumed", _NONE, 200.0)
    conductor_heat_inside: float = number("heat", "1", 0.0, 1.0, "assumed", _NONE, 0.5)
    emissivity: float = number("heat", "1", 0.05, 1.0, "assumed", _NONE, 0.7)
    ambient_degc: float = number("heat", "°C", -40.0, 60.0, "assumed", "hall temperature", 25.0)
    furnace_max_kw: float = number("heat", "kW", 0.0, 10_000.0, "assumed", "regulated furnace of a small cell", 0.0)
    furnace_bias_kw: float = number("heat", "kW", 0.0, 10_000.0, "assumed", "as above", 0.0)
    furnace_gain_kw_per_k: float = number("heat", "kW/K", 0.0, 1000.0, "assumed", "as above", 0.0)
    furnace_target_degc: float = number("heat", "°C", 0.0, 1400.0, "assumed", "as above", 0.0)

    # melt
    conductivity_factor: float = number("melt", "1", 0.1, 3.0, "assumed", "BaF2 baths 0.85–0.95, ±0.2 on all", 1.0)
    conductivity_base_s_per_cm: float = number("melt", "S/cm", 1.0, 15.0, "assumed", "±20 %", 6.9)
    conductivity_ref3_slope_s_per_cm: float = number("melt", "S/cm", 0.0, 15.0, "assumed", "±20 %", 5.3)
    conductivity_activation_j_per_mol: float = number("melt", "J/mol", 0.0, 60_000.0, "assumed", "±20 %", 16_000.0)
    conductivity_oxide_per_wt_pct: float = number("melt", "1/wt%", 0.0, 0.1, "assumed", _NONE, 0.03)
    frozen_conduction: float = number("melt", "1", 1e-4, 0.5, "assumed", _NONE, 0.02)
    voidage: float = number("melt", "1", 0.0, 0.6, "assumed", "0.05–0.2 in the anode's plume", 0.08)
    fringe: float = number("melt", "gaps", 0.0, 2.0, "assumed", "0.3–0.8; " + _SIX, 0.5)
    contact_share: float = number("melt", "1", 0.0, 1.0, "assumed", "stubs and clamps of the conductors", 0.4)
    contact_corrosion_per_day: float = number("melt", "1/d", 0.0, 0.5, "assumed", _NONE, 0.005)

    # anodes
    critical_current_density_factor: float = number(
        "anode", "1", 0.1, 5.0, "assumed", "1; cerium baths 1.5, whose laboratory value is far above neodymium's", 1.0
    )
    critical_prefactor: float = number(
        "anode", "A/cm²", 0.05, 5.0, "assumed", "between diffusion bound and laboratory sweep, 0.3–1.3", 0.80
    )
    critical_exponent: float = number("anode", "1", 0.2, 2.0, "assumed", "0.5–1.2", 0.8)
    critical_activation_j_per_mol: float = number("anode", "J/mol", 0.0, 200_000.0, "assumed", "25–55 kJ/mol", 38_000.0)
    critical_floor_a_per_cm2: float = number(
        "anode", "A/cm²", 1e-4, 0.1, "assumed", "residual current of an oxide-free bath", 0.004
    )
    area_exponent: float = number("anode", "1", -0.5, 0.0, "recalled", _AL + ", −0.05…−0.15", -0.1)
    agitation_coefficient: float = number(
        "anode", "1", 0.0, 1.0, "assumed", "US 5 810 993 claims that circulation suppresses fluorine gas", 0.3
    )
    agitation_exponent: float = number("anode", "1", 0.0, 1.0, "assumed", "plume speed on gas rate", 0.2)
    exchange_current_density_a_per_cm2: float = number("anode", "A/cm²", 1e-4, 5.0, "assumed", _SIX, 0.30)
    charge_transfer: float = number("anode", "1", 0.3, 4.0, "recalled", _AL, 1.08)
    co2_plateau: float = number(
        "anode", "1", 0.1, 1.0, "assumed", "largest charge share of CO2, reached above 0.2 A/cm²; 0.3–1", 0.8
    )
    co2_floor: float = number("anode", "1", 0.0, 1.0, "assumed", "charge share of CO2 at no current", 0.1)
    co2_half_a_per_cm2: float = number(
        "anode", "A/cm²", 0.01, 1.0, "measured", "CO below 0.07, CO2 above, in cryolite: Metals 2020 10 1694", 0.11
    )
    co2_width_a_per_cm2: float = number("anode", "A/cm²", 0.001, 0.1, "assumed", "as above, smoothed", 0.015)
    passivation_v: float = number("anode", "V", 3.0, 6.0, "measured", _RAMP, 3.9)
    clearing_v: float = number("anode", "V", 1.0, 3.8, "assumed", "film is potential-dependent and reversible", 2.5)
    clearing_s: float = number("anode", "s", 0.0, 120.0, "assumed", "5–30 s of low current in practice", 5.0)
    film_v: float = number("anode", "V", 1.0, 60.0, "assumed", "clears at 40 % of limiting current, not at 50 %", 12.0)
    cathode_slope_v: float = number("cathode", "V", 0.0, 0.2, "assumed", "0.05–0.10 V at 3–7 A/cm²", 0.015)
    cathode_j0_a_per_cm2: float = number("cathode", "A/cm²", 1e-3, 10.0, "assumed", "as above", 0.1)
    gas_pressure_bar: float = number("anode", "bar", 0.01, 10.0, "assumed", "open cell", 1.0)
    pfc_decay_s: float = number("anode", "s", 10.0, 3600.0, "assumed", "2–4 min into a full effect", 180.0)
    pfc_plateau: float = number(
        "anode", "1", 0.0, 1.0, "assumed", "of the first minute's share, while the effect lasts; 0.1–0.2", 0.15
    )
    c2f6_mass_ratio: float = number("anode", "1", 0.0, 0.5, "assumed", "0.05–0.15 of CF4", 0.1)
    air_dilution: float = number(
        "anode", "1", 1.0, 500.0, "assumed", "hood air, constant, over gas at nominal current", 50.0
    )
    co_burnout: float = number("anode", "1", 0.0, 1.0, "recalled", "visible flame above open cells", 1.0)
    cold_s: float = number("anode", "s", 60.0, 36_000.0, "assumed", "new anode takes its share over 1–4 h", 2400.0)
    cold_resistance: float = number("anode", "1", 0.0, 20.0, "assumed", "frozen bath on cold carbon", 3.0)
    cold_mass_share: float = number("anode", "1", 0.0, 2.0, "assumed", "stub and butt that only warm up", 0.3)
    sole_preheated: float = number(
        "anode", "1", 0.0, 1.0, "assumed", "a cell's only anode is warmed so far before it is set; none: cold", 0.9
    )
    butt_share: float = number("anode", "1", 0.01, 2.0, "assumed", "face left of an overdue anode", 0.15)
    neck_life: float = number("anode", "lives", 0.3, 20.0, "assumed", "air burn at the waterline, 1–1.5 × wear", 1.6)
    neck_activation_j_per_mol: float = number("anode", "J/mol", 0.0, 200_000.0, "assumed", _NONE, 60_000.0)
    neck_resistance_share: float = number("anode", "1", 0.0, 1.0, "assumed", "of the anode's contact, new", 0.2)

    # oxide
    solubility_factor: float = number("oxide", "1", 0.1, 3.0, "assumed", "La ≥ Ce > Pr ≈ Nd > Gd > Dy, some 10 %", 1.0)
    solubility_mol_pct: float = number("oxide", "mol%", 0.01, 5.0, "measured", _SOLUBILITY, 0.22)
    solubility_dissolution_k: float = number("oxide", "K", 0.0, 20_000.0, "computed", _SOLUBILITY, 4210.0)
    solubility_exponent: float = number("oxide", "1", 0.0, 4.0, "assumed", "on REF3, 1–2.3", 1.5)
    fast_fraction: float = number("oxide", "1", 0.0, 1.0, "assumed", _ANALOGY, 0.5)
    fast_time_s: float = number("oxide", "s", 1.0, 600.0, "assumed", "10–20 s", 15.0)
    slow_rate_per_s: float = number("oxide", "1/s", 1e-5, 0.1, "assumed", "0.005–0.01 at 1050 °C, no oxide", 0.0075)
    slow_activation_j_per_mol: float = number("oxide", "J/mol", 0.0, 200_000.0, "assumed", _NONE, 60_000.0)
    clump_share: float = number("oxide", "1", 1e-5, 0.1, "assumed", "doses above 0.2 wt% of the bath clump", 0.002)
    sludge_rate_per_s: float = number("oxide", "1/s", 1e-7, 0.01, "assumed", _NONE, 4e-4)
    precipitation_s: float = number("oxide", "s", 1.0, 36_000.0, "assumed", _NONE, 600.0)
    stagnant_share: float = number("oxide", "1", 0.0, 0.5, "assumed", "flow simulation: bottom below 0.01 m/s", 0.10)
    stagnant_exchange_s: float = number("oxide", "s", 1.0, 7200.0, "assumed", "5–20 min", 300.0)
    moisture_wt_pct: float = number("oxide", "wt%", 0.0, 20.0, "assumed", "water in the feed, 0.1–0.5", 0.2)
    oxidant_s: float = number("oxide", "s", 1.0, 3600.0, "assumed", "Ce(IV) and Pr(IV) meet the cathode", 60.0)

    # metal and salt
    loss_activation_j_per_mol: float = number("metal", "J/mol", 0.0, 200_000.0, "assumed", "40–120 kJ/mol", 80_000.0)
    shunt_a: float = number("metal", "A", 0.0, 50_000.0, "assumed", "metal bridges", 0.0)
    low_cathode_j_a_per_cm2: float = number("metal", "A/cm²", 0.001, 10.0, "assumed", "fine metal drops below", 2.0)
    narrow_gap_cm: float = number("metal", "cm", 0.0, 20.0, "assumed", "metal meets CO2 below", 6.0)
    narrow_gap_loss_per_cm: float = number("metal", "1/cm", 0.0, 0.2, "assumed", _NONE, 0.02)
    freezing_margin_k: float = number("metal", "K", 1.0, 100.0, "assumed", _NONE, 15.0)
    freezing_loss: float = number("metal", "1", 0.0, 1.0, "assumed", "0.1–0.3", 0.2)
    lif_loss_kg_per_kg: float = number("metal", "kg/kg", 0.0, 0.1, "assumed", "5–15 g per kg metal, vapour", 0.012)
    ref3_loss_kg_per_kg: float = number(
        "metal", "kg/kg", 0.0, 0.5, "assumed", "50–120 g per kg metal, carry-over", 0.05
    )
    carbon_ppm: float = number("metal", "ppm", 0.0, 5000.0, "recalled", _PRACTICE + ", 100–300 at 1050 °C", 150.0)
    carbon_scale_k: float = number("metal", "K", 5.0, 500.0, "assumed", _NONE, 60.0)
    dust_factor: float = number("metal", "1", 0.5, 5.0, "assumed", "1–2", 1.0)
    oxygen_ppm: float = number("metal", "ppm", 0.0, 5000.0, "recalled", _PRACTICE + ", 100–500", 200.0)
    refractory_ppm: float = number("metal", "ppm", 0.0, 5000.0, "recalled", _PRACTICE + ", W 50–300, Mo 100–500", 150.0)
    iron_ppm: float = number("metal", "ppm", 0.0, 20_000.0, "recalled", _PRACTICE + ", tools and steel", 1000.0)
    lithium_ppm: float = number("metal", "ppm", 0.0, 1000.0, "recalled", _PRACTICE + ", 10–100", 30.0)
    iron_share: float = number("metal", "kg/kg", 0.0, 0.9, "recalled", "iron in the alloy of an iron cathode", 0.15)

    # signals; each measuring chain draws its own errors from the seed
    current_gain_error: float = number(
        "signal", "1", 0.0, 0.1, "recalled", _DRAWN + ", shunt or Hall, 0.2–0.5 %", 0.003
    )
    current_offset_error: float = number("signal", "1", 0.0, 0.05, "assumed", _DRAWN + ", of rated current", 0.0005)
    voltage_gain_error: float = number("signal", "1", 0.0, 0.1, "recalled", _DRAWN + ", 0.1–0.5 %", 0.002)
    voltage_offset_error_v: float = number("signal", "V", 0.0, 2.0, "assumed", _DRAWN, 0.01)
    signal_corrosion_per_day: float = number(
        "signal", "1/d", 0.0, 0.05, "assumed", "shunt and voltage tap read less by up to that, uniform", 0.0002
    )
    anode_gain_spread: float = number(
        "signal", "1", 0.0, 0.1, "assumed", "standard deviation from stem to stem, by drop along the stem", 0.01
    )
    thermocouple_bias_spread_k: float = number(
        "signal", "K", 0.0, 20.0, "recalled", "standard deviation; IEC 60584 class 1 is 3.4 K for N at 850 °C", 2.0
    )
    thermocouple_drift_spread_k_per_day: float = number(
        "signal", "K/d", 0.0, 20.0, "assumed", "downward, standard deviation; 1–3 K/d immersed for good", 1.0
    )
    excess_carbon_fraction: float | None = number(
        "anode",
        "1",
        0.0,
        1.0,
        "assumed",
        "0.05–0.40; the truth where it should differ from the design's",
        optional=True,
    )
    current_efficiency: float | None = number(
        "metal",
        "1",
        0.05,
        1.0,
        "measured",
        "below 0.70 at 3 kA, nearly 0.80 at 8–15 kA; design's if not set",
        optional=True,
    )


def described(name: str) -> Described | None:
    """The description of a numeric key; None for words. Raises KeyError for an unknown key."""
    item = {item.name: item for item in fields(SimulatorTable)}[name]
    return item.metadata.get("described")


def simulator_table(table: Mapping[str, Any]) -> SimulatorTable:
    """Raises ValueError naming every mistake, one a line."""
    known = {item.name: item for item in fields(SimulatorTable)}
    mistakes = [f"[simulator] unknown key {key!r}" for key in table if key not in known]
    mistakes += [
        f"[simulator] {key} is missing" for key, item in known.items() if item.default is MISSING and key not in table
    ]
    for key, value in table.items():
        if key in known and (wrong := _wrong(key, value)):
            mistakes.append(f"[simulator] {key} = {value!r}: {wrong}")
    if mistakes:
        raise ValueError("\n".join(mistakes))
    return SimulatorTable(**table)


def _wrong(key: str, value: object) -> str:
    if key == "arrangement":
        return "" if value in ("plates", "ring") else 'must be "plates" or "ring"'
    if key == "rare_earth":
        return "" if value == "Nd" or value in EUTECTICS else f"must be one of Nd, {', '.join(EUTECTICS)}"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return "must be a number"
    if key == "cathode_count" and not isinstance(value, int):
        return "must be a whole number"
    about = described(key)
    if about is None:
        return ""
    return "" if about.low <= value <= about.high else f"must lie in {about.low:g}–{about.high:g}"
