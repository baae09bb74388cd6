"""The bath a potential is asked in: unit activities, one of two named baths, or a composition."""

from __future__ import annotations

from typing import NamedTuple

from controller.chemistry.couples import REF3_ACTIVITY, couple_in_dilute_lif_caf2_v, couple_v
from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.liquidus import HIGHEST_BAF2, lif_ndf3_activities, melt_liquidus_degc
from controller.chemistry.melt import EXAMPLE, Melt, parse_melt
from controller.chemistry.metals import Metal
from controller.chemistry.temperature import kelvin

UNIT = "unit"
LIF_REF3 = "LiF-REF3"
DILUTE = "dilute-LiF-CaF2"
NAMED = (UNIT, LIF_REF3, DILUTE)


class BathOfCouple(NamedTuple):
    """What a bath does to the couple of a metal: E = ``couple_v`` against LiF/Li."""

    text: str
    couple_v: float
    fluoride_activity: float | None
    """None where only the shift of the couple is known."""
    laws: tuple[str, ...]
    notes: tuple[str, ...]


def bath_of_couple(
    text: str, substance: Metal, temperature_degc: float, fluoride_activity: float | None
) -> BathOfCouple:
    """``fluoride_activity`` overrules the bath. Raises ChemistryError for a bath without the metal's fluoride."""
    if fluoride_activity is not None:
        value = couple_v(substance, temperature_degc, fluoride_activity)
        return BathOfCouple(text, value, fluoride_activity, (), ())
    named = next((name for name in NAMED if name.lower() == text.strip().replace("–", "-").lower()), None)
    if named is None and "%" not in text and len(text.split()) < 2:
        raise ChemistryError(f"no bath {text!r}: {near_matches(text, NAMED)} A composition would do: {EXAMPLE}")
    if named == DILUTE:
        value = couple_in_dilute_lif_caf2_v(substance, temperature_degc)
        return BathOfCouple(DILUTE, value, None, ("couple in dilute LiF–CaF2",), ())
    if named == LIF_REF3:
        value = couple_v(substance, temperature_degc, REF3_ACTIVITY)
        return BathOfCouple(LIF_REF3, value, REF3_ACTIVITY, ("fluoride activity, unnamed bath",), ())
    if named == UNIT:
        return BathOfCouple(UNIT, couple_v(substance, temperature_degc, 1.0), 1.0, (), ())
    return _composition(text, substance, temperature_degc)


def _composition(text: str, substance: Metal, temperature_degc: float) -> BathOfCouple:
    melt = parse_melt(text)
    if strangers := melt.others("LiF", "BaF2"):
        raise ChemistryError(
            f"no activities with {' and '.join(strangers)} here; for little rare-earth fluoride in LiF–CaF2 "
            f"say --bath {DILUTE}, for another bath give --fluoride-activity"
        )
    missing = [f"{symbol}F3" for symbol, _ in substance.shares if not melt.fraction(f"{symbol}F3")]
    if missing:
        raise ChemistryError(f"bath {text!r} holds no {' and no '.join(missing)} for {substance.name} to come from")
    ndf3 = min(1.0, melt.ref3 / (1.0 - melt.fraction("BaF2")))
    activity = lif_ndf3_activities(ndf3, kelvin(temperature_degc))[1]
    return BathOfCouple(
        melt.text(),
        couple_v(substance, temperature_degc, activity),
        activity,
        ("fluoride activity, given bath",),
        freezing_note(melt, temperature_degc),
    )


def freezing_note(melt: Melt, temperature_degc: float) -> tuple[str, ...]:
    """A word of warning below the liquidus, where the answer is that of a supercooled melt."""
    if melt.others("LiF", "BaF2") or melt.fraction("BaF2") > HIGHEST_BAF2:
        return ()
    liquidus = melt_liquidus_degc(melt)
    if temperature_degc >= liquidus:
        return ()
    return (f"below the liquidus of this bath ({liquidus:.0f} °C): it would be partly frozen",)
