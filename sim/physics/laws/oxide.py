"""Oxide between hopper and cathode: two populations that dissolve, sludge, a stirred and a stagnant part of the bath.

A dose splits into a part that dissolves within seconds and a part that lags (structure of alumina estimators). What is
dropped beyond a share of the bath clumps and sinks. Undersaturation drives all; above saturation the excess falls out.
"""

from __future__ import annotations

from sim.physics.laws.electrics import GAS_CONSTANT, REFERENCE_K, frozen_share
from sim.physics.ops import any_of, exp, maximum, minimum, where
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellInputs, CellState

_FAST_FADES_ABOVE = 0.8
"""Of saturation; the fast part slows down from here."""
HF_KG_PER_KG_WATER = 6.0 * 20.006 / (3.0 * 18.015)
WATER_KG_PER_MOL = 18.015e-3


def feed(t: SimulatorTable, d: Derived, s: CellState, u: CellInputs) -> None:
    """What falls in during this step, by the feeder and by hand: oxide, its moisture, oxide of a wrong kind."""
    dropped_kg = u.oxide_dose_kg + u.hand_fed_kg
    if not any_of(dropped_kg > 0.0):
        return
    totals = s.totals
    water_kg = 0.01 * minimum(100.0, t.moisture_wt_pct + u.extra_moisture_wt_pct) * dropped_kg
    dry_kg = dropped_kg - water_kg
    wrong_kg = u.wrong_oxide_share * dry_kg
    oxide_kg = (dry_kg - wrong_kg) * d.feed_re2o3_kg_per_kg + wrong_kg * d.wrong_re2o3_kg_per_kg
    oxidant_mol = (dry_kg - wrong_kg) * d.feed_oxidant_mol_per_kg + wrong_kg * d.wrong_oxidant_mol_per_kg
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg - s.ledge_kg
    fine_kg = minimum(oxide_kg, t.clump_share * salt_kg)
    fast_kg = t.fast_fraction * fine_kg
    s.oxide_fast_kg = s.oxide_fast_kg + fast_kg
    s.oxide_slow_kg = s.oxide_slow_kg + fine_kg - fast_kg
    s.sludge_kg = s.sludge_kg + oxide_kg - fine_kg
    s.oxidant_mol = s.oxidant_mol + oxidant_mol
    s.foreign_kg = s.foreign_kg + wrong_kg * d.wrong_re2o3_kg_per_kg

    # 2 REF3 + 3 H2O → RE2O3 + 6 HF, as far as there is fluoride
    water_mol = minimum(water_kg / WATER_KG_PER_MOL, 1.4 * s.ref3_kg / d.ref3_kg_per_mol)
    hydrolysed_kg = water_mol / 1.5 * d.ref3_kg_per_mol
    formed_kg = water_mol / 3.0 * d.re2o3_kg_per_mol
    s.ref3_kg = s.ref3_kg - hydrolysed_kg
    s.oxide_kg = s.oxide_kg + formed_kg
    totals.oxide_fed_kg = totals.oxide_fed_kg + oxide_kg
    totals.oxide_hydrolysed_kg = totals.oxide_hydrolysed_kg + formed_kg
    totals.ref3_hydrolysed_kg = totals.ref3_hydrolysed_kg + hydrolysed_kg
    totals.hf_kg = totals.hf_kg + 2.0 * water_mol * 20.006e-3
    totals.dropped_kg = totals.dropped_kg + dropped_kg
    # a dose chills by mixing: the enthalpy of what is there stays, its heat capacity grows
    s.chill_kg = s.chill_kg + dropped_kg


def drives(t: SimulatorTable, under: float, liquid: float, bath_k: float) -> tuple[float, float, float]:
    """Rates of fast, slow and sunken oxide, 1/s, at an undersaturation 1 − C/C_sat."""
    warm = exp(-t.slow_activation_j_per_mol / GAS_CONSTANT * (1.0 / bath_k - 1.0 / REFERENCE_K))
    fast = minimum(1.0, under / (1.0 - _FAST_FADES_ABOVE)) * liquid / t.fast_time_s
    slow = under * liquid * t.slow_rate_per_s * warm
    return fast, slow, under * liquid * t.sludge_rate_per_s * warm


def dissolve(t: SimulatorTable, s: CellState, dt_s: float) -> float:
    """One step of dissolution and exchange; the mass that went into solution, kg (negative: fell out)."""
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg - s.ledge_kg
    stirred = 1.0 - t.stagnant_share
    full_kg = salt_kg * s.saturation_wt_pct / (100.0 - s.saturation_wt_pct)
    liquid = 1.0 - frozen_share(t, s, s.bath_k)
    room_kg = stirred * full_kg - s.oxide_kg
    under = maximum(0.0, 1.0 - s.oxide_wt_pct / s.saturation_wt_pct)
    fast, slow, sunken = drives(t, under, liquid, s.bath_k)
    still_room_kg = t.stagnant_share * full_kg - s.oxide_still_kg
    from_fast = s.oxide_fast_kg * (1.0 - exp(-dt_s * fast))
    from_slow = s.oxide_slow_kg * (1.0 - exp(-dt_s * slow))
    both = from_fast + from_slow
    fits = minimum(1.0, maximum(room_kg, 0.0) / maximum(both, 1e-300))
    from_fast = from_fast * fits
    from_slow = from_slow * fits
    # sludge lies at the bottom and feeds the stagnant part; where there is none, the whole
    from_sludge = s.sludge_kg * (1.0 - exp(-dt_s * sunken))
    to_still = minimum(from_sludge * minimum(1.0, t.stagnant_share * 1e6), maximum(still_room_kg, 0.0))
    to_stirred = minimum(
        from_sludge * (1.0 - minimum(1.0, t.stagnant_share * 1e6)), maximum(room_kg - from_fast - from_slow, 0.0)
    )
    # nothing sinks through a solid bath
    fall = where(liquid > 0.0, 1.0 - exp(-dt_s / t.precipitation_s), 0.0)
    out = maximum(-room_kg, 0.0) * fall
    out_still = maximum(-still_room_kg, 0.0) * fall

    exchange = (t.stagnant_share * s.oxide_kg - stirred * s.oxide_still_kg) * (
        1.0 - exp(-dt_s / (stirred * t.stagnant_exchange_s))
    )
    s.oxide_kg = s.oxide_kg + from_fast + from_slow + to_stirred - out - exchange
    s.oxide_still_kg = s.oxide_still_kg + to_still - out_still + exchange
    s.oxide_fast_kg = s.oxide_fast_kg - from_fast
    s.oxide_slow_kg = s.oxide_slow_kg - from_slow
    s.sludge_kg = s.sludge_kg - to_still - to_stirred + out + out_still
    return from_fast + from_slow + to_still + to_stirred - out - out_still
