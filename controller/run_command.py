"""``didymium run``: the plant-floor daemon."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import sys
from collections.abc import Callable

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class LoopMissing(Exception):
    """The event loop that was asked for is not installed."""


class RunCommand:
    name = "run"
    help = "run the daemon for one section of cells; it starts disarmed and writes nothing until a person arms"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium run config/plants/demo.toml --shadow. Ctrl-C or SIGTERM ends it; an armed cell's "
            "rectifier then goes to its hold current by its own watchdog, or stays at its current where it has none. "
            "Exit code 2: a plant file with mistakes, or something that another daemon already has."
        )
        parser.add_argument("plant", metavar="PLANT", help="plant file (TOML)")
        parser.add_argument("--shadow", action="store_true", help="compute and publish everything, write nothing")
        parser.add_argument("--verbose", action="store_true", help="log every event, not only warnings")
        parser.add_argument(
            "--loop",
            choices=("asyncio", "uvloop"),
            default="asyncio",
            help="event loop; uvloop takes less CPU and has to be installed: pip install 'didymium[fast]'",
        )

    def run(self, args: argparse.Namespace) -> int:
        from controller.daemon import CannotStart, run_section  # noqa: PLC0415 - keeps `didymium --help` quick
        from controller.settings import PlantFileError, load_plant  # noqa: PLC0415

        logging.basicConfig(
            level=logging.INFO if args.verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
        )
        # Whoever starts it by hand wants to know that it runs, and where.
        logging.getLogger("controller.daemon").setLevel(logging.INFO)
        # Our own links report a bad frame with its bytes; the library's second report of it says less.
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
        try:
            plant = load_plant(args.plant, shadow=args.shadow)
            with asyncio.Runner(loop_factory=loop_factory(args.loop)) as runner:
                runner.run(run_section(plant, shadow=args.shadow))
        except (PlantFileError, CannotStart, LoopMissing) as error:
            print(f"didymium run: {error}", file=sys.stderr)
            return 2
        return 0


def loop_factory(name: str) -> LoopFactory | None:
    """None: the one asyncio makes by itself. Raises LoopMissing."""
    if name == "asyncio":
        return None
    try:
        # Not an import statement: neither type checker nor import linter may want what is optional.
        factory: LoopFactory = importlib.import_module(name).new_event_loop
    except ImportError:
        raise LoopMissing(f"{name} is not installed: pip install 'didymium[fast]', or leave out --loop") from None
    return factory


COMMAND = RunCommand()
