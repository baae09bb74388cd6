"""``didymium sim chem``: questions of chemistry that need no cell."""

from __future__ import annotations

import argparse
import math
import re
import sys
from types import MethodType
from typing import NoReturn

from controller.chemistry.constants import ZERO_CELSIUS_K
from controller.chemistry.errors import ChemistryError

_EPILOG = """\
examples:
  didymium sim chem potential Nd --route CO2 --at 1050
  didymium sim chem potential Nd --route CO2 --at 1050 --oxide-activity 0.3
  didymium sim chem potential Nd --route CF4 --at 1050 --bath LiF-REF3 --scale li
  didymium sim chem decomposition Nd2O3 --at 1323.15K
  didymium sim chem couple La --bath dilute-LiF-CaF2 --at 850
  didymium sim chem onset fluoride-discharge --scale li
  didymium sim chem liquidus "LiF 52.5 NdF3 47.5 mol%"
  didymium sim chem solubility "NdF3 87.5 LiF 12.5 wt%" --at 1050
  didymium sim chem conductivity "(LiF-CaF2)eut 90 NdF3 10 mol%" --at 850
  didymium sim chem refused Sm

A bath is salts and shares that sum to 100, in mol% or wt%. Temperatures are in °C, or in kelvin with K behind the
number. Every answer says its grade (measured, computed, recalled, assumed), its source, and whether it is extrapolated:
outside 750–1100 °C most are. Above 1700 K there is no answer. --json prints one object. Exit code 2: no answer, with
the reason in one line.
"""


class _OneLineParser(argparse.ArgumentParser):
    """A mistake is one line and the way out, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        _one_line_error(self, message)


def _one_line_error(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    parser.exit(2, f"{parser.prog}: {message}; see `{parser.prog} --help`\n")


def configure_chem(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chem = subparsers.add_parser(
        "chem",
        help="potentials, liquidus, solubility and other chemistry that needs no cell",
        description="Answers questions of chemistry that need no cell, with grade and source.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # The parser above was made by its parent's class; it answers in one line like those below it.
    chem.error = MethodType(_one_line_error, chem)  # type: ignore[method-assign]
    words = chem.add_subparsers(dest="chem_word", metavar="QUESTION", required=True, parser_class=_OneLineParser)
    _configure_potentials(words)
    _configure_baths(words)

    word = _word(words, "feed", "charge and carbon an oxide costs against RE2O3", "feed CeO2")
    word.add_argument("oxide", metavar="OXIDE", help="RE2O3, CeO2 or Pr6O11")
    word = _word(words, "hf", "hydrogen fluoride from water that reaches the bath", "hf 0.21 --oxide Nd2O3")
    word.add_argument("water_kg", metavar="WATER_KG", type=_number)
    word.add_argument("--oxide", metavar="OXIDE", default="Nd2O3", help="what is formed (default Nd2O3)")
    word = _word(words, "refused", "whether an element is refused as a product, and what makes it", "refused Sm")
    word.add_argument("product", metavar="ELEMENT")
    words.add_parser(
        "laws",
        help="every law with grade, source and range, as a Markdown table",
        epilog="Example: didymium sim chem laws",
    )


def _configure_potentials(words: argparse._SubParsersAction[_OneLineParser]) -> None:
    word = _word(
        words,
        "potential",
        "reversible potential of a cell, or of its anode on the Li+/Li scale",
        "potential Nd --route CO2 --at 1050",
        "potential PrNd --route CO --at 1050 --oxide-activity 0.3 --gas-bar 0.5",
        'potential Nd --route CF4 --at 1050 --scale li --bath "LiF 52.5 NdF3 47.5 mol%"',
    )
    word.add_argument("metal", metavar="METAL", help="La Ce Pr Nd PrNd mischmetal Gd Dy, NdFe PrFe GdFe DyFe")
    word.add_argument("--route", metavar="ROUTE", required=True, help="CO CO2 CF4 C2F6 COF2, O2 or F2 (inert anode)")
    _at(word)
    word.add_argument("--scale", choices=("metal", "li"), default="metal", help="against the metal (default) or Li+/Li")
    _couple_bath(word, "unit")
    word.add_argument("--oxide-activity", metavar="A", type=_number, help="dissolved oxide over saturation (default 1)")
    word.add_argument("--gas-bar", metavar="P", type=_number, default=1.0, help="pressure of the gas (default 1 bar)")

    word = _word(
        words,
        "decomposition",
        "decomposition voltage of a pure oxide or fluoride",
        "decomposition Nd2O3 --at 1050",
        "decomposition Nd2O3 --at 1050 --route CO2",
        "decomposition NdF3 --at 1050",
    )
    word.add_argument("oxide", metavar="COMPOUND", help="RE2O3 or REF3")
    word.add_argument("--route", metavar="ROUTE", help="default O2 (an oxide) or F2 (a fluoride), on an inert anode")
    _at(word)

    word = _word(
        words,
        "couple",
        "cathode potential of a metal against Li+/Li",
        "couple La --bath dilute-LiF-CaF2 --at 850",
        'couple Nd --at 1050 --bath "LiF 52.5 NdF3 47.5 mol%"',
    )
    word.add_argument("metal", metavar="METAL")
    _at(word)
    _couple_bath(word, "LiF-REF3")

    word = _word(
        words,
        "onset",
        "anode potential at which something begins on carbon, measured in LiF–70 wt% NdF3",
        "onset fluoride-discharge",
        "onset massive-pfc --scale li",
    )
    word.add_argument("event", metavar="EVENT", help="oxide-discharge, fluoride-discharge (anode effect), massive-pfc")
    word.add_argument("--scale", choices=("metal", "li"), default="metal", help="against Nd (default) or Li+/Li")
    _at(word, required=False)


def _configure_baths(words: argparse._SubParsersAction[_OneLineParser]) -> None:
    usual = '"LiF 52.5 NdF3 47.5 mol%"'
    word = _word(words, "liquidus", "where a bath begins to freeze", f"liquidus {usual}")
    _bath(word)
    word = _word(
        words,
        "solubility",
        "how much oxide a bath holds",
        f"solubility {usual} --at 1050",
        'solubility "LiF 77 NdF3 23 mol%" --at 900 --oxide Nd2O3 --unit mol%',
    )
    _bath(word)
    _at(word)
    word.add_argument("--oxide", metavar="OXIDE", help="default: the oxide of the bath's own rare earths")
    word.add_argument("--unit", choices=("wt%", "mol%"), default="wt%", help="default wt%%")
    for name, text in (("density", "density of a bath"), ("viscosity", "viscosity of a bath")):
        word = _word(words, name, text, f"{name} {usual} --at 1050")
        _bath(word)
        _at(word)
    word = _word(
        words,
        "conductivity",
        "electrical conductivity of a bath without gas",
        f"conductivity {usual} --at 1050 --oxide-wt 2",
        'conductivity "(LiF-CaF2)eut 90 NdF3 10 mol%" --at 850',
    )
    _bath(word)
    _at(word)
    word.add_argument("--oxide-wt", metavar="WT_PCT", type=_number, default=0.0, help="dissolved oxide (default 0)")
    word = _word(words, "vapour", "vapour pressure of LiF over a bath", f"vapour {usual} --at 1050", "vapour --at 1050")
    word.add_argument("bath", metavar="BATH", nargs="?", help="default: a bath in which LiF has an activity of 0.4")
    _at(word)


def run_chem(args: argparse.Namespace) -> int:
    """0: answered. 2: no answer, the reason stands on stderr."""
    if args.chem_word == "laws":
        from controller.chemistry.laws import markdown_table  # noqa: PLC0415 - keeps `didymium --help` quick

        print(markdown_table())
        return 0
    from sim.chem.ask import ask  # noqa: PLC0415

    try:
        found = ask(args)
    except ChemistryError as error:
        print(f"didymium sim chem: {error}", file=sys.stderr)
        return 2
    print(found.as_json() if args.json else found.as_text())
    return 0


def _word(
    words: argparse._SubParsersAction[_OneLineParser], name: str, text: str, *examples: str
) -> argparse.ArgumentParser:
    word = words.add_parser(
        name,
        help=text.replace("%", "%%"),
        description=text[0].upper() + text[1:] + ".",
        epilog="examples:\n" + "\n".join(f"  didymium sim chem {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    word.add_argument("--json", action="store_true", help="print one JSON object")
    return word


def _bath(word: argparse.ArgumentParser) -> None:
    word.add_argument("bath", metavar="BATH", help='e.g. "LiF 52.5 NdF3 47.5 mol%%" or "NdF3 87.5 LiF 12.5 wt%%"')


def _at(word: argparse.ArgumentParser, *, required: bool = True) -> None:
    word.add_argument(
        "--at", metavar="T", type=temperature_degc, required=required, help="temperature in °C, or 1323.15K"
    )


def _couple_bath(word: argparse.ArgumentParser, default: str) -> None:
    word.add_argument(
        "--bath",
        metavar="BATH",
        default=default,
        help=f"unit, LiF-REF3, dilute-LiF-CaF2 or a composition (default {default}: "
        + ("everything at unit activity)" if default == "unit" else "activity of REF3 about 0.2)"),
    )
    word.add_argument("--fluoride-activity", metavar="A", type=_number, help="of REF3, in place of what the bath gives")


def temperature_degc(text: str) -> float:
    """``1050``, ``1050C``, ``1050 °C`` or ``1323.15K``. Whether chemistry answers there is asked later."""
    match = re.fullmatch(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(°?c|degc|k)?\s*", text, re.IGNORECASE)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a temperature; write 1050 (°C) or 1323.15K")
    value = float(match[1])
    return value - ZERO_CELSIUS_K if (match[2] or "").lower() == "k" else value


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value
