"""From the words of the command line to the question they ask."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from sim.chem import questions_bath, questions_potential
from sim.chem.answer import Answer
from sim.chem.questions_potential import route_named


def ask(args: argparse.Namespace) -> Answer:
    """Raises ChemistryError where there is no answer."""
    return _QUESTIONS[args.chem_word](args)


def _potential(args: argparse.Namespace) -> Answer:
    return questions_potential.potential(
        args.metal,
        route_named(args.route),
        args.at,
        scale=args.scale,
        bath=args.bath,
        oxide_activity=args.oxide_activity,
        fluoride_activity=args.fluoride_activity,
        gas_pressure_bar=args.gas_bar,
    )


def _decomposition(args: argparse.Namespace) -> Answer:
    route = None if args.route is None else route_named(args.route)
    return questions_potential.decomposition(args.oxide, route, args.at)


def _couple(args: argparse.Namespace) -> Answer:
    return questions_potential.couple(args.metal, args.at, bath=args.bath, fluoride_activity=args.fluoride_activity)


_QUESTIONS: Mapping[str, Callable[[argparse.Namespace], Answer]] = {
    "potential": _potential,
    "decomposition": _decomposition,
    "couple": _couple,
    "onset": lambda args: questions_potential.onset(args.event, scale=args.scale, temperature_degc=args.at),
    "liquidus": lambda args: questions_bath.liquidus(args.bath),
    "solubility": lambda args: questions_bath.solubility(args.bath, args.oxide, args.at, args.unit),
    "density": lambda args: questions_bath.density(args.bath, args.at),
    "conductivity": lambda args: questions_bath.conductivity(args.bath, args.at, args.oxide_wt),
    "viscosity": lambda args: questions_bath.viscosity(args.bath, args.at),
    "vapour": lambda args: questions_bath.vapour(args.bath, args.at),
    "feed": lambda args: questions_bath.charge_of_feed(args.oxide),
    "hf": lambda args: questions_bath.hydrogen_fluoride(args.water_kg, args.oxide),
    "refused": lambda args: questions_bath.refused(args.product),
}
