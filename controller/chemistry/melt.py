"""A bath as a mixture of named salts, by mole, and the text a person writes it in.

``LiF 52.5 NdF3 47.5 mol%`` · ``87.5 NdF3, 12.5 LiF wt%`` · ``(LiF-CaF2)eut 90 NdF3 10 mol%``
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from controller.chemistry.bath import BathComposition
from controller.chemistry.constants import MOLAR_MASS_G_PER_MOL, trifluoride_g_per_mol
from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.metals import RARE_EARTHS
from controller.chemistry.refused import gate

_F = MOLAR_MASS_G_PER_MOL["F"]
SALT_G_PER_MOL: Mapping[str, float] = MappingProxyType(
    {
        "LiF": MOLAR_MASS_G_PER_MOL["Li"] + _F,
        "NaF": MOLAR_MASS_G_PER_MOL["Na"] + _F,
        "CaF2": MOLAR_MASS_G_PER_MOL["Ca"] + 2.0 * _F,
        "BaF2": MOLAR_MASS_G_PER_MOL["Ba"] + 2.0 * _F,
        **{f"{symbol}F3": trifluoride_g_per_mol(MOLAR_MASS_G_PER_MOL[symbol]) for symbol in RARE_EARTHS},
    }
)
SOLVENT_EUTECTICS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"(LiF-CaF2)eut": {"LiF": 0.79, "CaF2": 0.21}, "(LiF-NaF)eut": {"LiF": 0.61, "NaF": 0.39}}
)
"""Mole fractions of two solvents that laboratory work names by their eutectic; recalled, ±0.02."""
SUM_TOLERANCE_PCT = 0.5

Per = Literal["mol", "wt"]
EXAMPLE = '"LiF 52.5 NdF3 47.5 mol%"'

_UNIT = re.compile(r"(?<![A-Za-z])(mol|wt|mass|weight)(?:\s*%|\s*[-_]?(?:pct|percent)\b)", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Melt:
    """Mole fractions that sum to 1; make one with ``melt_from_mol``, ``melt_from_wt`` or ``parse_melt``."""

    mole_fractions: tuple[tuple[str, float], ...]

    def fraction(self, salt: str) -> float:
        return dict(self.mole_fractions).get(salt, 0.0)

    @property
    def rare_earths(self) -> tuple[tuple[str, float], ...]:
        """(symbol, share among the rare earths), empty where there are none."""
        total = self.ref3
        return tuple(
            (symbol, self.fraction(f"{symbol}F3") / total) for symbol in RARE_EARTHS if self.fraction(f"{symbol}F3")
        )

    @property
    def ref3(self) -> float:
        return sum(self.fraction(f"{symbol}F3") for symbol in RARE_EARTHS)

    @property
    def molar_mass_g_per_mol(self) -> float:
        return sum(fraction * SALT_G_PER_MOL[salt] for salt, fraction in self.mole_fractions)

    def weight_fractions(self) -> tuple[tuple[str, float], ...]:
        mass = self.molar_mass_g_per_mol
        return tuple((salt, fraction * SALT_G_PER_MOL[salt] / mass) for salt, fraction in self.mole_fractions)

    def text(self, per: Per = "mol") -> str:
        shares = self.mole_fractions if per == "mol" else self.weight_fractions()
        return " ".join(f"{salt} {100.0 * share:.4g}" for salt, share in shares) + f" {per}%"

    def others(self, *allowed: str) -> tuple[str, ...]:
        """Salts that are neither allowed nor rare-earth fluorides."""
        return tuple(salt for salt, _ in self.mole_fractions if salt not in allowed and not salt.endswith("F3"))

    def composition(self) -> BathComposition:
        """As the laws of LiF–BaF2–REF3 want it. Raises ChemistryError where another salt takes part."""
        if strangers := self.others("LiF", "BaF2"):
            raise ChemistryError(
                f"{' and '.join(strangers)}: no law with it here; known are LiF, BaF2 and one of "
                f"{', '.join(f'{symbol}F3' for symbol in RARE_EARTHS)}"
            )
        return BathComposition(self.ref3, self.fraction("BaF2"), self.fraction("LiF"), self.molar_mass_g_per_mol)


def melt_from_mol(parts: Mapping[str, float]) -> Melt:
    """Any positive scale. Raises ChemistryError for unknown salts, negative parts, an empty bath."""
    for salt, part in parts.items():
        if salt not in SALT_G_PER_MOL:
            raise ChemistryError(_unknown_salt(salt))
        if not (math.isfinite(part) and part >= 0.0):
            raise ChemistryError(f"{salt} {part:g}: a share must be 0 or more")
    total = sum(parts.values())
    if not (math.isfinite(total) and total > 0.0):
        raise ChemistryError(f"an empty bath; write {EXAMPLE}")
    return Melt(tuple((salt, part / total) for salt, part in parts.items() if part / total > 0.0))


def melt_from_wt(parts: Mapping[str, float]) -> Melt:
    """As ``melt_from_mol``, by weight."""
    return melt_from_mol({salt: part / SALT_G_PER_MOL.get(salt, 1.0) for salt, part in parts.items()})


def parse_melt(text: str) -> Melt:
    """The composition a person wrote. Raises ChemistryError with the mistake and the way out."""
    units = {"mol" if unit.lower() == "mol" else "wt" for unit in _UNIT.findall(text)}
    if len(units) != 1:
        problem = "both mol% and wt%" if units else "neither mol% nor wt%"
        raise ChemistryError(f"bath {text!r} says {problem}; write for example {EXAMPLE}")
    shares = _shares(text)
    total = sum(shares.values())
    if not abs(total - 100.0) <= SUM_TOLERANCE_PCT:
        raise ChemistryError(f"bath {text!r} sums to {total:g}, not to 100 ± {SUM_TOLERANCE_PCT:g}")
    by_mol = units == {"mol"}
    parts: dict[str, float] = {}
    for name, share in shares.items():
        for salt, part in _salts(name, by_mol=by_mol).items():
            parts[salt] = parts.get(salt, 0.0) + share * part
    return melt_from_mol(parts) if by_mol else melt_from_wt(parts)


def _shares(text: str) -> dict[str, float]:
    words = re.sub(r"[,;:=%+]|\s·\s", " ", _UNIT.sub(" ", text)).split()
    if not words or len(words) % 2:
        raise ChemistryError(f"bath {text!r} is not pairs of salt and share; write for example {EXAMPLE}")
    shares: dict[str, float] = {}
    for first, second in zip(words[::2], words[1::2], strict=True):
        name, number = (second, first) if _NUMBER.fullmatch(first) else (first, second)
        if not _NUMBER.fullmatch(number):
            raise ChemistryError(f"bath {text!r}: {number!r} is not a number; write for example {EXAMPLE}")
        name = _known(name)
        if name in shares:
            raise ChemistryError(f"bath {text!r} names {name} twice")
        share = float(number)
        if not 0.0 <= share <= 101.0:
            raise ChemistryError(f"bath {text!r}: {name} {share:g} is outside 0–100 %")
        shares[name] = share
    return shares


def _known(word: str) -> str:
    for name in (*SALT_G_PER_MOL, *SOLVENT_EUTECTICS):
        if name.lower() == word.replace("–", "-").lower():
            return name
    raise ChemistryError(_unknown_salt(word))


def _unknown_salt(word: str) -> str:
    symbol = word.removesuffix("F3").removesuffix("f3")
    if symbol != word and (reason := gate(symbol)) is not None:
        return f"no salt {word!r} here: {reason}"
    if re.search(r"\dO\d|O2$|O3$", word, re.IGNORECASE):
        return f"{word!r} is an oxide: a bath is written without it, dissolved oxide is its own option (--oxide-wt)"
    return f"no salt {word!r}: {near_matches(word, (*SALT_G_PER_MOL, *SOLVENT_EUTECTICS))}"


def _salts(name: str, *, by_mol: bool) -> Mapping[str, float]:
    eutectic = SOLVENT_EUTECTICS.get(name)
    if eutectic is None:
        return {name: 1.0}
    if by_mol:
        return eutectic
    mass = sum(fraction * SALT_G_PER_MOL[salt] for salt, fraction in eutectic.items())
    return {salt: fraction * SALT_G_PER_MOL[salt] / mass for salt, fraction in eutectic.items()}
