"""Metals and alloys by the names people use: shares of the rare earths by mole, and whether iron takes part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from controller.chemistry.constants import MOLAR_MASS_G_PER_MOL
from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.refused import gate

RARE_EARTHS = ("La", "Ce", "Pr", "Nd", "Gd", "Dy")
"""Those with formation data here."""

MIXTURE_WT_PARTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "PrNd": {"Pr": 25.0, "Nd": 75.0},
        "mischmetal": {"La": 28.0, "Ce": 50.0, "Pr": 5.0, "Nd": 17.0},
    }
)
"""By weight. Pr–Nd as traded; mischmetal typical (assumed)."""
_IRON_ALLOYS = {"NdFe": "Nd", "PrFe": "Pr", "GdFe": "Gd", "DyFe": "Dy"}
_ALIASES = {"didymium": "PrNd", "mm": "mischmetal", "misch": "mischmetal", "ndpr": "PrNd"}
_NAMES = {
    "lanthanum": "La", "cerium": "Ce", "praseodymium": "Pr", "neodymium": "Nd", "gadolinium": "Gd", "dysprosium": "Dy",
}  # fmt: skip

METAL_NAMES = (*RARE_EARTHS, *MIXTURE_WT_PARTS, *_IRON_ALLOYS)


@dataclass(frozen=True, slots=True)
class Metal:
    name: str
    shares: tuple[tuple[str, float], ...]
    """(symbol, mole fraction among the rare earths); they sum to 1."""
    in_iron: bool = False
    """Deposited into a consumable iron cathode, hence below unit activity."""

    @property
    def rare_earth_g_per_mol(self) -> float:
        return sum(share * MOLAR_MASS_G_PER_MOL[symbol] for symbol, share in self.shares)


def metal(name: str) -> Metal:
    """By symbol, English name, product id or alloy name, in any case.

    Raises ChemistryError: with the other route for a refused element, with near matches for an unknown name.
    """
    word = "".join(character for character in name.lower() if character.isalnum())
    word = _ALIASES.get(word, _NAMES.get(word, word)).lower()
    for known in METAL_NAMES:
        if known.lower() == word:
            return _metal(known)
    if word.startswith(("tb", "terbium")):
        raise ChemistryError(f"no formation data of terbium here; known are {', '.join(METAL_NAMES)}")
    reason = gate(name)
    if reason is not None:
        raise ChemistryError(reason)
    raise ChemistryError(f"no metal {name!r}: {near_matches(word, METAL_NAMES)}")


def _metal(name: str) -> Metal:
    if name in _IRON_ALLOYS:
        return Metal(name, ((_IRON_ALLOYS[name], 1.0),), in_iron=True)
    parts = MIXTURE_WT_PARTS.get(name, {name: 1.0})
    moles = {symbol: part / MOLAR_MASS_G_PER_MOL[symbol] for symbol, part in parts.items()}
    total = sum(moles.values())
    return Metal(name, tuple((symbol, mol / total) for symbol, mol in moles.items()))
