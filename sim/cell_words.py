"""The words of ``didymium sim`` that ask the simulated cell itself: list, probe, validate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sim.probe.panels import DEFAULT_PANELS, PANELS

CELL_WORDS = ("list", "probe", "validate")


def configure_cell_words(words: Any) -> None:
    _configure_list(words)
    _configure_probe(words)
    _configure_validate(words)


def run_cell_word(args: argparse.Namespace) -> int:
    # each pulls in the physics, which `didymium --help` can do without
    if args.sim_command == "list":
        from sim.listing.list_command import run_list  # noqa: PLC0415

        return run_list(args)
    if args.sim_command == "probe":
        from sim.probe.probe_command import run_probe  # noqa: PLC0415

        return run_probe(args)
    from sim.validate.validate_command import run_validate  # noqa: PLC0415

    return run_validate(args)


def _configure_list(words: Any) -> None:
    parser = words.add_parser(
        "list",
        help="show cells, and parameters with unit, value, range, grade and source",
        epilog="Example: didymium sim list parameters nd_6ka. `page` prints docs/physics.md.",
    )
    parser.add_argument("what", nargs="?", metavar="cells|parameters|page", help="default: cells")
    parser.add_argument("cell", nargs="?", metavar="CELL", help="values in this cell instead of defaults")
    parser.add_argument("--json", action="store_true")


def _configure_probe(words: Any) -> None:
    parser = words.add_parser(
        "probe",
        help="run one simulated cell open loop and print everything that is true of it",
        epilog="Example: didymium sim probe nd_6ka --hold temperature --hours 8. "
        "Example: didymium sim probe prnd_25ka --hours 4 --at 1 current=0 --at 1.5 current=25000. "
        "`didymium sim list parameters` shows what can be set, and what at a later hour.",
    )
    configure_arguments(parser)


def configure_arguments(parser: argparse.ArgumentParser) -> None:
    """Of ``probe``."""
    parser.add_argument("cell", metavar="CELL", help="a shipped cell by name, or a cell file (.toml)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        help="a parameter or an initial value, see `didymium sim list parameters`; may be given more than once",
    )
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        nargs=2,
        metavar=("HOURS", "PATH=VALUE"),
        help="the same at a later hour",
    )
    parser.add_argument(
        "--hold",
        choices=("temperature", "none"),
        default="none",
        help="an ideal heater and cooler holds the bath, its power is printed; or a free temperature (default)",
    )
    parser.add_argument(
        "--feed", metavar="WT_PCT", help="dissolved oxide fed to, or none; default the cell's own target"
    )
    parser.add_argument(
        "--service",
        choices=("on", "off"),
        default="on",
        help="people change anodes, tap and make up salt (default on)",
    )
    parser.add_argument("--hours", type=float, required=True, metavar="H")
    parser.add_argument("--every", type=float, metavar="S", help="seconds between samples; default: 60 samples in all")
    parser.add_argument("--step", type=float, default=1.0, metavar="S", help="step of the integration (default 1)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="order of the anodes' ages (default 0)")
    parser.add_argument("--json", action="store_true", help="every sample with every truth")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw a picture; needs matplotlib")
    parser.add_argument(
        "--panels",
        default=",".join(DEFAULT_PANELS),
        metavar="NAMES",
        help=f"of the picture, with commas: {', '.join(PANELS)}",
    )


def _configure_validate(words: Any) -> None:
    parser = words.add_parser(
        "validate",
        help="compute the reference points R1–R25 and compare them with their targets",
        description="One default set of parameters serves all points. Points that only follow from an assumed law are "
        "called consistency and counted apart. Exit code 1 where a reference point fails.",
        epilog="Example: didymium sim validate --json",
    )
    parser.add_argument("--json", action="store_true")
