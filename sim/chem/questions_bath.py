"""Properties of a bath, and what feeds and water do to it."""

from __future__ import annotations

from controller.chemistry.conductivity import (
    conductivity_is_extrapolated,
    conductivity_s_per_cm,
    measured_solvent,
)
from controller.chemistry.density import density_g_per_cm3
from controller.chemistry.errors import ChemistryError
from controller.chemistry.feeds import Feed, feed
from controller.chemistry.liquidus import lif_ndf3_activities, liquidus_is_extrapolated, melt_liquidus_degc
from controller.chemistry.melt import Melt, parse_melt
from controller.chemistry.metals import Metal, metal
from controller.chemistry.moisture import hf_kg, oxide_kg
from controller.chemistry.refused import gate
from controller.chemistry.solubility import (
    SOLUBILITY_FACTORS,
    TRIED_REF3,
    oxide_solubility_mol_pct,
    oxide_solubility_wt_pct,
)
from controller.chemistry.temperature import kelvin, outside
from controller.chemistry.vapour import LIF_ACTIVITY, lif_vapour_pressure_pa
from controller.chemistry.viscosity import viscosity_is_extrapolated, viscosity_mpa_s
from sim.chem.answer import Answer, Value, answer
from sim.chem.baths import freezing_note


def liquidus(bath_text: str) -> Answer:
    melt = parse_melt(bath_text)
    value = melt_liquidus_degc(melt)
    symbols = [symbol for symbol, _ in melt.rare_earths]
    laws = ["liquidus LiF–NdF3" if symbols in ([], ["Nd"]) else "liquidus of other LiF–REF3"]
    if len(symbols) > 1:
        laws.insert(0, "liquidus of mixed rare earths")
    if melt.fraction("BaF2"):
        laws.insert(0, "liquidus with BaF2")
    return answer(
        "liquidus",
        value,
        "degC",
        0,
        laws=laws,
        extrapolated=liquidus_is_extrapolated(melt),
        inputs=_bath(melt),
        notes=[f"run at least 30 K above it: {value + 30.0:.0f} °C"],
    )


def solubility(bath_text: str, oxide_name: str | None, temperature_degc: float, unit: str) -> Answer:
    melt, compound = _bath_and_oxide(bath_text, oxide_name)
    kelvin(temperature_degc)
    bath = melt.composition()
    factor = sum(share * SOLUBILITY_FACTORS[symbol] for symbol, share in compound.metal.shares)
    mol_pct = min(50.0, oxide_solubility_mol_pct(bath.ref3, temperature_degc, factor))
    wt_pct = oxide_solubility_wt_pct(bath, compound.sesquioxide_g_per_mol, temperature_degc, factor)
    as_measured = melt.rare_earths == (("Nd", 1.0),) and abs(bath.ref3 - 0.23) <= 0.005 and factor == 1.0
    law = "oxide solubility at 23 mol% NdF3" if as_measured else "oxide solubility elsewhere"
    sesquioxide = f"{compound.metal.name}2O3"
    notes = [*freezing_note(melt, temperature_degc), f"excess sinks as sludge, in time as {compound.metal.name}OF"]
    if not compound.is_sesquioxide:
        notes.insert(0, f"{compound.formula} dissolves as {sesquioxide}, of which this is the saturation")
    return answer(
        f"solubility of {sesquioxide}",
        mol_pct if unit == "mol%" else wt_pct,
        unit,
        2,
        laws=[law],
        extrapolated=outside(temperature_degc) or not TRIED_REF3[0] <= bath.ref3 <= TRIED_REF3[1],
        inputs={
            **_bath(melt),
            "temperature_degc": temperature_degc,
            "oxide": compound.formula,
            "wt_pct": wt_pct,
            "mol_pct": mol_pct,
        },
        notes=notes,
    )


def density(bath_text: str, temperature_degc: float) -> Answer:
    melt = parse_melt(bath_text)
    neodymium = melt.rare_earths == (("Nd", 1.0),) and not melt.others("LiF", "BaF2")
    return answer(
        "density",
        density_g_per_cm3(melt, temperature_degc),
        "g/cm3",
        2,
        laws=["density with NdF3" if neodymium else "density of other baths"],
        extrapolated=outside(temperature_degc),
        inputs={**_bath(melt), "temperature_degc": temperature_degc},
        notes=freezing_note(melt, temperature_degc),
    )


def conductivity(bath_text: str, temperature_degc: float, oxide_wt_pct: float) -> Answer:
    melt = parse_melt(bath_text)
    solvent = measured_solvent(melt)
    extrapolated = conductivity_is_extrapolated(melt, temperature_degc)
    laws = ["conductivity in LiF–CaF2 and LiF–NaF"] if solvent else ["conductivity of LiF–REF3"]
    if solvent and (extrapolated or oxide_wt_pct):
        laws.append("conductivity of LiF–REF3")
    return answer(
        "conductivity",
        conductivity_s_per_cm(melt, temperature_degc, oxide_wt_pct),
        "S/cm",
        2,
        laws=laws,
        extrapolated=extrapolated,
        inputs={**_bath(melt), "temperature_degc": temperature_degc, "oxide_wt_pct": oxide_wt_pct},
        notes=[*freezing_note(melt, temperature_degc), "of the clear melt: × (1 − gas share)^1.5 where bubbles rise"],
    )


def viscosity(bath_text: str, temperature_degc: float) -> Answer:
    melt = parse_melt(bath_text)
    return answer(
        "viscosity",
        viscosity_mpa_s(melt, temperature_degc),
        "mPa.s",
        1,
        laws=["viscosity"],
        extrapolated=viscosity_is_extrapolated(melt, temperature_degc),
        inputs={**_bath(melt), "temperature_degc": temperature_degc},
        notes=freezing_note(melt, temperature_degc),
    )


def vapour(bath_text: str | None, temperature_degc: float) -> Answer:
    """LiF over a bath: its activity from the sub-regular law where a bath is given."""
    temperature_k = kelvin(temperature_degc)
    laws = ["LiF vapour"]
    inputs: dict[str, Value] = {"temperature_degc": temperature_degc}
    notes: tuple[str, ...] = ()
    activity = LIF_ACTIVITY
    if bath_text is not None:
        melt = parse_melt(bath_text)
        bath = melt.composition()
        if not bath.lif:
            raise ChemistryError(f"bath {bath_text!r} holds no LiF to evaporate")
        activity = lif_ndf3_activities(bath.ref3 / (1.0 - bath.baf2), temperature_k)[0] * (1.0 - bath.baf2)
        inputs |= _bath(melt)
        laws.append("fluoride activity, given bath")
        notes = freezing_note(melt, temperature_degc)
    return answer(
        "vapour pressure of LiF over the bath",
        lif_vapour_pressure_pa(temperature_degc, activity),
        "Pa",
        1,
        laws=laws,
        extrapolated=outside(temperature_degc),
        inputs={**inputs, "lif_activity": activity},
        notes=notes,
    )


def charge_of_feed(formula: str) -> Answer:
    compound = feed(formula)
    return answer(
        f"charge and carbon per kg of metal with {compound.formula}, against {compound.metal.name}2O3",
        compound.charge_factor,
        "",
        3,
        laws=["feed"],
        extrapolated=False,
        inputs={
            "feed": compound.formula,
            "electrons_per_atom": compound.electrons_per_atom,
            "feed_kg_per_kg_metal": compound.feed_kg_per_kg_metal,
            "dissolved_oxide_kg_per_kg_feed": compound.dissolved_kg_per_kg_feed,
            "metal_g_per_ah": compound.metal_g_per_ah,
        },
        notes=["at one and the same split of the charge between CO and CO2"],
    )


def hydrogen_fluoride(water_kg: float, oxide_name: str) -> Answer:
    if not 0.0 <= water_kg <= 1e6:
        raise ChemistryError(f"water {water_kg:g} kg is outside 0–1e6 kg")
    compound = feed(oxide_name)
    return answer(
        "hydrogen fluoride from water in the bath",
        hf_kg(water_kg),
        "kg",
        3,
        laws=["moisture"],
        extrapolated=False,
        inputs={
            "water_kg": water_kg,
            "oxide": compound.formula,
            "oxide_formed_kg": oxide_kg(water_kg, compound.sesquioxide_g_per_mol),
            "reaction": "2 REF3 + 3 H2O → RE2O3 + 6 HF",
        },
        notes=["where all the water reacts; part of it leaves as steam"],
    )


def refused(name: str) -> Answer:
    reason = gate(name)
    if reason is None:
        metal(name)  # an unknown word is a mistake, not a product that passes
    return answer(
        f"{name} is refused as a product",
        reason is not None,
        "",
        0,
        laws=["route gate"],
        extrapolated=False,
        inputs={"product": name},
        notes=[reason] if reason else [],
    )


def _bath_and_oxide(bath_text: str, oxide_name: str | None) -> tuple[Melt, Feed]:
    melt = parse_melt(bath_text)
    if oxide_name is not None:
        return melt, feed(oxide_name)
    if not melt.rare_earths:
        raise ChemistryError(
            f"bath {bath_text!r} holds no rare earth; say which oxide with --oxide, e.g. --oxide Nd2O3"
        )
    if len(melt.rare_earths) == 1:
        return melt, feed(f"{melt.rare_earths[0][0]}2O3")
    name = "".join(symbol for symbol, _ in melt.rare_earths)
    return melt, Feed(f"({name})2O3", Metal(f"({name})", melt.rare_earths), 2.0, 3.0)


def _bath(melt: Melt) -> dict[str, Value]:
    return {"bath_mol": melt.text("mol"), "bath_wt": melt.text("wt")}
