"""Every law of this package with its grade, its source in words and where it may be trusted: the one place to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from controller.chemistry.temperature import BAND_DEGC


class Grade(StrEnum):
    """From best to worst."""

    MEASURED = "measured"
    """Read in the named publication (most often its abstract)."""
    COMPUTED = "computed"
    """From constants, formation data or a measured law."""
    RECALLED = "recalled"
    """Handbook knowledge that was not read again."""
    ASSUMED = "assumed"
    """The literature is silent or could not be read."""


_WORSE = tuple(Grade)


def worst(grades: Iterable[Grade]) -> Grade:
    return max(grades, key=_WORSE.index)


@dataclass(frozen=True, slots=True)
class Law:
    about: str
    says: str
    uncertainty: str
    grade: Grade
    source: str
    band_degc: tuple[float, float] | None = BAND_DEGC
    """None where temperature is no matter."""
    compositions: str = ""

    @property
    def made_for(self) -> str:
        """Outside this an answer counts as extrapolated."""
        band = "" if self.band_degc is None else f"{self.band_degc[0]:g}–{self.band_degc[1]:g} °C"
        return ", ".join(part for part in (band, self.compositions) if part)


_FORMATION = "standard formation data (oxides and fluorides after Konings, gases after JANAF)"
_SUBREGULAR = "Liao and others 2023, LiF–NdF3 system, RSC Advances (abstract), with handbook heats of fusion"
_NO_PUBLICATION = "no publication"

LAWS: Mapping[str, Law] = MappingProxyType(
    {
        "oxide routes": Law(
            "CO and CO2 potentials",
            "a + b·(T − 1273 K), unit activities",
            "±0.03 V",
            Grade.COMPUTED,
            f"{_FORMATION}; order of the routes: theoretical decomposition voltages of NdF3–LiF–Nd2O3, "
            "Chinese Rare Earths 2001 (abstract)",
        ),
        "fluoride routes": Law(
            "CF4 and C2F6 potentials", "a + b·(T − 1273 K), unit activities", "±0.06 V", Grade.COMPUTED, _FORMATION
        ),
        "oxygen route": Law("O2 potential, inert anode", "E(CO2) − ΔGf(CO2)/4F", "±0.03 V", Grade.COMPUTED, _FORMATION),
        "fluorine and mixed routes": Law(
            "F2 potential, inert anode, and COF2",
            "E(CF4) − ΔGf(CF4)/4F, and the mean of O2 and F2 + ΔGf(COF2)/4F",
            "±0.06 V",
            Grade.COMPUTED,
            _FORMATION,
        ),
        "oxide activity": Law(
            "dissolved oxide below saturation",
            "+ (RT/6F)·ln(1/a), a = C/C_sat",
            "a few mV",
            Grade.ASSUMED,
            _NO_PUBLICATION,
        ),
        "gas pressure": Law("gas away from 1 bar", "+ (RT/nF)·ν·ln p", "exact", Grade.COMPUTED, "Nernst's law"),
        "fluoride activity, unnamed bath": Law(
            "REF3 in LiF–REF3",
            "a = 0.2 (0.1–0.4), + (RT/3F)·ln(1/a) on fluoride routes",
            "±30 mV",
            Grade.ASSUMED,
            _NO_PUBLICATION,
        ),
        "fluoride activity, given bath": Law(
            "REF3 in LiF–(BaF2–)REF3",
            "sub-regular LiF–NdF3 against solid NdF3, the same for every rare earth",
            "±30 mV",
            Grade.ASSUMED,
            _SUBREGULAR,
        ),
        "iron cathode": Law(
            "metal taken up by iron",
            "−0.10 V on the cell (−0.05 to −0.15 V)",
            "±0.05 V",
            Grade.ASSUMED,
            _NO_PUBLICATION,
        ),
        "couple against LiF/Li": Law(
            "RE(III)/RE, pure fluorides",
            "E(LiF) − E(REF3); LiF(l) 5.29 V at 850 °C, −0.70 mV/K",
            "±0.06 V",
            Grade.COMPUTED,
            f"{_FORMATION}; slope of LiF from handbook entropies",
        ),
        "couple in dilute LiF–CaF2": Law(
            "RE(III)/RE, little REF3",
            "the same − 0.27 V; measured are La +0.08 V and Pr +0.15 V",
            "±0.03 V at 820–930 °C",
            Grade.ASSUMED,
            "electrochemical behaviour of LaF3 and PrF3 on inert and reactive electrodes in LiF–CaF2 (abstract)",
            (820.0, 930.0),
        ),
        "anode onsets": Law(
            "carbon in LiF–70 wt% NdF3, iR-free",
            "oxide 2.0, fluoride and anode effect 4.3, massive PFC 5.5 V against Li+/Li",
            "±0.2 V",
            Grade.MEASURED,
            "anode processes of a carbon electrode in LiF–70 % NdF3 (abstract)",
            (900.0, 1000.0),
        ),
        "onsets against the metal": Law(
            "the same against Nd(III)/Nd",
            "less 0.4 V: 1.6, 3.9, 5.1 V",
            "±0.2 V",
            Grade.COMPUTED,
            "couple against LiF/Li at an activity of NdF3 of about 0.2",
            (900.0, 1000.0),
        ),
        "liquidus LiF–NdF3": Law(
            "liquidus",
            "sub-regular solution, three terms; eutectic 731 °C at 31.4 mol%",
            "±15 K",
            Grade.COMPUTED,
            _SUBREGULAR,
            None,
            "0–70 mol% NdF3",
        ),
        "liquidus of other LiF–REF3": Law(
            "liquidus",
            "eutectic with straight branches, 7 K per mol% REF3",
            "±30 K",
            Grade.RECALLED,
            "handbook diagrams",
            None,
            "0–50 mol% REF3",
        ),
        "liquidus with BaF2": Law(
            "liquidus",
            "binary at x/(1 − x_Ba), − 4 K per mol% BaF2",
            "±30 K",
            Grade.ASSUMED,
            _NO_PUBLICATION,
            None,
            "0–15 mol% BaF2",
        ),
        "liquidus of mixed rare earths": Law(
            "liquidus",
            "binary systems averaged by mole fraction",
            "±30 K",
            Grade.ASSUMED,
            _NO_PUBLICATION,
            None,
            "0–50 mol% REF3",
        ),
        "density with NdF3": Law(
            "density",
            "molar volumes of LiF and NdF3, 2 % above their sum",
            "±4 %",
            Grade.ASSUMED,
            "handbook lines of the pure liquids; that their sum is exceeded: densities of LiF–MF3 (La, Nd, Gd) by "
            "maximum bubble pressure (abstract)",
        ),
        "density of other baths": Law(
            "density", "the same with the contraction of the series", "±6 %", Grade.ASSUMED, "handbook pure liquids"
        ),
        "conductivity of LiF–REF3": Law(
            "conductivity",
            "(6.9 − 5.3 x)·exp[−(16 kJ/mol)/R·(1/T − 1/1323)]·(1 − 0.03 wt% oxide); BaF2 −1.4 % per mol%, at most 15 %",
            "±20 %",
            Grade.ASSUMED,
            "no publication; agrees with the melt drop of a 6 kA cell (preprint 2024)",
            (800.0, 1100.0),
            "10–50 mol% REF3",
        ),
        "conductivity in LiF–CaF2 and LiF–NaF": Law(
            "conductivity",
            "points at 0, 10 and 15 mol% NdF3 in the eutectic, 850 °C; away from 850 °C by 16 kJ/mol (assumed)",
            "±5 %",
            Grade.MEASURED,
            "Krishnan and others, ionic conductivity of (LiF–CaF2)eut–NdF3 and (LiF–NaF)eut–NdF3 (abstract)",
            (849.0, 851.0),
            "0–15 mol% NdF3",
        ),
        "viscosity": Law(
            "viscosity",
            "4.2 mPa·s at 47.5 mol% and 1050 °C, exp(4.3 x), 30 kJ/mol",
            "factor 1.5",
            Grade.ASSUMED,
            "no publication; that REF3 raises it: viscosity of FLiNaK–LnF3 (abstract)",
            (850.0, 1100.0),
            "20–50 mol% REF3",
        ),
        "oxide solubility at 23 mol% NdF3": Law(
            "Nd2O3 solubility",
            "0.22 mol% at 900 °C, 35 kJ/mol",
            "±15 %",
            Grade.COMPUTED,
            "Stefanidaki, Photiadis and others 2002, oxide solubility and Raman spectra, Dalton (abstract)",
        ),
        "oxide solubility elsewhere": Law(
            "RE2O3 solubility",
            "the same × (x/0.23)^1.5; La, Ce × 1.25, Gd × 0.85, Dy × 0.75",
            "factor 1.5",
            Grade.ASSUMED,
            "trend: Guo and others 2014, rare-earth oxides in molten fluorides (abstract)",
            BAND_DEGC,
            "15–60 mol% REF3",
        ),
        "LiF vapour": Law(
            "vapour pressure",
            "133 Pa at 1047 °C, 224 kJ/mol, × activity of LiF",
            "factor 1.5",
            Grade.RECALLED,
            "handbook",
        ),
        "feed": Law(
            "charge and carbon of a feed", "oxygen per metal atom", "exact", Grade.COMPUTED, "stoichiometry", None
        ),
        "moisture": Law(
            "HF from water", "2 REF3 + 3 H2O → RE2O3 + 6 HF: 2.22 kg/kg", "exact", Grade.COMPUTED, "stoichiometry", None
        ),
        "route gate": Law(
            "elements that are refused",
            "Sm, Eu, Tm, Yb are made by lanthanothermic reduction",
            "",
            Grade.MEASURED,
            "Judge and Azimi 2017, JOM 69 (abstract); Britannica, rare-earth element",
            None,
        ),
    }
)


def markdown_table() -> str:
    """As it stands in ``docs/chemistry.md``."""
    lines = ["| law | about | what it says | trust | made for | grade | source |", "|---|---|---|---|---|---|---|"]
    for name, law in LAWS.items():
        cells = (name, law.about, law.says, law.uncertainty, law.made_for, law.grade, law.source)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
