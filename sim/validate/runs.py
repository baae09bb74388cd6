"""The runs behind the reference points: shipped cells and fixtures, altered only by operating conditions."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

from sim.physics.cell import LAWS, CellInputs, CellState, advance_in_place, outputs
from sim.physics.open_loop import OpenLoop, held_at
from sim.physics.parameters import CellParameters
from sim.physics.setup import CellSetup, altered, load_setup
from sim.physics.truths import cf4_ppm, truths

FIXTURES = Path(__file__).parents[2] / "config" / "fixtures"
LITHIUM_SCALE_V = 0.4
"""Potential against lithium less potential against the metal, in LiF–70 wt% NdF3."""


def with_values(setup: CellSetup, **values: float | str) -> CellSetup:
    """Dots are written as two underscores."""
    for path, value in values.items():
        setup = altered(setup, path.replace("__", "."), value)
    return setup


def fixture(name: str) -> CellSetup:
    """Raises CellFileError for a name there is no file of."""
    return load_setup(str(FIXTURES / f"{name}.toml"))


class Prepared(NamedTuple):
    parameters: CellParameters
    state: CellState


def prepared(setup: CellSetup, *, seed: int = 0) -> Prepared:
    return Prepared(setup.parameters(), setup.state(seed=seed))


def at_rest(cell: str) -> dict[str, float | tuple[float, ...]]:
    """All truths of a shipped cell at nominal current and set-point."""
    parameters, state = prepared(load_setup(cell))
    return truths(parameters, state)


def metal_in_a_day_kg(current_efficiency: float) -> float:
    """Neodymium at 25 kA with that current efficiency at nominal, by the run of an hour."""
    setup = with_values(
        load_setup("prnd_25ka"), product="nd", design__current_efficiency=current_efficiency,
        start__oxide_wt_pct=2.3, oxide__moisture_wt_pct=0.0,
    )  # fmt: skip
    parameters, state = prepared(setup)
    loop = OpenLoop(parameters, state, 25_000.0, 15.0, feed_wt_pct=2.3, hold_k=parameters.derived.target_k)
    return 24.0 * loop.run(3600.0).totals.metal_made_kg


def carbon_kg_per_t(product: str) -> float:
    """Total anode carbon per tonne of metal over a week with everybody at work."""
    setup = load_setup("prnd_25ka")
    if product == "la":
        setup = with_values(
            setup, product="la", design__bath_temperature_target_degc=965.0, start__bath_temperature_degc=965.0,
            start__oxide_wt_pct=2.0,
        )  # fmt: skip
    parameters, state = prepared(setup)
    feed_wt_pct = 0.8 * state.saturation_wt_pct
    loop = OpenLoop(
        parameters, state, 25_000.0, 25.0, feed_wt_pct=feed_wt_pct, hold_k=state.bath_k, step_s=5.0
    )  # fmt: skip
    totals = loop.run(7.0 * 86_400.0).totals
    return 1e3 * totals.carbon_burnt_kg / totals.metal_made_kg


class Stop(NamedTuple):
    fall_wt_pct_per_min: float
    minutes_to_effect: float


def feed_stop() -> Stop:
    """R15: from 3 wt% with the feed off, temperature held."""
    setup = with_values(
        fixture("r15_feed_stop"), start__oxide_wt_pct=3.0, start__undissolved=0.0, start__anode_worn_share=0.0
    )
    parameters, state = prepared(setup)
    before = outputs(parameters, state).oxide_dissolved_wt_pct
    fall = 0.0
    for second in range(3600):
        advance_in_place(parameters, state, CellInputs(25_000.0, 25.0), 1.0)
        held_at(parameters, state, parameters.derived.target_k)
        if second == 299:
            fall = (outputs(parameters, state).oxide_dissolved_wt_pct - before) / 5.0
        if state.films > 0.0:
            return Stop(fall, (second + 1) / 60.0)
    return Stop(fall, float("nan"))


class Ramp(NamedTuple):
    collapse_v: float
    """Anode potential against lithium at which the current falls by more than a quarter at once."""
    tenth_v: float
    """Against lithium, at which a tenth of the charge makes fluorine gas."""
    share_at_onset: float
    """Largest charge share of fluorine gas between 4.3 and 4.6 V against lithium."""


def potential_ramp(*, oxide_wt_pct: float = 0.05, bath_degc: float = 950.0) -> Ramp:
    """R8 and R9: voltage raised at 0.1 V/s by a supply that could give far more current."""
    setup = with_values(
        fixture("r8_potential_ramp"), start__oxide_wt_pct=oxide_wt_pct, start__undissolved=0.0, start__current_a=0.0,
        start__bath_temperature_degc=bath_degc,
    )  # fmt: skip
    parameters, state = prepared(setup)
    collapse = tenth = float("nan")
    onset = 0.0
    before_a = before_v = 0.0
    for step in range(700):
        advance_in_place(parameters, state, CellInputs(5.0, 1.0 + 0.01 * step), 0.1)
        held_at(parameters, state, bath_degc + 273.15)
        volts = state.anodes.potential_v[0] + LITHIUM_SCALE_V
        if math.isnan(collapse) and state.line_current_a < 0.75 * before_a:
            collapse = before_v
        charge = state.line_current_a * 0.1
        gas = state.cf4_kg_per_s * 0.1 / (1.0 - _c2f6_share(parameters)) / _CF4_KG_PER_C
        share = gas / charge if charge > 0.0 else 0.0
        if 4.3 <= volts <= 4.6:
            onset = max(onset, share)
        if math.isnan(tenth) and share > 0.1:
            tenth = volts
        before_a, before_v = state.line_current_a, volts
    return Ramp(collapse, tenth, onset)


_CF4_KG_PER_C = 88.003e-3 / (4.0 * 96485.33)
_C2F6_KG_PER_C = 138.01e-3 / (6.0 * 96485.33)


def _c2f6_share(parameters: CellParameters) -> float:
    ratio = parameters.truth.c2f6_mass_ratio
    return ratio * _CF4_KG_PER_C / (_C2F6_KG_PER_C + ratio * _CF4_KG_PER_C)


class Partial(NamedTuple):
    share: float
    """Of its equal share, the weaker anode's current just before the first film."""
    rise_v: float
    """Of the voltage until that share first fell below 0.7."""
    ppm: float
    """Largest before the first film."""
    full_v: float
    full_ppm: float
    ohm: float
    """Largest resistance of a branch."""


def two_anodes() -> Partial:
    """R16: one anode with half the critical current density, oxide running out at constant total current."""
    setup = with_values(
        fixture("r16_two_anodes"), start__oxide_wt_pct=1.5, start__undissolved=0.0, start__anode_worn_share=0.0,
        start__anode_1_limit_factor=0.5,
    )  # fmt: skip
    parameters, state = prepared(setup)
    start_v = state.cell_voltage_v
    share = rise = float("nan")
    ppm = 0.0
    ohm = max(state.anodes.resistance_ohm)
    for _ in range(14_400):
        advance_in_place(parameters, state, CellInputs(10.0, 60.0), 0.5)
        held_at(parameters, state, parameters.derived.target_k)
        if state.films == 0.0:
            share, ppm = state.anodes.current_a[0] / 5.0, max(ppm, cf4_ppm(parameters, state))
            if math.isnan(rise) and share < 0.7:
                rise = state.cell_voltage_v - start_v
        if state.films >= 2.0:
            advance_in_place(parameters, state, CellInputs(10.0, 60.0), 0.5)
            return Partial(share, rise, ppm, state.cell_voltage_v, cf4_ppm(parameters, state), ohm)
    return Partial(share, rise, ppm, float("nan"), float("nan"), ohm)


class Ending(NamedTuple):
    holds_under_feed: bool
    ends_at_low_current_s: float


def full_effect() -> Ending:
    """R21: a full effect at 1050 °C, first fed for 5 min at unchanged current, then at 40 % of it."""
    parameters, state = prepared(load_setup("prnd_25ka"), seed=1)
    for _ in range(10_800):
        advance_in_place(parameters, state, CellInputs(25_000.0, 25.0), 1.0)
        if state.films >= parameters.anode_count:
            break
    fed = state.copy()
    dose_kg = 0.002 * state.bath_mass_kg
    held = True
    for second in range(300):
        advance_in_place(parameters, fed, CellInputs(25_000.0, 25.0, dose_kg if second in (0, 60) else 0.0), 1.0)
        held = held and 2.0 * fed.films >= parameters.anode_count
    for second in range(30):
        advance_in_place(parameters, state, CellInputs(10_000.0, 25.0), 1.0)
        if state.films == 0.0:
            return Ending(held, second + 1.0)
    return Ending(held, float("nan"))


def recession_mm(co2_share: float) -> float:
    """R17: of a ring in 24 h at 1 A/cm², that share of the charge making CO2."""
    setup = with_values(
        load_setup("nd_6ka"), anode__co2_plateau=max(co2_share, 0.1), anode__co2_floor=min(co2_share, 1.0)
    )
    if co2_share < 0.1:
        setup = with_values(setup, anode__co2_half_a_per_cm2=1.0, anode__co2_width_a_per_cm2=0.001)
        setup = with_values(setup, start__current_a=2000.0)
    parameters, state = prepared(setup)
    start_cm, charge = state.anodes.gap_cm[0], 0.0
    for _ in range(720):
        advance_in_place(parameters, state, CellInputs(setup.current_a, 15.0, 0.008), 5.0)
        charge += 5.0 * state.anodes.current_a[0] / state.anodes.area_cm2[0]
    grown_cm: float = state.anodes.gap_cm[0] - start_cm
    return 10.0 * grown_cm * 86_400.0 / charge


def co2_share(current_density_a_per_cm2: float) -> float:
    """R23: primary charge share of CO2 at that density, by the cell itself."""
    setup = load_setup("nd_6ka")
    parameters, state = prepared(setup)
    current_a = current_density_a_per_cm2 * state.anodes.area_cm2[0]
    for _ in range(3):
        advance_in_place(parameters, state, CellInputs(current_a, 15.0), 1.0)
    return float(state.anodes.co2_share[0])


def critical_a_per_cm2(oxide_wt_pct: float, bath_degc: float) -> float:
    truth = load_setup("prnd_25ka").truth
    return float(LAWS.critical_a_per_cm2(truth, oxide_wt_pct, bath_degc + 273.15))


def saturation_wt_pct(ref3_mole_fraction: float, bath_degc: float) -> float:
    """Of LiF–NdF3."""
    parameters = with_values(load_setup("prnd_25ka"), product="nd").parameters()
    molar = ref3_mole_fraction * 1e3 * parameters.derived.ref3_kg_per_mol + (1.0 - ref3_mole_fraction) * 25.938
    pct = LAWS.saturation_wt_pct(parameters.truth, parameters.derived, ref3_mole_fraction, molar, bath_degc + 273.15)
    return float(pct)
