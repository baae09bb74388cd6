"""Oxides as they are bought, and what they cost in charge and carbon against RE2O3. Exact.

An oxide richer in oxygen than RE2O3 brings oxygen that the anode has to carry away as well: CeO2 takes 4 electrons per
cerium instead of 3, Pr6O11 3⅔ per praseodymium. Charge and carbon per kg of metal grow in the same ratio where the
split between CO and CO2 stays. Once dissolved, all are RE2O3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from controller.chemistry.constants import FARADAY_C_PER_MOL, MOLAR_MASS_G_PER_MOL, SECONDS_PER_HOUR
from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.metals import MIXTURE_WT_PARTS, RARE_EARTHS, Metal, metal
from controller.chemistry.refused import gate

_SESQUI_ELECTRONS = 3.0


@dataclass(frozen=True, slots=True)
class Feed:
    formula: str
    metal: Metal
    metal_atoms: float
    oxygen_atoms: float

    @property
    def molar_mass_g_per_mol(self) -> float:
        return self.metal_atoms * self.metal.rare_earth_g_per_mol + self.oxygen_atoms * MOLAR_MASS_G_PER_MOL["O"]

    @property
    def electrons_per_atom(self) -> float:
        return 2.0 * self.oxygen_atoms / self.metal_atoms

    @property
    def charge_factor(self) -> float:
        """Charge, and carbon at the same CO/CO2 split, per kg of metal against RE2O3."""
        return self.electrons_per_atom / _SESQUI_ELECTRONS

    @property
    def feed_kg_per_kg_metal(self) -> float:
        return self.molar_mass_g_per_mol / (self.metal_atoms * self.metal.rare_earth_g_per_mol)

    @property
    def sesquioxide_g_per_mol(self) -> float:
        """RE2O3, the form in which it is dissolved."""
        return 2.0 * self.metal.rare_earth_g_per_mol + 3.0 * MOLAR_MASS_G_PER_MOL["O"]

    @property
    def dissolved_kg_per_kg_feed(self) -> float:
        """RE2O3 that a kilogram of this feed becomes."""
        return self.metal_atoms * self.sesquioxide_g_per_mol / (2.0 * self.molar_mass_g_per_mol)

    @property
    def metal_g_per_ah(self) -> float:
        """At a current efficiency of 1, all the oxygen of the feed counted."""
        per_mol = self.electrons_per_atom * FARADAY_C_PER_MOL
        return self.metal.rare_earth_g_per_mol * SECONDS_PER_HOUR / per_mol

    @property
    def is_sesquioxide(self) -> bool:
        return self.charge_factor == 1.0


FEED_FORMULAS = (
    *(f"{symbol}2O3" for symbol in RARE_EARTHS),
    *(f"{name}2O3" for name in MIXTURE_WT_PARTS),
    "CeO2",
    "Pr6O11",
)
_FORMULA = re.compile(r"([A-Za-z]+?)(\d*)O(\d+)")


def feed(formula: str) -> Feed:
    """``Nd2O3``, ``CeO2``, ``Pr6O11``, ``PrNd2O3`` or ``(Pr,Nd)2O3``, in any case.

    Raises ChemistryError with near matches, or with the other route for a refused element.
    """
    word = re.sub(r"[^a-z0-9]", "", formula.lower())
    for known in FEED_FORMULAS:
        if known.lower() == word:
            match = _FORMULA.fullmatch(known)
            assert match is not None
            return Feed(known, metal(match[1]), float(match[2] or 1), float(match[3]))
    if (reason := gate(re.sub(r"[0-9].*|o2$|oxide$", "", word))) is not None:
        raise ChemistryError(reason)
    raise ChemistryError(f"no oxide {formula!r}: {near_matches(word, FEED_FORMULAS)}")
