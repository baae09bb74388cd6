"""One measurement in a process of its own: ``python -m sim.bench.child PART ARGUMENT-AS-JSON``; prints one JSON object.

Measurements that shared a process would share its heap, and each would collect the other's garbage.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any


def measure(part: str, asked: dict[str, Any]) -> dict[str, Any]:
    # Each child loads only what it measures.
    if part == "product":
        from sim.bench import product_scan  # noqa: PLC0415
        from sim.scaled_time import run_scaled  # noqa: PLC0415

        counts = {key: asked[key] for key in ("speed", "warm_up", "scans", "profile")}
        return run_scaled(
            product_scan.measure(Path(asked["plant"]), Path(asked["folder"]), **counts), speed=asked["speed"]
        )
    if part == "bare":
        from sim.bench import bare_scan  # noqa: PLC0415
        from sim.bench.packets import Packet  # noqa: PLC0415
        from sim.scaled_time import run_scaled  # noqa: PLC0415

        packets = [Packet(*packet) for packet in asked["packets"]]
        counts = {key: asked[key] for key in ("warm_up", "scans")}
        return run_scaled(bare_scan.measure(Path(asked["plant"]), packets, **counts), speed=asked["speed"])
    if part == "sim":
        from sim.bench import simulator  # noqa: PLC0415

        return dict(simulator.times_real(asked["counts"], asked["turns"]))
    from sim.bench import plant, virtual  # noqa: PLC0415

    section = plant.demo_cells(asked["cells"]) if asked["cells"] else plant.load(Path(asked["plant"]))
    if part == "gc":
        thawed_s, frozen_s = virtual.collection_pauses_s(section, asked["seconds"])
        return {"thawed_ms": 1e3 * thawed_s, "frozen_ms": 1e3 * frozen_s}
    return {"times_real": virtual.times_real(section, asked["seam"], asked["seconds"], telemetry=asked["telemetry"])}


def main(part: str, asked: str) -> int:
    logging.basicConfig(level=logging.ERROR)
    sys.stdout.write(json.dumps(measure(part, json.loads(asked))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
