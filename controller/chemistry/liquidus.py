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

_R = GAS_CONSTANT_J_PER_MOL_K
LIF_MELTING_K = 1121.3
_LIF_FUSION_J_PER_MOL = 27_090.0
_NDF3_MELTING_K = 1649.0
_NDF3_FUSION_J_PER_MOL = 54_750.0

EUTECTICS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"La": (769.0, 0.20), "Ce": (748.0, 0.22), "Pr": (737.0, 0.27), "Gd": (700.0, 0.27), "Dy": (700.0, 0.24)}
)
"""LiF–REF3: °C and mole fraction REF3. Handbook values, unverified."""
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
    lif_k = _branch_k(ndf3_mole_fraction, of_lif=True)
    ndf3_k = _branch_k(ndf3_mole_fraction, of_lif=False)
    return max(lif_k, ndf3_k) - ZERO_CELSIUS_K


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
