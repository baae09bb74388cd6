"""The measurements of a bench, round by round, and what they amount to."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from sim.bench import field
from sim.bench.figures import Figure
from sim.bench.packets import PACKETS
from sim.bench.parts import PARTS
from sim.bench.plant import TRANSACTIONS, write_plant_file
from sim.demo.processes import ChildFailed

TRIES = 3
TOLERANCE = 0.02
"""Of the transactions and packets per scan: now and then a value does not change."""

Say = Callable[[str], None]


class BenchFailed(Exception):
    """A part that could not be measured; the text says why."""


class Sizes(NamedTuple):
    """``speed`` is how much faster than the wall clock both sides scan: the work of a scan at 1 Hz, more often."""

    speed: float = 25.0
    warm_up: int = 75
    scans: int = 200
    process_s: float = 3600.0
    bytes_s: float = 900.0
    gc_s: float = 60.0


class Bench:
    def __init__(self, *, rounds: int, parts: Sequence[str] = PARTS, sizes: Sizes | None = None, say: Say) -> None:
        self._rounds, self._parts, self._sizes, self._say = rounds, parts, sizes or Sizes(), say

    def run(self) -> list[Figure]:
        """Raises BenchFailed."""
        figures: list[Figure] = []
        with tempfile.TemporaryDirectory(prefix="didymium-bench-") as name:
            folder = Path(name)
            plant = write_plant_file(folder)
            if "scan" in self._parts:
                figures += self._scan(plant, folder)
            if "process" in self._parts:
                figures += self._process(plant)
            if "bytes" in self._parts:
                figures += self._bytes(plant)
            if "gc" in self._parts:
                figures.append(self._gc())
        return figures

    def _scan(self, plant: Path, folder: Path) -> list[Figure]:
        sizes = self._sizes
        asked = {
            "plant": str(plant),
            "folder": str(folder / "journal"),
            "speed": sizes.speed,
            "warm_up": sizes.warm_up,
            "scans": sizes.scans,
        }
        ours: list[dict[str, Any]] = []
        bare: list[dict[str, Any]] = []
        try:
            for number in range(self._rounds):
                self._say(f"scan, round {number + 1} of {self._rounds}")
                ours.append(self._product({**asked, "profile": False}, then_bare=bare))
            self._say("scan, profile")
            profiled = self._product({**asked, "profile": True})
        except (OSError, ChildFailed) as error:
            raise BenchFailed(f"scan: {error}") from None
        broker = ours[-1]["broker"]
        whole_us, bare_us = _median(ours, "cpu_us"), _median(bare, "cpu_us")
        thread_us = _median(ours, "journal_thread_us")
        note = (
            f"CPU of all threads; {_median(ours, 'transactions'):.2f} transactions and {_median(ours, 'packets'):.2f} "
            f"packets per scan; broker {broker}"
        )
        ratio = median(a["cpu_us"] / b["cpu_us"] for a, b in zip(ours, bare, strict=True))
        figures = [Figure("scan", whole_us, "us", bare_us, "pymodbus + json + aiomqtt", ratio, "at most", 1.3, note)]
        for name, share in profiled["shares"].items():
            figures.append(Figure(f"scan: {name}", share * (whole_us - thread_us), "us", note="share of a profile"))
        return [*figures, Figure("scan: journal thread", thread_us, "us", note="its own CPU clock")]

    def _product(self, asked: dict[str, Any], then_bare: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """One round: our scan, then the bare one against the same instruments and broker.

        A busy machine can delay a reply beyond its scan; such a round is not like the others and is done again, with
        fresh instruments: a rectifier whose watchdog has acted would be ramped up again, write by write.
        """
        plant = Path(asked["plant"])
        for _ in range(TRIES):
            with field.running(plant, plant.parent, speed=self._sizes.speed) as broker:
                found = {**self._child("product", asked), "broker": broker}
                if _as_meant(found):
                    if then_bare is not None:
                        then_bare.append(self._child("bare", {**asked, "packets": found["shown"]}))
                    return found
            self._say(
                f"scan: {found['transactions']:.3f} transactions and {found['packets']:.3f} packets per scan, "
                f"{found['missed']} scans missed; again"
            )
        wanted = f"{TRANSACTIONS} transactions and {PACKETS} packets per scan"
        raise BenchFailed(f"scan: not {wanted} in {TRIES} tries; is the machine too busy?")

    def _process(self, plant: Path) -> list[Figure]:
        asked = {"plant": str(plant), "seam": "process", "seconds": self._sizes.process_s}
        alone, published = self._times_real(
            "process",
            {**asked, "cells": [], "telemetry": False},
            {**asked, "cells": [], "telemetry": True},
        )
        return [
            Figure("process", alone, "x real", 1.0, "real time", None, "at least", 5000.0, "journal, no messages"),
            Figure("process: published", published, "x real", note="every message made as for a broker"),
        ]

    def _bytes(self, plant: Path) -> list[Figure]:
        asked = {"plant": str(plant), "seam": "bytes", "seconds": self._sizes.bytes_s, "telemetry": True}
        five, demo = self._times_real("bytes", {**asked, "cells": []}, {**asked, "cells": ["ce1"]})
        note = f"{TRANSACTIONS} transactions a scan, published"
        return [
            Figure("bytes", five, "x real", 1.0, "real time", None, "at least", 1000.0, note),
            Figure("bytes: demo cell", demo, "x real", note="with feeder, contacts and a serial line, published"),
        ]

    def _times_real(self, part: str, *asked: dict[str, Any]) -> list[float]:
        """Medians, one per way of asking, interleaved."""
        found: list[list[dict[str, Any]]] = [[] for _ in asked]
        for number in range(self._rounds):
            self._say(f"{part}, round {number + 1} of {self._rounds}")
            for each, known in zip(asked, found, strict=True):
                known.append(self._child("virtual", each))
        return [_median(each, "times_real") for each in found]

    def _gc(self) -> Figure:
        found = []
        for number in range(self._rounds):
            self._say(f"gc, round {number + 1} of {self._rounds}")
            found.append(self._child("gc", {"cells": ["ce1", "prnd1"], "seconds": self._sizes.gc_s}))
        frozen_ms, thawed_ms = _median(found, "frozen_ms"), _median(found, "thawed_ms")
        ratio = median(each["frozen_ms"] / each["thawed_ms"] for each in found)
        note = "pause of a full collection, two cells"
        return Figure("gc", frozen_ms, "ms", thawed_ms, "without gc.freeze()", ratio, "at most", 0.2, note)

    def _child(self, part: str, asked: dict[str, Any]) -> dict[str, Any]:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "sim.bench.child", part, json.dumps(asked)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().splitlines() or ["it said nothing"]
            raise BenchFailed(f"{part}: {last[-1]}")
        found = json.loads(done.stdout)
        assert isinstance(found, dict)
        return found


def _as_meant(found: Mapping[str, float]) -> bool:
    """A scan that a busy machine missed altogether costs nothing and counts for nothing."""
    return (
        abs(found["transactions"] / TRANSACTIONS - 1.0) <= TOLERANCE
        and abs(found["packets"] / PACKETS - 1.0) <= TOLERANCE
    )


def _median(found: Sequence[dict[str, Any]], key: str) -> float:
    return float(median(each[key] for each in found))
