"""Heat of bath, metal, lining and ledge. Energy is booked as it moves, so that a balance can be closed from totals.

The reference is liquid bath and liquid metal at ambient temperature.
"""

from __future__ import annotations

from sim.physics.laws.electrics import freezing_per_k, frozen_share
from sim.physics.ops import any_of, exp, maximum, minimum, where
from sim.physics.parameters import Derived
from sim.physics.simulator_table import SimulatorTable
from sim.physics.state import CellInputs, CellState

_BOILING_K = 2200.0
"""LiF boils near 1950 K and fluorides of rare earths near 2600 K (handbook); a mixture between is assumed."""
_METAL_RANGE_K = 10.0
_AIR_BURN_J_PER_KG = 9.1 * 3.6e6


def bath_capacity_j_per_k(t: SimulatorTable, s: CellState) -> float:
    oxide_kg = s.oxide_kg + s.oxide_still_kg + s.oxide_fast_kg + s.oxide_slow_kg + s.sludge_kg
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg
    return 1e3 * (t.bath_heat_capacity_kj_per_kg_k * salt_kg + t.oxide_heat_capacity_kj_per_kg_k * oxide_kg)


def metal_energy_j_per_kg(t: SimulatorTable, d: Derived, metal_k: float) -> float:
    solid = minimum(1.0, maximum(0.0, (d.melting_k - metal_k) / _METAL_RANGE_K))
    return 1e3 * (t.metal_heat_capacity_kj_per_kg_k * (metal_k - d.ambient_k) - t.metal_fusion_kj_per_kg * solid)


def latent_j(t: SimulatorTable, s: CellState, bath_k: float) -> float:
    """What freezing has released, of the bath at that temperature and of the ledge."""
    liquid_kg = s.ref3_kg + s.baf2_kg + s.lif_kg - s.ledge_kg
    return 1e3 * t.fusion_heat_kj_per_kg * (liquid_kg * frozen_share(t, s, bath_k) + s.ledge_kg)


def content_j(t: SimulatorTable, d: Derived, s: CellState) -> float:
    """Energy of bath and ledge."""
    return bath_capacity_j_per_k(t, s) * (s.bath_k - d.ambient_k) - latent_j(t, s, s.bath_k)


def stored_j(t: SimulatorTable, d: Derived, s: CellState) -> float:
    """Energy of everything in the cell, with what rounding of the last step still owes."""
    bath = content_j(t, d, s) + s.heat_owed_j
    metal = s.metal_kg * metal_energy_j_per_kg(t, d, s.metal_k)
    return bath + metal + d.lining_j_per_k * (s.lining_k - d.ambient_k)


def top_loss_w(t: SimulatorTable, d: Derived, bath_k: float, lid_closed: bool) -> float:
    square, cold = bath_k * bath_k, d.ambient_k * d.ambient_k
    return where(lid_closed, t.lid_factor, 1.0) * d.top_w_per_k4 * (square * square - cold * cold)


def furnace_w(t: SimulatorTable, bath_k: float) -> float:
    """Of a cell heated from outside: proportional about a bias, within what the furnace can give."""
    wanted = t.furnace_bias_kw + t.furnace_gain_kw_per_k * (t.furnace_target_degc + 273.15 - bath_k)
    return 1e3 * minimum(t.furnace_max_kw, maximum(0.0, wanted))


def metal_step(t: SimulatorTable, d: Derived, s: CellState, made_kg: float, dt_s: float) -> float:
    """New metal arrives at bath temperature, then bath and pool exchange heat; the heat the bath gave, J."""
    had_kg = s.metal_kg - made_kg
    before = had_kg * metal_energy_j_per_kg(t, d, s.metal_k)
    mixed_k = (had_kg * s.metal_k + made_kg * s.bath_k) / maximum(s.metal_kg, 1e-9)
    mixed_k = where(s.metal_kg > 1e-9, mixed_k, s.bath_k)
    mixed = s.metal_kg * metal_energy_j_per_kg(t, d, mixed_k)
    s.totals.brought_j = s.totals.brought_j + mixed - before
    freezing = where((mixed_k < d.melting_k) & (mixed_k > d.melting_k - _METAL_RANGE_K), 1.0, 0.0)
    slower = 1.0 + freezing * t.metal_fusion_kj_per_kg / (_METAL_RANGE_K * t.metal_heat_capacity_kj_per_kg_k)
    metal_k = mixed_k + (s.bath_k - mixed_k) * (1.0 - exp(-dt_s / (t.metal_lag_s * slower)))
    s.metal_k = metal_k
    return s.metal_kg * metal_energy_j_per_kg(t, d, metal_k) - mixed


def walls(t: SimulatorTable, d: Derived, s: CellState, dt_s: float) -> tuple[float, float]:
    """Heat into the lining, W, and growth of the ledge, kg."""
    bath_k = s.bath_k
    # walls: a ledge grows where the lining draws more than the bath's superheat brings through its film
    lost_w = d.inner_w_per_k * (s.liquidus_k - s.lining_k)
    freezing_w = lost_w - d.film_w_per_k * maximum(bath_k - s.liquidus_k, 0.0)
    fusion = 1e3 * t.fusion_heat_kj_per_kg
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg
    # a bath at its liquidus freezes throughout instead
    wanted_kg = where(bath_k > s.liquidus_k, freezing_w * dt_s / maximum(fusion, 1.0), 0.0)
    grown_kg = minimum(maximum(wanted_kg, -s.ledge_kg), maximum(t.ledge_max_share * salt_kg - s.ledge_kg, 0.0))
    has_ledge = (s.ledge_kg > 0.0) | (wanted_kg > 0.0)
    to_lining = where(has_ledge & (bath_k > s.liquidus_k), lost_w, d.bath_to_lining_w_per_k * (bath_k - s.lining_k))
    return to_lining, grown_kg


def warm(  # noqa: PLR0917 - everything a step has found so far
    t: SimulatorTable, d: Derived, s: CellState, u: CellInputs, metal_a: float, made_kg: float, newly_kg: float,
    before_j: float, dt_s: float,
) -> None:  # fmt: skip
    """One step of all temperatures. ``newly_kg`` dissolved, ``before_j`` was in the bath before masses moved."""
    totals = s.totals
    current, bath_k = s.line_current_a, s.bath_k
    electric = current * s.cell_voltage_v
    outside = d.outside_resistance_ohm * current * current
    reaction = metal_a * d.hot_enthalpy_v
    furnace = furnace_w(t, bath_k)
    auxiliary = 1e3 * u.auxiliary_heat_kw
    top = top_loss_w(t, d, bath_k, u.lid_closed)

    to_lining, grown_kg = walls(t, d, s, dt_s)
    fusion = 1e3 * t.fusion_heat_kj_per_kg
    salt_kg = s.ref3_kg + s.baf2_kg + s.lif_kg
    frozen_before = frozen_share(t, s, bath_k)
    to_ambient = t.wall_loss_w_per_k * (s.lining_k - d.ambient_k)

    to_metal_j = metal_step(t, d, s, made_kg, dt_s)
    dissolving_j = 1e3 * t.oxide_dissolution_kj_per_kg * newly_kg
    above = bath_k - d.ambient_k
    chill_j = 1e3 * t.oxide_heat_capacity_kj_per_kg_k * s.chill_kg * above
    capacity = bath_capacity_j_per_k(t, s)
    taken_j = before_j - (capacity * above - latent_j(t, s, bath_k)) + chill_j
    latent = fusion * grown_kg * (1.0 - frozen_before)
    s.ledge_kg = s.ledge_kg + grown_kg

    net_w = electric - outside - reaction + furnace + auxiliary - top - to_lining - s.cold_draw_w
    gained_j = net_w * dt_s - to_metal_j - dissolving_j - chill_j + latent + s.heat_owed_j
    liquid_kg = salt_kg - s.ledge_kg
    swollen = capacity + fusion * liquid_kg * freezing_per_k(t, s, bath_k)
    new_k = bath_k + gained_j / swollen
    # what would go on heating a boiling bath leaves as vapour; the loss of bath is not followed
    boiled_j = swollen * maximum(new_k - _BOILING_K, 0.0)
    new_k = minimum(new_k, _BOILING_K)
    s.heat_owed_j = 0.0 * gained_j
    if any_of((new_k < s.liquidus_k) | (bath_k < s.liquidus_k)):
        # corrections where the step crossed a bend of the frozen share; what is left is owed to the next step
        for _ in (0, 1):
            released = fusion * liquid_kg * (frozen_share(t, s, new_k) - frozen_before)
            owed_j = gained_j - boiled_j - capacity * (new_k - bath_k) + released
            new_k = new_k + owed_j / (capacity + fusion * liquid_kg * freezing_per_k(t, s, new_k))
        released = fusion * liquid_kg * (frozen_share(t, s, new_k) - frozen_before)
        s.heat_owed_j = gained_j - boiled_j - capacity * (new_k - bath_k) + released
    s.bath_k = new_k
    s.lining_k = s.lining_k + (to_lining - to_ambient) * dt_s / d.lining_j_per_k
    s.chill_kg = 0.0 * s.chill_kg

    totals.energy_j = totals.energy_j + electric * dt_s
    totals.heating_j = totals.heating_j + (furnace + auxiliary) * dt_s
    totals.outside_j = totals.outside_j + outside * dt_s
    totals.reaction_j = totals.reaction_j + reaction * dt_s + dissolving_j
    totals.top_j = totals.top_j + top * dt_s + boiled_j
    totals.walls_j = totals.walls_j + to_ambient * dt_s
    totals.anodes_j = totals.anodes_j + s.cold_draw_w * dt_s
    totals.carried_out_j = totals.carried_out_j + taken_j
