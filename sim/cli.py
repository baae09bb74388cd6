"""``didymium sim``: simulated devices of a plant file and their faults; cell and chemistry to be asked."""

from __future__ import annotations

import argparse
import sys

from sim.cell_words import CELL_WORDS, configure_cell_words, run_cell_word
from sim.chem.cli import configure_chem, run_chem


class SimCommand:
    name = "sim"
    help = "simulate the devices of a plant file on real sockets and serial ports"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = "Example: didymium sim serve config/plants/lab.toml"
        words = parser.add_subparsers(dest="sim_command", metavar="COMMAND", required=True)
        serve = words.add_parser(
            "serve",
            help="run every device of a plant file at its link, until Ctrl-C",
            epilog="Example: didymium sim serve config/plants/demo.toml --fault silence:ce1/rectifier:10:30. "
            "While it runs, a line `fault NAME[=SIZE] CELL[/DEVICE] SECONDS` on standard input makes something go "
            "wrong: `didymium sim faults` shows what.",
        )
        serve.add_argument("plant", metavar="PLANT", help="plant file (TOML)")
        serve.add_argument("--seed", type=int, default=1, metavar="N", help="same seed, same noise (default 1)")
        serve.add_argument(
            "--speed",
            type=float,
            default=1.0,
            metavar="X",
            help="cell, devices and wire run X times faster, at most 60; whoever feeds a watchdog must keep up",
        )
        serve.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="NAME[=SIZE]:CELL[/DEVICE]:START:SECONDS",
            help="let a fault begin START seconds from now; may be given more than once",
        )
        words.add_parser("faults", help="list the faults by name", epilog="Example: didymium sim faults")
        configure_chem(words)
        configure_cell_words(words)

    def run(self, args: argparse.Namespace) -> int:
        if args.sim_command == "faults":
            return _list_faults()
        if args.sim_command in CELL_WORDS:
            return run_cell_word(args)
        if args.sim_command == "chem":
            return run_chem(args)
        from sim.scaled_time import FASTEST  # noqa: PLC0415 - keeps `didymium --help` quick
        from sim.serve import planned_fault, serve_plant_file  # noqa: PLC0415

        if not 0.0 < args.speed <= FASTEST:
            print(f"didymium sim: --speed {args.speed:g}: must be above 0 and at most {FASTEST:g}", file=sys.stderr)
            return 2
        try:
            faults = [planned_fault(text) for text in args.fault]
        except ValueError as error:
            print(f"didymium sim: {error}", file=sys.stderr)
            return 2
        return serve_plant_file(args.plant, seed=args.seed, speed=args.speed, faults=faults, say=_say, listen=True)


def _say(text: str) -> None:
    print(text, flush=True)


def _list_faults() -> int:
    from sim.fault_table import table_rows  # noqa: PLC0415

    for name, target, size, does, end in table_rows():
        print(f"{name:<27} {target:<17} {does}" + (f"; ={size}" if size else "") + f"; {end}")
    return 0


COMMAND = SimCommand()
