"""What changes over hours: wear and warming of anodes, their necks and clamps, salt, iron rods. Done every half minute.

Faces recede by what burnt since the last time; area, melt shape and everything that follows from composition is worked
out again here and constant in between.
"""

from __future__ import annotations

from sim.physics.laws.electrics import GAS_CONSTANT
from sim.physics.laws.heat import stored_j
from sim.physics.laws.metal import impurities
from sim.physics.ops import Column, column, columns, exp, log, maximum, minimum, table_entry, tanh, total, where
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellState

SLOW_S = 30.0
_LEAST_AREA = 0.05
_WIDEST_BEYOND_WORN_CM = 4.0
_CARBON_J_PER_KG_K = 2050.0
_IRON_KG_PER_CM3 = 7.87e-3
_THINNEST_SHARE = 0.25
_BROKEN_OHM = 1e3
_PI = 3.141592653589793
LIQUIDUS_STEP = 0.005
"""Of the table of liquidus temperatures over the mole fraction REF3 / (1 − BaF2)."""
_BAF2_K_PER_MOLE_FRACTION = 400.0
_LEAST_RANGE_K = 0.5
"""A bath of eutectic composition still needs a width."""
LIF_KG_PER_MOL = 25.938e-3
BAF2_KG_PER_MOL = 175.323e-3


def settle_slow(t: SimulatorTable, d: Derived, s: CellState) -> None:
    """Catch up with the ``slow_s`` seconds since the last time."""
    before_j = stored_j(t, d, s)
    passed_s = s.slow_s
    _salt(t, s)
    impurities(t, d, s, s.made_since_kg)
    _cathode(t, d, s)
    _wear(t, d, s, passed_s)
    shape(t, d, s)
    composition(d, s)
    s.totals.carried_out_j = s.totals.carried_out_j + before_j - stored_j(t, d, s)
    s.slow_s = 0.0 * passed_s


def composition(d: Derived, s: CellState) -> None:
    """Mole fraction of REF3, molar mass, liquidus and how it freezes, from the salt's masses.

    Freezing is that of the binary LiF–REF3: pure crystals of what is in excess, then the eutectic. BaF2 stays with the
    eutectic and lowers both ends; compounds such as LiGdF4 are left out.
    """
    ref3_mol = s.ref3_kg / d.ref3_kg_per_mol
    baf2_mol = s.baf2_kg / BAF2_KG_PER_MOL
    mol = ref3_mol + baf2_mol + s.lif_kg / LIF_KG_PER_MOL
    s.ref3_fraction = ref3_mol / mol
    s.bath_g_per_mol = 1e3 * (s.ref3_kg + s.baf2_kg + s.lif_kg) / mol
    barium = baf2_mol / mol
    binary = table_entry(d.liquidus_table_degc, s.ref3_fraction / (1.0 - barium) / LIQUIDUS_STEP)
    s.liquidus_k = binary - _BAF2_K_PER_MOLE_FRACTION * barium + d.liquidus_shift_k + 273.15
    s.eutectic_k = s.liquidus_k - maximum(binary - d.eutectic_degc, _LEAST_RANGE_K)
    ref3_excess = maximum(ref3_mol - d.eutectic_ref3_per_lif * s.lif_kg / LIF_KG_PER_MOL, 0.0)
    lif_excess = maximum(s.lif_kg / LIF_KG_PER_MOL - ref3_mol / d.eutectic_ref3_per_lif, 0.0)
    crystals_kg = ref3_excess * d.ref3_kg_per_mol + lif_excess * LIF_KG_PER_MOL
    s.early_share = crystals_kg / (s.ref3_kg + s.baf2_kg + s.lif_kg)


def _salt(t: SimulatorTable, s: CellState) -> None:
    made_kg = s.totals.metal_made_kg - s.salted_kg
    s.salted_kg = s.totals.metal_made_kg
    lif_kg = minimum(t.lif_loss_kg_per_kg * made_kg, 0.5 * s.lif_kg)
    ref3_kg = minimum(t.ref3_loss_kg_per_kg * made_kg, 0.5 * s.ref3_kg)
    s.lif_kg = s.lif_kg - lif_kg
    s.ref3_kg = s.ref3_kg - ref3_kg
    s.totals.lif_lost_kg = s.totals.lif_lost_kg + lif_kg
    s.totals.ref3_lost_kg = s.totals.ref3_lost_kg + ref3_kg
    s.made_since_kg = made_kg


def _cathode(t: SimulatorTable, d: Derived, s: CellState) -> None:
    """Iron rods lose what goes into the alloy."""
    iron_kg = d.iron * s.made_since_kg * t.iron_share / (1.0 - t.iron_share)
    area_cm2 = 2.0 * _PI * s.cathode_radius_cm * d.immersion_cm * t.cathode_count
    thinner = s.cathode_radius_cm - iron_kg / (_IRON_KG_PER_CM3 * area_cm2)
    s.cathode_radius_cm = maximum(thinner, _THINNEST_SHARE * d.radius_cm)
    s.cathode_area_cm2 = 2.0 * _PI * s.cathode_radius_cm * d.immersion_cm * t.cathode_count


def _wear(t: SimulatorTable, d: Derived, s: CellState, passed_s: float) -> None:
    anodes = s.anodes
    recession = 1e3 / d.carbon_density_g_per_cm3 / (1.0 + d.excess_carbon_fraction)
    widest = d.gap_worn_cm + _WIDEST_BEYOND_WORN_CM
    hot = exp(-t.neck_activation_j_per_mol / GAS_CONSTANT * (1.0 / s.bath_k - 1.0 / d.target_k))
    burnt_neck = passed_s * hot / (t.neck_life * d.life_s)
    kept = exp(-passed_s / t.cold_s)
    corroded = t.contact_corrosion_per_day * passed_s / 86_400.0

    def worn(  # noqa: PLR0917 - one argument per column
        gap: float, remaining: float, settled: float, area: float, neck: float, cold: float, corrosion: float
    ) -> tuple[float, float, float, float]:
        # beyond the widest gap there is no face left to recede: the anode loses area instead
        wider = minimum(gap + recession * (settled - remaining) / area, widest)
        cooler = where(cold > 1e-6, cold * kept, 0.0)
        return wider, maximum(neck - burnt_neck, 0.0), cooler, corrosion + corroded

    anodes.gap_cm, anodes.neck, anodes.cold, anodes.corrosion = columns(
        worn, anodes.gap_cm, anodes.remaining_kg, anodes.settled_kg, anodes.area_cm2,
        anodes.neck, anodes.cold, anodes.corrosion,
    )  # fmt: skip
    anodes.settled_kg = column(_same, anodes.remaining_kg)


def _same(value: float) -> float:
    return value


def shape(t: SimulatorTable, d: Derived, s: CellState) -> None:
    """Face area, melt shape and own resistance of each anode from gap, carbon left, neck and warmth."""
    anodes = s.anodes
    radius = s.cathode_radius_cm
    butt_kg = t.butt_share * d.carbon_new_kg

    def shaped(  # noqa: PLR0917 - one argument per column
        gap: float, remaining: float, cold: float, neck: float, corrosion: float, factor: float
    ) -> tuple[float, float, float, float]:
        face = where(remaining < 0.0, maximum(_LEAST_AREA, 1.0 + remaining / butt_kg), 1.0)
        axis = gap + d.radius_cm
        round_area = axis / (d.gap_new_cm + d.radius_cm)
        area = d.area_new_cm2 * face * where(d.ring > 0.5, round_area, 1.0)
        size = exp(t.area_exponent * log(area / d.area_new_cm2))
        coaxial = d.anode_count * log(axis / radius) / (2.0 * _PI * (d.immersion_cm + t.fringe * gap))
        images = -log(tanh(_PI * radius / (4.0 * axis)))
        for n in (1.0, 2.0, 3.0):
            images = images - 2.0 * log(tanh(_PI * n * d.pitch_cm / (4.0 * axis)))
        plates = d.anode_count * images / (2.0 * _PI * t.cathode_count * d.immersion_cm)
        per_cm = where(d.ring > 0.5, coaxial, plates) / face * (1.0 + t.cold_resistance * cold)
        waist = 1.0 + t.neck_resistance_share * (1.0 / maximum(neck, 0.02) - 1.0)
        contact = d.contact_resistance_ohm * (1.0 + corrosion) * waist + where(neck <= 0.0, _BROKEN_OHM, 0.0)
        return area, area * size * factor, per_cm, contact

    anodes.area_cm2, anodes.limit_area_cm2, anodes.shape_per_cm, anodes.contact_ohm = columns(
        shaped, anodes.gap_cm, anodes.remaining_kg, anodes.cold, anodes.neck, anodes.corrosion, anodes.limit_factor
    )

    def narrow(gap: float) -> float:
        return maximum(0.0, t.narrow_gap_cm - gap)

    s.narrow_loss = t.narrow_gap_loss_per_cm * total(column(narrow, anodes.gap_cm)) / d.anode_count
    warming = total(anodes.cold) * (1.0 - exp(-SLOW_S / t.cold_s)) / SLOW_S
    above = s.bath_k - d.ambient_k
    s.cold_draw_w = warming * t.cold_mass_share * d.carbon_new_kg * _CARBON_J_PER_KG_K * above


__all__ = ["SLOW_S", "Column", "composition", "settle_slow", "shape"]
