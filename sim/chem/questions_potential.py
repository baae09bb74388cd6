"""Potentials: of a cell, of an oxide taken apart, of a couple, of an anode."""

from __future__ import annotations

from controller.chemistry.couples import (
    ANODE_ONSET_BAND_DEGC,
    ANODE_ONSET_LITHIUM_SCALE_V,
    MEASURED_IN_DILUTE_LIF_CAF2_V,
    anode_onset_v,
    standard_couple_v,
)
from controller.chemistry.errors import ChemistryError, near_matches
from controller.chemistry.feeds import feed
from controller.chemistry.laws import LAWS
from controller.chemistry.metals import Metal, metal
from controller.chemistry.refused import gate
from controller.chemistry.routes import EQUATIONS, Equation, Route, activity_term_v, standard_potential_v
from controller.chemistry.temperature import BAND_DEGC, kelvin, outside
from sim.chem.answer import Answer, answer
from sim.chem.baths import DILUTE, bath_of_couple

_LAW_OF_ROUTE = {
    Route.CO: "oxide routes",
    Route.CO2: "oxide routes",
    Route.CF4: "fluoride routes",
    Route.C2F6: "fluoride routes",
    Route.COF2: "fluorine and mixed routes",
    Route.O2: "oxygen route",
    Route.F2: "fluorine and mixed routes",
}


def route_named(text: str) -> Route:
    for route in Route:
        if route.lower() == text.strip().lower():
            return route
    raise ChemistryError(f"no route {text!r}: {near_matches(text, [route.value for route in Route])}")


def potential(
    metal_name: str,
    route: Route,
    temperature_degc: float,
    *,
    scale: str,
    bath: str,
    oxide_activity: float | None,
    fluoride_activity: float | None,
    gas_pressure_bar: float,
) -> Answer:
    """Reversible cell potential against the metal; on the lithium scale, that of the anode."""
    substance = metal(metal_name)
    equation = EQUATIONS[route]
    if oxide_activity is not None and not equation.oxide:
        raise ChemistryError(f"no oxide takes part in the {route} route; leave out --oxide-activity")
    if fluoride_activity is not None and not equation.fluoride and scale == "metal":
        raise ChemistryError(
            f"no fluoride takes part in the {route} route against the metal; leave out --fluoride-activity"
        )
    cathode = bath_of_couple(bath, substance, temperature_degc, fluoride_activity)
    shift = cathode.couple_v - standard_couple_v(substance, temperature_degc)
    # A couple shifted by its fluoride's activity shifts the fluoride routes the other way, per electron.
    value = (
        standard_potential_v(substance, route, temperature_degc)
        + activity_term_v(
            route,
            temperature_degc,
            oxide_activity=1.0 if oxide_activity is None else oxide_activity,
            gas_pressure_bar=gas_pressure_bar,
        )
        - 3.0 * equation.fluoride * shift
    )
    laws = [_LAW_OF_ROUTE[route]]
    if scale == "li":
        value += cathode.couple_v
        laws.append("couple against LiF/Li")
    if scale == "li" or equation.fluoride:
        laws += cathode.laws
    return answer(
        f"reversible {'anode' if scale == 'li' else 'cell'} potential, {substance.name}, {route} route",
        value,
        "V against Li+/Li" if scale == "li" else "V",
        3,
        laws=[*laws, *_iron(substance)],
        extrapolated=outside(temperature_degc),
        inputs={
            "metal": substance.name,
            "route": route.value,
            "reaction": _reaction(equation, substance),
            "temperature_degc": temperature_degc,
            "scale": scale,
            "bath": cathode.text,
            "oxide_activity": (1.0 if oxide_activity is None else oxide_activity) if equation.oxide else None,
            "fluoride_activity": cathode.fluoride_activity if equation.fluoride or scale == "li" else None,
            "gas_bar": gas_pressure_bar,
        },
        notes=[
            *(["that the activity of oxide is its share of saturation is assumed"] if oxide_activity else []),
            *cathode.notes,
            *_notes(substance),
        ],
    )


def decomposition(oxide_name: str, route: Route | None, temperature_degc: float) -> Answer:
    """Decomposition voltage of a pure oxide or fluoride; without a route on an inert anode."""
    fluoride = oxide_name.strip().lower().endswith("f3")
    if fluoride:
        substance, formula = metal(oxide_name.strip()[:-2]), oxide_name.strip()
        formula = f"{substance.name}F3"
    else:
        compound = feed(oxide_name)
        substance, formula = compound.metal, compound.formula
        if not compound.is_sesquioxide:
            raise ChemistryError(
                f"no formation data of {formula} here: it dissolves as {substance.name}2O3, ask for that one; "
                f"what its oxygen costs says `didymium sim chem feed {formula}`"
            )
    chosen = route or (Route.F2 if fluoride else Route.O2)
    equation = EQUATIONS[chosen]
    if not (equation.fluoride if fluoride else equation.oxide):
        fitting = [
            route.value for route in Route if (EQUATIONS[route].fluoride if fluoride else EQUATIONS[route].oxide)
        ]
        raise ChemistryError(f"{formula} is not decomposed on the {chosen} route; it takes {', '.join(fitting)}")
    return answer(
        f"decomposition voltage of {formula}, {chosen} route",
        standard_potential_v(substance, chosen, temperature_degc),
        "V",
        3,
        laws=[_LAW_OF_ROUTE[chosen]],
        extrapolated=outside(temperature_degc),
        inputs={
            "compound": formula,
            "route": chosen.value,
            "reaction": _reaction(equation, substance),
            "temperature_degc": temperature_degc,
        },
        notes=_notes(substance),
    )


def couple(metal_name: str, temperature_degc: float, *, bath: str, fluoride_activity: float | None) -> Answer:
    """RE(III)/RE against LiF/Li: how far from lithium the metal deposits."""
    substance = metal(metal_name)
    where = bath_of_couple(bath, substance, temperature_degc, fluoride_activity)
    notes = [*where.notes, *_notes(substance)]
    dilute = where.text == DILUTE
    if dilute and substance.name in MEASURED_IN_DILUTE_LIF_CAF2_V:
        notes.append(f"measured: {MEASURED_IN_DILUTE_LIF_CAF2_V[substance.name]:+.2f} V at 820–930 °C")
    notes.append("this is the margin against lithium depositing along; a starved cathode has less")
    main = "couple in dilute LiF–CaF2" if dilute else "couple against LiF/Li"
    return answer(
        f"cathode potential of {substance.name.removesuffix('Fe')}(III)/{substance.name}",
        where.couple_v,
        "V against Li+/Li",
        3,
        laws=[main, *where.laws, *_iron(substance)],
        extrapolated=outside(temperature_degc, LAWS[main].band_degc or BAND_DEGC),
        inputs={
            "metal": substance.name,
            "temperature_degc": temperature_degc,
            "scale": "li",
            "bath": where.text,
            "fluoride_activity": where.fluoride_activity,
        },
        notes=notes,
    )


def onset(event: str, *, scale: str, temperature_degc: float | None) -> Answer:
    """Where something begins on a carbon anode, as measured: no law of temperature is known."""
    known = next((name for name in ANODE_ONSET_LITHIUM_SCALE_V if name == event.strip().lower()), None)
    if known is None:
        raise ChemistryError(f"no anode event {event!r}: {near_matches(event, ANODE_ONSET_LITHIUM_SCALE_V)}")
    if temperature_degc is not None:
        kelvin(temperature_degc)
    laws = ["anode onsets"] if scale == "li" else ["onsets against the metal", "anode onsets"]
    return answer(
        f"anode potential at which {known.replace('-', ' ')} begins, iR-free",
        anode_onset_v(known, against_lithium=scale == "li"),
        "V against Li+/Li" if scale == "li" else "V",
        1,
        laws=laws,
        extrapolated=temperature_degc is not None and outside(temperature_degc, ANODE_ONSET_BAND_DEGC),
        inputs={"event": known, "scale": scale, "temperature_degc": temperature_degc, "bath": "LiF–70 wt% NdF3"},
        notes=["at 4.3 V against Li+/Li the current collapses: the anode effect"] if known.startswith("fluor") else [],
    )


def _reaction(equation: Equation, substance: Metal) -> str:
    return equation.text.replace("RE", substance.shares[0][0]) if len(substance.shares) == 1 else equation.text


def _iron(substance: Metal) -> tuple[str, ...]:
    return ("iron cathode",) if substance.in_iron else ()


def _notes(substance: Metal) -> list[str]:
    if len(substance.shares) > 1:
        shares = ", ".join(f"{symbol} {100.0 * share:.1f}" for symbol, share in substance.shares)
        return [f"mole-fraction mean of {shares} mol%"]
    if not substance.in_iron and (reason := gate(substance.name)) is not None:
        return [reason]
    return []
