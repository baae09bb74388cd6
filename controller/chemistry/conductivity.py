"""Electrical conductivity of the clear bath, without gas.

LiF–REF3 by an assumed law (±20 %), checked against the melt drop of one measured 6 kA cell; BaF2 takes 5–15 % off
(assumed). For the two solvents measured with NdF3 at 850 °C, LiF–CaF2 and LiF–NaF eutectics, the measured points are
interpolated instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from controller.chemistry.constants import GAS_CONSTANT_J_PER_MOL_K
from controller.chemistry.errors import ChemistryError
from controller.chemistry.melt import SOLVENT_EUTECTICS, Melt
from controller.chemistry.temperature import kelvin

_ACTIVATION_K = 16_000.0 / GAS_CONSTANT_J_PER_MOL_K
_REFERENCE_K = 1323.0
LAW_BAND_DEGC = (800.0, 1100.0)
LAW_REF3 = (0.1, 0.5)
HIGHEST_OXIDE_WT_PCT = 10.0

MEASURED_AT_DEGC = 850.0
_MEASURED_K = 1123.15
MEASURED_S_PER_CM: Mapping[str, Sequence[tuple[float, float]]] = MappingProxyType(
    {
        "(LiF-CaF2)eut": ((0.0, 6.10), (0.10, 5.95), (0.15, 5.10)),
        "(LiF-NaF)eut": ((0.0, 6.16), (0.10, 5.56), (0.15, 4.13)),
    }
)
"""(mole fraction NdF3, S/cm) at 850 °C."""
_SOLVENT_TOLERANCE = 0.03


def conductivity_s_per_cm(melt: Melt, temperature_degc: float, oxide_wt_pct: float = 0.0) -> float:
    """Raises ChemistryError outside 298.15–1700 K, for oxide outside 0–10 wt%, and for salts without a law."""
    temperature_k = kelvin(temperature_degc)
    if not 0.0 <= oxide_wt_pct <= HIGHEST_OXIDE_WT_PCT:
        raise ChemistryError(f"dissolved oxide {oxide_wt_pct:g} wt% is outside 0–{HIGHEST_OXIDE_WT_PCT:g} wt%")
    oxide = 1.0 - 0.03 * oxide_wt_pct
    if solvent := measured_solvent(melt):
        at_850 = _interpolated(MEASURED_S_PER_CM[solvent], melt.ref3)
        return at_850 * math.exp(-_ACTIVATION_K * (1.0 / temperature_k - 1.0 / _MEASURED_K)) * oxide
    bath = melt.composition()
    barium = max(0.85, 1.0 - 1.4 * bath.baf2)
    composition = 6.9 - 5.3 * bath.ref3
    return composition * barium * math.exp(-_ACTIVATION_K * (1.0 / temperature_k - 1.0 / _REFERENCE_K)) * oxide


def measured_solvent(melt: Melt) -> str | None:
    """Which measured series a melt with CaF2 or NaF belongs to; None for LiF–BaF2–REF3.

    Raises ChemistryError where such a melt was not measured: another solvent ratio, another rare earth, too much of it.
    """
    strangers = melt.others("LiF", "BaF2")
    if not strangers:
        return None
    for name, solvent in SOLVENT_EUTECTICS.items():
        second = next(salt for salt in solvent if salt != "LiF")
        if strangers == (second,) and not melt.fraction("BaF2"):
            _check_measured(melt, name, second)
            return name
    raise ChemistryError(
        f"no conductivity with {' and '.join(strangers)} together with the rest; measured are "
        f"{' and '.join(SOLVENT_EUTECTICS)} with 0–15 mol% NdF3"
    )


def _check_measured(melt: Melt, name: str, second: str) -> None:
    solvent = melt.fraction("LiF") + melt.fraction(second)
    eutectic = SOLVENT_EUTECTICS[name][second]
    if not solvent or abs(melt.fraction(second) / solvent - eutectic) > _SOLVENT_TOLERANCE:
        raise ChemistryError(
            f"LiF–{second} was measured at its eutectic only, {100.0 * eutectic:g} mol% {second}; "
            f'write "{name} 90 NdF3 10 mol%"'
        )
    if melt.ref3 > melt.fraction("NdF3"):
        raise ChemistryError(f"{name} was measured with NdF3 alone")
    if melt.ref3 > MEASURED_S_PER_CM[name][-1][0] + 1e-9:
        raise ChemistryError(f"{name} with {100.0 * melt.ref3:.3g} mol% NdF3 lies beyond the measured 0–15 mol% NdF3")


def conductivity_is_extrapolated(melt: Melt, temperature_degc: float) -> bool:
    if measured_solvent(melt):
        return abs(temperature_degc - MEASURED_AT_DEGC) > 1.0
    low, high = LAW_BAND_DEGC
    return not (low <= temperature_degc <= high and LAW_REF3[0] <= melt.ref3 <= LAW_REF3[1])


def _interpolated(points: Sequence[tuple[float, float]], x: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]
