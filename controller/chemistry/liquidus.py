"""Where a bath starts to freeze.

LiF–NdF3: published sub-regular solution with pure-salt fusion data (handbook), good to about ±15 K; older diagrams lie
up to 30 K off. Other rare earths: eutectic point with straight branches (handbook values, slope of the REF3 branch
taken over from LiF–NdF3), BaF2 lowers the result by 4 K per mol% (assumed). All uncertain to ±30 K.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from controller.chemistry.bath import BathComposition
from controller.chemistry.constants import GAS_CONSTANT_J_PER_MOL_K, ZERO_CELSIUS_K
from controller.chemistry.errors import ChemistryError
from controller.chemistry.melt import Melt

_R = GAS_CONSTANT_J_PER_MOL_K
LIF_MELTING_K = 1121.3
_LIF_FUSION_J_PER_MOL = 27_090.0
_NDF3_MELTING_K = 1649.0
_NDF3_FUSION_J_PER_MOL = 54_750.0

EUTECTICS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"La": (769.0, 0.20), "Ce": (748.0, 0.22), "Pr": (737.0, 0.27), "Gd": (700.0, 0.27), "Dy": (700.0, 0.24)}
)
"""LiF–REF3: °C and mole fraction REF3. Handbook values, unverified."""
HIGHEST_BAF2 = 0.4
"""Mole fraction up to which the 4 K per mol% are answered at all; recipes hold 0–0.15."""
TRIED_NDF3 = (0.0, 0.7)
TRIED_REF3 = (0.0, 0.5)
TRIED_BAF2 = (0.0, 0.15)
_REF3_BRANCH_K_PER_MOLE_FRACTION = 700.0
_BAF2_K_PER_MOLE_FRACTION = 400.0


def _activity_coefficients(ndf3: float, temperature_k: float) -> tuple[float, float]:
    """ln γ of LiF and NdF3 of the sub-regular model with three interaction terms."""
    lif = 1.0 - ndf3
    l0 = -39_966.0 + 17.68 * temperature_k
    l1 = -7_667.0 + 26.1 * temperature_k
    l2 = -6_000.0
    d = lif - ndf3
    excess = l0 + l1 * d + l2 * d * d
    slope = 2.0 * (l1 + 2.0 * l2 * d)  # with NdF3 falling by one part for each part of LiF gained
    rt = _R * temperature_k
    ln_lif = ndf3 * ndf3 * (excess + lif * slope) / rt
    ln_ndf3 = lif * lif * (excess - ndf3 * slope) / rt
    return ln_lif, ln_ndf3


def _branch_k(ndf3: float, *, of_lif: bool) -> float:
    """Temperature at which the melt is in equilibrium with one solid, by bisection (the driving force is monotone)."""
    fusion, melting = (_LIF_FUSION_J_PER_MOL, LIF_MELTING_K) if of_lif else (_NDF3_FUSION_J_PER_MOL, _NDF3_MELTING_K)
    fraction = 1.0 - ndf3 if of_lif else ndf3
    if fraction <= 0.0:
        return 0.0
    low, high = 500.0, melting + 50.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        ln_gamma = _activity_coefficients(ndf3, middle)[0 if of_lif else 1]
        ln_activity = math.log(fraction) + ln_gamma
        solid_would_melt = ln_activity < -fusion / _R * (1.0 / middle - 1.0 / melting)
        low, high = (low, middle) if solid_would_melt else (middle, high)
    return 0.5 * (low + high)


def lif_ndf3_liquidus_degc(ndf3_mole_fraction: float) -> float:
    """Higher of the LiF and NdF3 branches. Raises ValueError outside 0–0.7, where the model was not tried."""
    if not 0.0 <= ndf3_mole_fraction <= 0.7:
        raise ValueError(f"NdF3 mole fraction {ndf3_mole_fraction} is outside 0–0.7")
    return _higher_branch_degc(ndf3_mole_fraction)


def _higher_branch_degc(ndf3: float) -> float:
    return max(_branch_k(ndf3, of_lif=True), _branch_k(ndf3, of_lif=False)) - ZERO_CELSIUS_K


def lif_ndf3_activities(ndf3_mole_fraction: float, temperature_k: float) -> tuple[float, float]:
    """Activities of LiF and NdF3 in the liquid, against the pure liquid for LiF and the pure solid for NdF3.

    The solid is what NdF3's formation data mean below its melting point (1649 K); above it the liquid. On the NdF3
    branch of the liquidus its activity is 1; what the model puts above 1 is held there: the rest has precipitated.
    """
    ln_lif, ln_ndf3 = _activity_coefficients(ndf3_mole_fraction, temperature_k)
    to_solid = max(0.0, _NDF3_FUSION_J_PER_MOL / _R * (1.0 / temperature_k - 1.0 / _NDF3_MELTING_K))
    lif = (1.0 - ndf3_mole_fraction) * math.exp(ln_lif)
    ndf3 = ndf3_mole_fraction * math.exp(ln_ndf3 + to_solid)
    return min(1.0, lif), min(1.0, ndf3)


def eutectic_liquidus_degc(bath: BathComposition, eutectic_degc: float, eutectic_ref3: float) -> float:
    """Straight branches from a eutectic: 7 K per mol% REF3 above it, LiF's melting point to it below."""
    ref3 = bath.ref3 / (1.0 - bath.baf2)
    if ref3 >= eutectic_ref3:
        binary = eutectic_degc + _REF3_BRANCH_K_PER_MOLE_FRACTION * (ref3 - eutectic_ref3)
    else:
        lif_degc = LIF_MELTING_K - ZERO_CELSIUS_K
        binary = lif_degc + (eutectic_degc - lif_degc) * ref3 / eutectic_ref3
    return binary - _BAF2_K_PER_MOLE_FRACTION * bath.baf2


def bath_liquidus_degc(bath: BathComposition, rare_earth: str) -> float:
    """Liquidus of an LiF–BaF2–REF3 bath; ``rare_earth`` is a symbol, Nd standing for Pr–Nd mixtures as well.

    Raises ValueError for an element without data.
    """
    if rare_earth == "Nd":
        return lif_ndf3_liquidus_degc(bath.ref3 / (1.0 - bath.baf2)) - _BAF2_K_PER_MOLE_FRACTION * bath.baf2
    if rare_earth not in EUTECTICS:
        raise ValueError(f"no liquidus data for LiF–{rare_earth}F3; known are Nd, {', '.join(EUTECTICS)}")
    eutectic_degc, eutectic_ref3 = EUTECTICS[rare_earth]
    return eutectic_liquidus_degc(bath, eutectic_degc, eutectic_ref3)


def melt_liquidus_degc(melt: Melt) -> float:
    """Any LiF–BaF2–REF3 melt, rare earths mixed by mole fraction of their binary systems (assumed).

    Pure LiF to pure REF3; see ``liquidus_is_extrapolated``. Raises ChemistryError for other salts, for more than
    40 mol% BaF2, and for BaF2 alone.
    """
    bath = melt.composition()
    if not bath.baf2 <= HIGHEST_BAF2:
        raise ChemistryError(
            f"liquidus with {100.0 * bath.baf2:.3g} mol% BaF2: its 4 K per mol% are answered up to "
            f"{100.0 * HIGHEST_BAF2:g} mol% BaF2"
        )
    barium_k = _BAF2_K_PER_MOLE_FRACTION * bath.baf2
    if not melt.rare_earths:
        return LIF_MELTING_K - ZERO_CELSIUS_K - barium_k
    total = 0.0
    for symbol, share in melt.rare_earths:
        if symbol == "Nd":
            total += share * (_higher_branch_degc(min(1.0, bath.ref3 / (1.0 - bath.baf2))) - barium_k)
        else:
            total += share * eutectic_liquidus_degc(bath, *EUTECTICS[symbol])
    return total


def liquidus_is_extrapolated(melt: Melt) -> bool:
    """Whether the composition lies outside what the laws were made for."""
    bath = melt.composition()
    only_nd = melt.rare_earths and all(symbol == "Nd" for symbol, _ in melt.rare_earths)
    low, high = TRIED_NDF3 if only_nd else TRIED_REF3
    binary_ref3 = bath.ref3 / (1.0 - bath.baf2) if bath.baf2 < 1.0 else 0.0
    return not (low <= binary_ref3 <= high and TRIED_BAF2[0] <= bath.baf2 <= TRIED_BAF2[1])
