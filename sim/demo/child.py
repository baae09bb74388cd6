"""One process of the demo: ``python -m sim.demo.child broker PORT``, ``simulator PLANT …``, ``daemon PLANT …``.

A child dies with the demo that started it, however that one ends.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import logging
import os
import signal
import sys

from sim.demo.processes import PORT_TAKEN, SERVING

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGTERM at the parent's death; a parent that died before we asked is seen by its number."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def _say_serving() -> None:
    print(SERVING, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=("broker", "simulator", "daemon"))
    parser.add_argument("target")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    die_with_parent(args.parent)
    logging.basicConfig(level=logging.WARNING, format=f"{args.role}: %(levelname)s %(message)s")
    if args.role == "broker":
        from sim.demo.broker import BrokerError, serve  # noqa: PLC0415 - each child loads only what it runs

        try:
            asyncio.run(serve(int(args.target), _say_serving))
        except BrokerError as error:
            sys.stderr.write(f"{error}\n")
            return PORT_TAKEN
    elif args.role == "simulator":
        from sim.serve import serve_plant_file  # noqa: PLC0415

        return serve_plant_file(args.target, seed=args.seed, speed=args.speed, say=lambda _: _say_serving())
    else:
        from controller.daemon import run_section  # noqa: PLC0415
        from controller.settings import load_plant  # noqa: PLC0415
        from sim.scaled_time import run_scaled  # noqa: PLC0415

        run_scaled(run_section(load_plant(args.target), shadow=False), speed=args.speed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
