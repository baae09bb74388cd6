"""``didymium demo``: two simulated cells, the real daemon, a broker and a live view, on this machine."""

from __future__ import annotations

import argparse
import sys


class DemoCommand:
    name = "demo"
    help = "run two simulated 25 kA cells with the real daemon over real protocols, and watch them"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium demo --speed 10 --for 60. Ctrl-C stops everything. "
            "The demo arms its cells by itself, and only because every device says it is "
            "simulated; `didymium run` never arms."
        )
        parser.add_argument(
            "--speed", type=float, default=1.0, metavar="N", help="time runs N times faster, at most 60"
        )
        parser.add_argument(
            "--for", dest="seconds", type=float, metavar="SECONDS", help="end by itself after that many seconds"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object at the end and nothing else")

    def run(self, args: argparse.Namespace) -> int:
        from sim.demo.demo import Demo, DemoFailed  # noqa: PLC0415 - keeps `didymium --help` quick
        from sim.scaled_time import FASTEST  # noqa: PLC0415

        if not 0.0 < args.speed <= FASTEST:
            print(f"didymium demo: --speed {args.speed:g}: must be above 0 and at most {FASTEST:g}", file=sys.stderr)
            return 2
        if args.seconds is not None and not 0.0 < args.seconds < 1e7:
            print(f"didymium demo: --for {args.seconds:g}: a number of seconds above 0 is wanted", file=sys.stderr)
            return 2
        try:
            return Demo(speed=args.speed, seconds=args.seconds, as_json=args.json).run()
        except DemoFailed as error:
            print(f"didymium demo: {error}", file=sys.stderr)
            return 1


COMMAND = DemoCommand()
