"""``didymium bench``: what a scan costs and how fast the simulation runs, as ratios within one run."""

from __future__ import annotations

import argparse
import json
import sys

from sim.bench.parts import PARTS


class BenchCommand:
    name = "bench"
    help = "measure what a scan costs, how fast virtual time runs and how long a collection stops us"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium bench --only scan --rounds 3. "
            "Method and meaning: docs/performance.md. A missed goal is a result, not a failure: the exit code is 0 "
            "whenever everything could be measured."
        )
        parser.add_argument("--rounds", type=int, default=5, metavar="N", help="medians of so many rounds (default 5)")
        parser.add_argument("--only", metavar="PART,…", help=f"some of {', '.join(PARTS)}")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def run(self, args: argparse.Namespace) -> int:
        from sim.bench.figures import table  # noqa: PLC0415 - keeps `didymium --help` quick
        from sim.bench.rounds import Bench, BenchFailed  # noqa: PLC0415

        parts = tuple(args.only.split(",")) if args.only else PARTS
        unknown = [part for part in parts if part not in PARTS]
        if unknown:
            print(f"didymium bench: --only {', '.join(unknown)}: there is {', '.join(PARTS)}", file=sys.stderr)
            return 2
        if args.rounds < 1:
            print(f"didymium bench: --rounds {args.rounds}: 1 or more", file=sys.stderr)
            return 2
        try:
            figures = Bench(rounds=args.rounds, parts=parts, say=_say).run()
        except BenchFailed as error:
            print(f"didymium bench: {error}", file=sys.stderr)
            return 1
        if args.json:
            print(json.dumps({"rounds": args.rounds, "figures": [figure.as_json() for figure in figures]}))
        else:
            print(table(figures))
        return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


COMMAND = BenchCommand()
