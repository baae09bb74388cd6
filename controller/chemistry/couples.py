"""Cathode and anode potentials against the Li+/Li scale, and back against the metal.

Cathode: E(RE) against LiF/Li at unit activities is the difference of two fluoride formation potentials, E(LiF) less
E(REF3). In a bath it moves by (RT/3F)·ln a(REF3). In dilute LiF–CaF2 one shift, −0.27 V (assumed), reproduces both
couples measured there at 820–930 °C: La +0.08 V and Pr +0.15 V.

Anode: onsets measured on carbon in LiF–70 wt% NdF3 at 900–1000 °C against Li+/Li; 0.4 V less against the metal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from controller.chemistry.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from controller.chemistry.errors import ChemistryError
from controller.chemistry.metals import Metal
from controller.chemistry.routes import Route, standard_potential_v
from controller.chemistry.temperature import kelvin

_LIF_V_AT_850_DEGC = 5.29
_LIF_V_PER_K = -0.70e-3
"""Liquid LiF from the elements; the value puts neodymium at +0.44 V, the slope is a handbook entropy (recalled)."""
DILUTE_LIF_CAF2_SHIFT_V = -0.27
MEASURED_IN_DILUTE_LIF_CAF2_V: Mapping[str, float] = MappingProxyType({"La": 0.08, "Pr": 0.15})
"""820–930 °C, from the abstract of the study of LaF3 and PrF3 on inert and reactive electrodes in LiF–CaF2."""
REF3_ACTIVITY = 0.2
"""In LiF–REF3 where no composition is given; assumed, 0.1–0.4."""

METAL_BELOW_LITHIUM_SCALE_V = 0.4
"""Potential against the metal = potential against Li+/Li less this, in LiF–70 wt% NdF3 (activity of NdF3 about 0.2)."""
ANODE_ONSET_LITHIUM_SCALE_V: Mapping[str, float] = MappingProxyType(
    {"oxide-discharge": 2.0, "fluoride-discharge": 4.3, "massive-pfc": 5.5}
)
"""Measured: CO and CO2 begin; CF4 begins and the current collapses (anode effect); CF4 and C2F6 in quantity."""
ANODE_ONSET_BAND_DEGC = (900.0, 1000.0)


def lithium_fluoride_potential_v(temperature_degc: float) -> float:
    """LiF(l) → Li + ½ F2."""
    return _LIF_V_AT_850_DEGC + _LIF_V_PER_K * (kelvin(temperature_degc) - 1123.15)


def standard_couple_v(substance: Metal, temperature_degc: float) -> float:
    """RE(III)/RE against LiF/Li, pure fluorides; an iron cathode makes it more positive. ±0.06 V."""
    return lithium_fluoride_potential_v(temperature_degc) - standard_potential_v(substance, Route.F2, temperature_degc)


def couple_v(substance: Metal, temperature_degc: float, ref3_activity: float) -> float:
    """RE(III)/RE against LiF/Li where REF3 has this activity (0 < a ≤ 1, else ChemistryError)."""
    if not 1e-9 <= ref3_activity <= 1.0:
        raise ChemistryError(f"fluoride activity {ref3_activity:g} is outside 1e-9–1 (1 = the pure salt)")
    nernst = GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_degc) / (3.0 * FARADAY_C_PER_MOL) * math.log(ref3_activity)
    return standard_couple_v(substance, temperature_degc) + nernst


def couple_in_dilute_lif_caf2_v(substance: Metal, temperature_degc: float) -> float:
    """RE(III)/RE against LiF/Li with little REF3 in LiF–CaF2."""
    return standard_couple_v(substance, temperature_degc) + DILUTE_LIF_CAF2_SHIFT_V


def anode_onset_v(event: str, *, against_lithium: bool) -> float:
    """iR-free anode potential. Raises ChemistryError for an unknown event."""
    if event not in ANODE_ONSET_LITHIUM_SCALE_V:
        raise ChemistryError(f"no anode event {event!r}: known are {', '.join(ANODE_ONSET_LITHIUM_SCALE_V)}")
    value = ANODE_ONSET_LITHIUM_SCALE_V[event]
    return value if against_lithium else value - METAL_BELOW_LITHIUM_SCALE_V
