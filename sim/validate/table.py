"""The table R1–R25."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from controller.chemistry.conductivity import conductivity_s_per_cm
from controller.chemistry.couples import couple_in_dilute_lif_caf2_v
from controller.chemistry.liquidus import lif_ndf3_liquidus_degc
from controller.chemistry.melt import melt_from_mol
from controller.chemistry.metals import metal
from controller.chemistry.refused import gate
from controller.chemistry.routes import Route, standard_potential_v
from controller.chemistry.solubility import oxide_solubility_mol_pct
from sim.physics.noise import aluminium_bubble_amplitude_v
from sim.validate import runs
from sim.validate.points import Outcome, Point, missing, within

_SIX = "Holographic simulation of a 6 kA rare-earth cell, preprint 2024 (measured and simulated)"
_RAMP = "anode processes of carbon in LiF–70 wt% NdF3 (abstract)"


def _at_rest(name: str) -> float:
    value = runs.at_rest("nd_6ka")[name]
    assert isinstance(value, float)
    return value


def _interfaces() -> float:
    return _at_rest("reversible_v") + _at_rest("anodic_v") + _at_rest("cathodic_v")


def _faraday() -> Outcome:
    whole, usual = runs.metal_in_a_day_kg(1.0), runs.metal_in_a_day_kg(0.75)
    good = abs(whole - 1076.4) <= 1.1 and abs(usual - 807.3) <= 0.01 * 807.3
    return Outcome(whole, good, f"at a current efficiency of 0.75: {usual:.1f} kg")


def _efficiencies() -> Outcome:
    small = runs.at_rest("nd_3ka")["current_efficiency"]
    large = runs.at_rest("nd_10ka")["current_efficiency"]
    assert isinstance(small, float)
    assert isinstance(large, float)
    return Outcome(small, small <= 0.70 and 0.76 <= large <= 0.81, f"nd_3ka {small:.3f}, nd_10ka {large:.3f}")


def _reversible() -> Outcome:
    nd = metal("Nd")
    co2, co = standard_potential_v(nd, Route.CO2, 1050.0), standard_potential_v(nd, Route.CO, 1050.0)
    falling = all(standard_potential_v(nd, route, 900.0) > standard_potential_v(nd, route, 1050.0) for route in _ROUTES)
    order = standard_potential_v(nd, Route.CO, 750.0) < standard_potential_v(nd, Route.CO2, 750.0)
    good = abs(co2 - 1.453) <= 0.03 and abs(co - 1.297) <= 0.03 and falling and order
    return Outcome(co2, good, f"CO {co:.3f} V")


_ROUTES = (Route.CO, Route.CO2)


@lru_cache(maxsize=1)
def _ramp() -> runs.Ramp:
    return runs.potential_ramp()


def _onset() -> Outcome:
    found = _ramp()
    good = abs(found.tenth_v - 5.5) <= 0.3 and found.share_at_onset < 0.01
    return Outcome(found.tenth_v, good, f"largest share at 4.3–4.6 V: {found.share_at_onset:.2e}")


def _solubility() -> Outcome:
    cold, warm = oxide_solubility_mol_pct(0.23, 750.0), oxide_solubility_mol_pct(0.23, 900.0)
    cell = runs.saturation_wt_pct(0.23, 900.0)
    good = abs(cold - 0.13) <= 0.15 * 0.13 and abs(warm - 0.22) <= 0.15 * 0.22 and abs(cell - 1.11) <= 0.15 * 1.11
    return Outcome(warm, good, f"750 °C: {cold:.3f} mol%; the cell at 900 °C: {cell:.2f} wt%")


def _liquidus() -> Outcome:
    fractions = [0.25 + 0.0005 * n for n in range(301)]
    lowest = min(fractions, key=lif_ndf3_liquidus_degc)
    eutectic, usual = lif_ndf3_liquidus_degc(lowest), lif_ndf3_liquidus_degc(0.475)
    good = abs(eutectic - 731.0) <= 8.0 and abs(100.0 * lowest - 31.5) <= 1.0 and abs(usual - 844.0) <= 15.0
    return Outcome(eutectic, good, f"at {100.0 * lowest:.1f} mol%; 47.5 mol%: {usual:.0f} °C")


def _bounded() -> Outcome:
    pct = runs.saturation_wt_pct(0.475, 920.0)
    value = runs.critical_a_per_cm2(pct, 920.0)
    return Outcome(value, value <= 1.6, f"at saturation, {pct:.2f} wt%")


def _measured_conductivity() -> Outcome:
    solvent = {"LiF": 0.805, "CaF2": 0.195}
    found = []
    for share in (0.0, 0.10, 0.15):
        parts = {salt: part * (1.0 - share) for salt, part in solvent.items()} | {"NdF3": share}
        found.append(conductivity_s_per_cm(melt_from_mol({k: v for k, v in parts.items() if v > 0.0}), 850.0))
    good = all(abs(value / target - 1.0) <= 0.05 for value, target in zip(found, (6.10, 5.95, 5.10), strict=True))
    return Outcome(found[0], good, f"10 mol%: {found[1]:.2f}, 15 mol%: {found[2]:.2f} S/cm (tabulated measurements)")


def _carbon() -> Outcome:
    prnd, la = runs.carbon_kg_per_t("prnd"), runs.carbon_kg_per_t("la")
    good = all(46.0 <= value <= 187.0 and 90.0 <= value <= 150.0 for value in (prnd, la))
    return Outcome(prnd, good, f"La {la:.0f} kg/t")


@lru_cache(maxsize=1)
def _feed_stop() -> runs.Stop:
    return runs.feed_stop()


def _partial() -> Outcome:
    found = runs.two_anodes()
    good = found.share < 0.7 and found.rise_v < 0.5 and found.ppm <= 3.0 and found.ohm <= 0.06
    good = good and found.full_v > 10.0 and found.full_ppm > 1000.0
    return Outcome(
        found.share,
        good,
        f"+{found.rise_v:.2f} V when below 0.7, at most {found.ppm:.1f} ppm; "
        f"full {found.full_v:.1f} V, {found.full_ppm:.0f} ppm",
    )


def _recession() -> Outcome:
    to_co2, to_co = runs.recession_mm(1.0), runs.recession_mm(0.0)
    good = abs(to_co2 / 15.8 - 1.0) <= 0.01 and abs(to_co / 31.6 - 1.0) <= 0.01
    return Outcome(to_co2, good, f"to CO {to_co:.1f} mm")


def _trend() -> Outcome:
    most = min(4.0, runs.saturation_wt_pct(0.475, 1050.0))
    values = [runs.critical_a_per_cm2(1.0 + (most - 1.0) * n / 20.0, 1050.0) for n in range(21)]
    rising = all(later > earlier for earlier, later in pairwise(values))
    ratio = values[-1] / values[0]
    return Outcome(ratio, rising and 2.0 <= ratio <= 4.0, f"1 to {most:.2f} wt%")


def _bubbles() -> Outcome:
    low, high = aluminium_bubble_amplitude_v(0.4), aluminium_bubble_amplitude_v(1.0)
    return within(low / high, 5.0, 2.0, f"{1e3 * low:.0f} to {1e3 * high:.0f} mV")


def _ending() -> Outcome:
    found = runs.full_effect()
    good = found.holds_under_feed and found.ends_at_low_current_s <= 30.0
    return Outcome(found.ends_at_low_current_s, good, "holds under feed" if found.holds_under_feed else "feed ended it")


def _primary_gas() -> Outcome:
    low, high = runs.co2_share(0.05), runs.co2_share(0.2)
    return Outcome(1.0 - low, 1.0 - low > 0.7 and high > 0.7, f"CO2 at 0.2 A/cm²: {high:.2f}")


def _deposition() -> Outcome:
    la = couple_in_dilute_lif_caf2_v(metal("La"), 875.0)
    pr = couple_in_dilute_lif_caf2_v(metal("Pr"), 875.0)
    return Outcome(la, abs(la - 0.08) <= 0.03 and abs(pr - 0.15) <= 0.03 and la < pr, f"Pr {pr:+.3f} V")


def _refused() -> Outcome:
    reasons = [gate(f"{element}2O3") for element in ("Sm", "Eu", "Tm", "Yb")]
    return Outcome(float(sum(reason is not None for reason in reasons)), all(reasons), "Sm, Eu, Tm, Yb")


POINTS: tuple[Point, ...] = (
    Point("R1", "6 kA Nd cell at 4 010 A: cell voltage, V", "6.28", "±0.25", "reference", _SIX,
          lambda: within(_at_rest("voltage_v"), 6.28, 0.25)),
    Point("R2", "same: melt, V", "4.43", "±0.3", "reference", _SIX, lambda: within(_at_rest("melt_v"), 4.43, 0.3)),
    Point("R3", "same: conductors, V", "0.248", "±0.03", "reference", _SIX,
          lambda: within(_at_rest("conductor_v"), 0.248, 0.03)),
    Point("R4", "same: interfaces, V", "1.622", "±0.12", "reference", _SIX, lambda: within(_interfaces(), 1.622, 0.12)),
    Point("R5", "Nd at 25 kA in a day, kg", "1076 (CE 1); 807 (CE 0.75)", "±0.1 %", "reference", "Faraday", _faraday),
    Point("R6", "current efficiency at design", "≤ 0.70 at 3 kA; 0.76–0.81 at 8–15 kA", "inside", "reference",
          "10 kA cell, Baotou (abstract)", _efficiencies),
    Point("R7", "Nd at 1050 °C: reversible potential CO2, V", "1.453; CO 1.297; falling; CO below CO2", "±0.03",
          "reference", "formation data; order: Chinese Rare Earths 2001(2)", _reversible),
    Point("R8", "potential ramp: collapse against lithium, V", "4.3", "±0.2", "reference", _RAMP,
          lambda: within(_ramp().collapse_v, 4.3, 0.2)),
    Point("R9", "same: fluorine gas takes a tenth of the charge, V", "5.5; below 1 % at 4.3–4.6", "±0.3", "consistency",
          _RAMP + "; shares assumed", _onset),
    Point("R10", "LiF–23 mol% NdF3: Nd2O3 at 900 °C, mol%", "0.22; 0.13 at 750 °C", "±15 %", "reference",
          "Stefanidaki, Photiadis 2002", _solubility),
    Point("R11", "LiF–NdF3: lowest liquidus, °C", "731 at 31.5 mol%; 844 at 47.5 mol%", "±8, ±1 mol%; ±15", "reference",
          "Liao 2023, RSC Adv.", _liquidus),
    Point("R12", "Nd bath at 920 °C: critical current density, A/cm²", "≤ 1.6", "at most", "reference",
          "electrochemistry of rare-earth fluoride melts (abstract)", _bounded),
    Point("R13", "(LiF–CaF2)eut at 850 °C: conductivity, S/cm", "6.10; 5.95 and 5.10 with 10 and 15 mol% NdF3", "±5 %",
          "reference", "Krishnan, ionic conductivity (abstract)", _measured_conductivity),
    Point("R14", "carbon over a week, kg per t Pr–Nd, and La", "46–187; default 90–150", "inside", "reference",
          "direct CO2 and CO emission factors of three plants (abstract)", _carbon),
    Point("R15", "feed stopped at 3 wt%: fall, wt%/min", "−0.077", "±0.004", "reference", "mass balance, exact",
          lambda: within(_feed_stop().fall_wt_pct_per_min, -0.077, 0.004)),
    Point("R15t", "same: anode effect after, min", "17", "±2", "consistency", "the assumed critical-current law",
          lambda: within(_feed_stop().minutes_to_effect, 17.0, 2.0)),
    Point("R16", "two anodes, one half as able: its share before passivation",
          "< 0.7, < 0.5 V, ≤ 3 ppm; full > 10 V, > 1000 ppm", "inside", "consistency",
          "Åsheim 2017, two parallel anodes in aluminium", _partial),
    Point("R17", "ring in 24 h at 1 A/cm²: recession, mm", "15.8 to CO2; 31.6 to CO", "±1 %", "reference", "Faraday",
          _recession),
    Point("R18", "critical current density from 1 wt% to saturation: factor", "2–4, rising", "inside", "consistency",
          "Materials 2025 18 184 (trend); factor assumed", _trend),
    Point("R19", "bubble noise from 0.4 to 1.0 A/cm², aluminium calibration: factor", "5", "±2", "consistency",
          "Lv 2016, bubbles in aluminium cells", _bubbles),
    Point("R20", "largest plume velocity, m/s", "0.9", "±0.3", "reference", "Liu 2015, flow field",
          missing("option R20 absent: no flow field is computed")),
    Point("R21", "full effect at 1050 °C: ends at 40 % current after, s", "≤ 30; not by feed in 5 min", "inside",
          "consistency", "Tarcy, Tabereaux; Zhu, Sadoway", _ending),
    Point("R22", "8 kA cell: largest cathode current density, A/cm²", "3.6", "±0.5", "reference", "Pang 2023; Gong",
          missing("option R22 absent: current density along the rod is not computed")),
    Point("R23", "CO charge share at 0.05 A/cm²", "> 0.7; CO2 > 0.7 at 0.2 A/cm²", "above", "reference",
          "Metals 2020 10 1694 (cryolite)", _primary_gas),
    Point("R24", "dilute LaF3 in LiF–CaF2: deposition against lithium, V", "+0.08; Pr +0.15", "±0.03", "reference",
          "LaF3 and PrF3 in LiF–CaF2 (abstract)", _deposition),
    Point("R25", "refused feeds among Sm, Eu, Tm, Yb", "4", "all", "reference", "vapour pressure and divalent shuttle",
          _refused),
)  # fmt: skip
