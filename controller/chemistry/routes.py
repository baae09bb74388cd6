"""Reversible cell potentials of every anode route, at unit activity and away from it.

The four carbon routes are straight lines computed from standard formation data (oxides and fluorides after Konings,
gases after the JANAF tables); error about ±0.03 V with oxides, ±0.06 V with fluorides. The routes on an inert anode
(O2, F2) follow from them by taking the gas apart again, so that all routes tell one story:

    E(O2) = E(CO2) − ΔGf(CO2)/4F = E(CO) − ΔGf(CO)/2F        E(F2) = E(CF4) − ΔGf(CF4)/4F

A route is written per rare-earth charge; its activity terms follow from the moles in the equation and Nernst's law.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from controller.chemistry.constants import FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K
from controller.chemistry.errors import ChemistryError
from controller.chemistry.metals import Metal
from controller.chemistry.temperature import kelvin

_REFERENCE_K = 1273.15
ALLOY_SHIFT_V = -0.10
"""An iron cathode takes the metal up below unit activity; assumed, −0.05 to −0.15 V."""
ALLOY_SHIFT_RANGE_V = (-0.15, -0.05)


class Route(StrEnum):
    CO = "CO"
    CO2 = "CO2"
    CF4 = "CF4"
    C2F6 = "C2F6"
    COF2 = "COF2"
    O2 = "O2"
    F2 = "F2"


class Equation(NamedTuple):
    """Moles per electron; ``text`` is the reaction for a reader."""

    text: str
    oxide: float
    fluoride: float
    gas: float


EQUATIONS: Mapping[Route, Equation] = MappingProxyType(
    {
        Route.CO: Equation("RE2O3 + 3 C → 2 RE + 3 CO", 1 / 6, 0.0, 3 / 6),
        Route.CO2: Equation("RE2O3 + 1.5 C → 2 RE + 1.5 CO2", 1 / 6, 0.0, 1.5 / 6),
        Route.CF4: Equation("4 REF3 + 3 C → 4 RE + 3 CF4", 0.0, 4 / 12, 3 / 12),
        Route.C2F6: Equation("2 REF3 + 2 C → 2 RE + C2F6", 0.0, 2 / 6, 1 / 6),
        Route.COF2: Equation("RE2O3 + 2 REF3 + 3 C → 4 RE + 3 COF2", 1 / 12, 2 / 12, 3 / 12),
        Route.O2: Equation("RE2O3 → 2 RE + 1.5 O2 (inert anode)", 1 / 6, 0.0, 1.5 / 6),
        Route.F2: Equation("2 REF3 → 2 RE + 3 F2 (inert anode)", 0.0, 2 / 6, 3 / 6),
    }
)


class Line(NamedTuple):
    """a + b·(T − 1273.15 K)."""

    a: float
    b: float

    def at(self, temperature_k: float) -> float:
        return self.a + self.b * (temperature_k - _REFERENCE_K)


def _lines(*millivolts: tuple[float, float]) -> Mapping[Route, Line]:
    routes = (Route.CO, Route.CO2, Route.CF4, Route.C2F6)
    return MappingProxyType({route: Line(a, 1e-3 * b) for route, (a, b) in zip(routes, millivolts, strict=True)})


CARBON_ROUTES: Mapping[str, Mapping[Route, Line]] = MappingProxyType(
    {  # V and mV/K for CO, CO2, CF4, C2F6
        "La": _lines((1.314, -0.93), (1.448, -0.48), (2.886, -0.41), (3.102, -0.33)),
        "Ce": _lines((1.304, -0.96), (1.439, -0.51), (2.830, -0.45), (3.046, -0.37)),
        "Pr": _lines((1.328, -0.95), (1.462, -0.50), (2.825, -0.45), (3.041, -0.37)),
        "Nd": _lines((1.343, -0.93), (1.477, -0.48), (2.804, -0.44), (3.020, -0.35)),
        "Gd": _lines((1.353, -0.93), (1.487, -0.49), (2.861, -0.43), (3.077, -0.35)),
        "Dy": _lines((1.410, -0.94), (1.544, -0.49), (2.825, -0.43), (3.042, -0.35)),
    }
)

GAS_FORMATION_J_PER_MOL: Mapping[str, Line] = MappingProxyType(
    {
        "CO": Line(-223_667.0, -86.9),
        "CO2": Line(-395_579.0, -0.8),
        "CF4": Line(-741_000.0, 151.0),
        "COF2": Line(-570_100.0, 50.0),
    }
)
"""Gibbs energy of formation about 1273 K. CO and CO2: −226.0 and −395.6 kJ/mol at 1300 K, the values the lines above
were computed with (JANAF −226.5 and −396.2), slopes after JANAF. CF4 and COF2: such that neodymium's F2 and COF2
potentials at 850 and 1050 °C come out (4.85 and 4.68 V, 2.21 and 2.11 V)."""


def gas_formation_j_per_mol(gas: str, temperature_degc: float) -> float:
    """Of CO, CO2, CF4 or COF2. Raises KeyError for another gas."""
    return GAS_FORMATION_J_PER_MOL[gas].at(kelvin(temperature_degc))


def standard_potential_v(substance: Metal, route: Route, temperature_degc: float) -> float:
    """Oxide, fluoride and metal at unit activity, gas at 1 bar; mixtures by mole fraction; iron alloys shifted.

    Extrapolated outside 750–1100 °C. Raises ChemistryError outside 298.15–1700 K.
    """
    temperature_k = kelvin(temperature_degc)
    pure = sum(share * _element_v(symbol, route, temperature_k) for symbol, share in substance.shares)
    return pure + (ALLOY_SHIFT_V if substance.in_iron else 0.0)


def _element_v(symbol: str, route: Route, temperature_k: float) -> float:
    rows = CARBON_ROUTES[symbol]
    if route in rows:
        return rows[route].at(temperature_k)
    four_f = 4.0 * FARADAY_C_PER_MOL
    oxygen = rows[Route.CO2].at(temperature_k) - GAS_FORMATION_J_PER_MOL["CO2"].at(temperature_k) / four_f
    if route is Route.O2:
        return oxygen
    fluorine = rows[Route.CF4].at(temperature_k) - GAS_FORMATION_J_PER_MOL["CF4"].at(temperature_k) / four_f
    if route is Route.F2:
        return fluorine
    return 0.5 * (oxygen + fluorine) + GAS_FORMATION_J_PER_MOL["COF2"].at(temperature_k) / four_f


def activity_term_v(
    route: Route,
    temperature_degc: float,
    *,
    oxide_activity: float = 1.0,
    fluoride_activity: float = 1.0,
    gas_pressure_bar: float = 1.0,
) -> float:
    """Nernst's term: dilute oxide or fluoride raises the potential, thin gas lowers it.

    Raises ChemistryError for activities outside 0 < a ≤ 1 and pressures outside 1e-6–100 bar.
    """
    rt_over_f = GAS_CONSTANT_J_PER_MOL_K * kelvin(temperature_degc) / FARADAY_C_PER_MOL
    for name, value in (("oxide", oxide_activity), ("fluoride", fluoride_activity)):
        if not 1e-9 <= value <= 1.0:
            raise ChemistryError(f"{name} activity {value:g} is outside 1e-9–1 (1 = saturated, or the pure salt)")
    if not 1e-6 <= gas_pressure_bar <= 100.0:
        raise ChemistryError(f"gas pressure {gas_pressure_bar:g} bar is outside 1e-6–100 bar")
    equation = EQUATIONS[route]
    exponent = (
        equation.gas * math.log(gas_pressure_bar)
        - equation.oxide * math.log(oxide_activity)
        - equation.fluoride * math.log(fluoride_activity)
    )
    return rt_over_f * exponent
