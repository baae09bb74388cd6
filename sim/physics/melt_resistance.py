"""Ohmic resistance of the melt between anodes and cathodes.

Shape factors are lengths-free: resistance = shape / (2π·κ·height). A rod in a ring is the coaxial formula with fringe
current below the electrodes; plates facing a row of rods come from the method of images.
"""

from __future__ import annotations

import math

from sim.physics.parameters import CellParameters

_GAS_CONSTANT = 8.31446
_FROZEN_CONDUCTION = 0.02
"""What a solid bath still conducts, of liquid; assumed. Keeps a frozen cell's resistance finite."""


def conductivity_s_per_cm(
    *,
    ref3_mole_fraction: float,
    temperature_k: float,
    oxide_wt_pct: float,
    factor: float,
    voidage: float,
    frozen: float,
) -> float:
    """Of the gas-laden bath. Linear in REF3, Arrhenius in temperature, 3 % lost per wt% oxide (assumed, ±20 %)."""
    pure = (6.9 - 5.3 * ref3_mole_fraction) * math.exp(-16_000.0 / _GAS_CONSTANT * (1.0 / temperature_k - 1.0 / 1323.0))
    oxide = max(0.3, 1.0 - 0.03 * oxide_wt_pct)
    liquid = max(_FROZEN_CONDUCTION, math.pow(1.0 - frozen, 1.5))
    return factor * pure * oxide * math.pow(1.0 - voidage, 1.5) * liquid


def shape_ohm_s_per_cm(parameters: CellParameters, gap_cm: float) -> float:
    """Resistance of one anode's share of the melt times conductivity, 1/cm."""
    radius = parameters.cathode_radius_cm
    height = parameters.design.anodes.immersion_cm
    if parameters.truth.arrangement == "ring":
        height += parameters.truth.fringe * gap_cm
        return math.log((radius + gap_cm) / radius) / (2.0 * math.pi * height)
    distance = gap_cm + radius
    pitch = parameters.rod_pitch_cm
    total = -math.log(math.tanh(math.pi * radius / (4.0 * distance)))
    for n in (1, 2, 3):
        total -= 2.0 * math.log(math.tanh(math.pi * n * pitch / (4.0 * distance)))
    rods = parameters.truth.cathode_count
    return parameters.anode_count * total / (2.0 * math.pi * rods * height)
