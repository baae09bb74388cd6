"""Wear of the anodes: carbon burns by charge, the face recedes, the gap widens, the resistance follows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.physics.electrochemistry import CO2_SETTLED_A_PER_CM2, co2_charge_share
from sim.physics.melt_resistance import shape_ohm_s_per_cm
from sim.physics.parameters import CellParameters

_CARBON_KG_PER_COULOMB = 12.011e-3 / 96485.33
_AREA_EXPONENT = -0.1
"""Of the critical current density, on area over new area (aluminium practice)."""
_STALE_CM = 1e-4
COLD_S = 2400.0
"""Time constant of a new anode's warming; takes its share over 1–4 h. Assumed."""
COLD_RESISTANCE = 3.0
"""Extra resistance of an anode just set, in its own hot resistances: frozen bath on cold carbon. Assumed."""
_COLD_MASS_SHARE = 0.3
"""Of the burnable carbon's mass: stub and butt that only warm up. The carbon that burns is in the enthalpy voltage."""
_CARBON_HEAT_J_PER_KG_K = 2050.0
_REST_SHARE = 0.15
"""Of the burnable carbon: what is left of an overdue anode until its face is gone. Assumed."""
_LEAST_AREA = 0.05
_WIDEST_BEYOND_WORN_CM = 4.0


@dataclass(slots=True)
class AnodeSet:
    """All anodes of a cell, one list entry each, in position order."""

    gap_cm: list[float]
    remaining_kg: list[float]
    age_s: list[float]
    cold: list[float]
    """1 when just set, 0 when at bath temperature."""
    passivated: list[bool]
    low_s: list[float]
    """How long a passivated anode has been below the clearing potential."""
    limit_factor: list[float]
    """Departure of this anode's critical current density from the law."""
    current_a: list[float]
    potential_v: list[float]
    limit_a: list[float]
    area_cm2: list[float]
    shape: list[float]
    limit_area_cm2: list[float]
    shaped_at_cm: list[float]

    def copy(self) -> AnodeSet:
        return AnodeSet(
            self.gap_cm[:],
            self.remaining_kg[:],
            self.age_s[:],
            self.cold[:],
            self.passivated[:],
            self.low_s[:],
            self.limit_factor[:],
            self.current_a[:],
            self.potential_v[:],
            self.limit_a[:],
            self.area_cm2[:],
            self.shape[:],
            self.limit_area_cm2[:],
            self.shaped_at_cm[:],
        )


def new_set(parameters: CellParameters, worn_share: list[float]) -> AnodeSet:
    """Anodes that have used that share of their life (0 new, 1 due)."""
    anodes = parameters.design.anodes
    count = len(worn_share)
    zero = [0.0] * count
    fresh = AnodeSet(
        gap_cm=[anodes.gap_new_cm + share * (anodes.gap_worn_cm - anodes.gap_new_cm) for share in worn_share],
        remaining_kg=[anodes.carbon_new_kg * (1.0 - share) for share in worn_share],
        age_s=[3600.0 * anodes.life_h * share for share in worn_share],
        cold=zero[:],
        passivated=[False] * count,
        low_s=zero[:],
        limit_factor=[1.0] * count,
        current_a=zero[:],
        potential_v=zero[:],
        limit_a=zero[:],
        area_cm2=zero[:],
        shape=zero[:],
        limit_area_cm2=zero[:],
        shaped_at_cm=[-1.0] * count,
    )
    for position in range(count):
        reshape(parameters, fresh, position)
    return fresh


def reshape(parameters: CellParameters, anodes: AnodeSet, position: int) -> None:
    """Face area and melt shape from the gap; costly, so only done when the gap has moved by a micrometre."""
    gap = anodes.gap_cm[position]
    face_left = 1.0
    remaining = anodes.remaining_kg[position]
    if remaining < 0.0:
        rest_kg = _REST_SHARE * parameters.design.anodes.carbon_new_kg
        face_left = max(_LEAST_AREA, 1.0 + remaining / rest_kg)
    area = parameters.anode_area_new_cm2 * face_left
    if parameters.truth.arrangement == "ring":
        radius = parameters.cathode_radius_cm
        area *= (radius + gap) / (radius + parameters.design.anodes.gap_new_cm)
    anodes.area_cm2[position] = area
    size_factor = (area / parameters.anode_area_new_cm2) ** _AREA_EXPONENT
    anodes.limit_area_cm2[position] = area * size_factor * anodes.limit_factor[position]
    anodes.shape[position] = shape_ohm_s_per_cm(parameters, gap) / face_left
    anodes.shaped_at_cm[position] = gap


def wear(parameters: CellParameters, anodes: AnodeSet, dt_s: float) -> float:
    """Burns carbon in place by the currents of this step; returns the carbon burnt, kg."""
    plateau = parameters.truth.co2_plateau
    face = 0.25 * _CARBON_KG_PER_COULOMB * dt_s  # times (2 − CO2 share): 4 electrons per atom to CO2, 2 to CO
    recession = 1e3 / parameters.design.anodes.carbon_density_g_per_cm3
    excess = 1.0 + parameters.excess_carbon_fraction
    gap_cm, remaining_kg, age_s, shaped = anodes.gap_cm, anodes.remaining_kg, anodes.age_s, anodes.shaped_at_cm
    area_cm2 = anodes.area_cm2
    widest_cm = parameters.design.anodes.gap_worn_cm + _WIDEST_BEYOND_WORN_CM
    settled = face * (2.0 - plateau)
    burnt_kg = 0.0
    for i, current in enumerate(anodes.current_a):
        density = current / area_cm2[i]
        from_face = settled if density >= CO2_SETTLED_A_PER_CM2 else face * (2.0 - co2_charge_share(density, plateau))
        loss = excess * from_face * current
        burnt_kg += loss
        remaining_kg[i] -= loss
        age_s[i] += dt_s
        gap = gap_cm[i] + recession * from_face * density
        # beyond, there is no face left to recede: the anode loses area instead
        gap_cm[i] = gap if gap < widest_cm else widest_cm
        if gap - shaped[i] > _STALE_CM or remaining_kg[i] < 0.0:
            reshape(parameters, anodes, i)
    return burnt_kg


def warm(parameters: CellParameters, anodes: AnodeSet, temperature_k: float, dt_s: float) -> float:
    """Lets new anodes take up heat; returns the energy drawn from the bath, J."""
    if not any(anodes.cold):
        return 0.0
    kept = math.exp(-dt_s / COLD_S)
    warmed = sum(anodes.cold) * (1.0 - kept)
    anodes.cold[:] = [cold * kept if cold > 1e-6 else 0.0 for cold in anodes.cold]
    mass_kg = _COLD_MASS_SHARE * parameters.design.anodes.carbon_new_kg
    ambient_k = parameters.truth.ambient_degc + 273.15
    return warmed * mass_kg * _CARBON_HEAT_J_PER_KG_K * (temperature_k - ambient_k)
