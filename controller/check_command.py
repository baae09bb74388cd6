"""``didymium check``: is this plant file right, and with ``--connect``: are these devices the ones it means?"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from typing import Any

from controller.plant import Plant


class CheckCommand:
    name = "check"
    help = "check a plant file and report every mistake at once; with --connect also ask each device who it is"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium check config/plants/demo.toml --connect. Exit code 0: nothing wrong. 2: something is, "
            "and it is printed. Advice changes no exit code. Nothing is ever written to a device."
        )
        parser.add_argument("plant", metavar="PLANT", help="plant file (TOML); docs/plant-file.md explains its keys")
        parser.add_argument(
            "--connect", action="store_true", help="open every link, identify every device, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        parser.add_argument("--verbose", action="store_true", help="with --connect: show the frames of bad exchanges")

    def run(self, args: argparse.Namespace) -> int:
        from controller.plant_advice import advice  # noqa: PLC0415 - keeps `didymium --help` quick
        from controller.settings import PlantFileError, load_plant  # noqa: PLC0415

        try:
            plant = load_plant(args.plant)
        except PlantFileError as error:
            if args.json:
                _print_json(ok=False, file=str(error.path), mistakes=error.mistakes)
            else:
                print(error, file=sys.stderr)
            return 2
        devices = _connect(plant, quiet=args.json, verbose=args.verbose) if args.connect else []
        ok = all(device["ready"] for device in devices)
        hints = advice(plant)
        if args.json:
            _print_json(ok=ok, file=str(plant.source), advice=hints, cells=_cells(plant), devices=devices)
        else:
            _print(plant, devices, hints)
        return 0 if ok else 2


def _connect(plant: Plant, *, quiet: bool, verbose: bool) -> list[dict[str, Any]]:
    from controller.device_check import LONGEST_S, identify_devices  # noqa: PLC0415 - drivers only where wanted

    # What went wrong is in each device's reason; the raw frames are for those who ask.
    logging.basicConfig(level=logging.WARNING if verbose else logging.CRITICAL, format="%(message)s")
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    if not quiet:
        count = sum(len(cell.devices) for cell in plant.cells)
        print(f"asking {count} devices who they are, at most {LONGEST_S:g} s …", file=sys.stderr, flush=True)
    return asyncio.run(identify_devices(plant))


def _print_json(**result: Any) -> None:
    """The same keys whatever was found, so that a script need not ask first."""
    empty: dict[str, Any] = {"ok": False, "file": "", "mistakes": [], "advice": [], "cells": [], "devices": []}
    print(json.dumps({**empty, **result}, allow_nan=False, ensure_ascii=False))


def _cells(plant: Plant) -> list[dict[str, Any]]:
    return [
        {
            "cell": cell.name,
            "design": cell.design.id,
            "product": cell.product.id,
            "current_target_a": cell.control.current_target_a,
            "hold_current_a": cell.control.hold_current_a,
            "bath_temperature_target_degc": cell.control.bath_temperature_target_degc,
            "devices": [
                {"device": d.name, "role": d.role, "profile": d.profile.id, "link": str(d.link), "unit": d.unit}
                for d in cell.devices
            ],
        }
        for cell in plant.cells
    ]


def _print(plant: Plant, found: list[dict[str, Any]], hints: list[str]) -> None:
    by_device = {(device["cell"], device["device"]): device for device in found}
    print(f"{plant.source}: right. Site {plant.site}, area {plant.area}, a scan every {plant.scan_period_s:g} s.")
    for cell in plant.cells:
        print(
            f"\n{cell.name}: {cell.design.name}, {cell.product.name}, {cell.control.current_target_a:g} A, "
            f"hold {cell.control.hold_current_a:g} A, {cell.control.bath_temperature_target_degc:g} °C"
        )
        for device in cell.devices:
            print(f"  {device.name:16} {device.profile.id:22} {device.link} unit {device.unit}")
            state = by_device.get((cell.name, device.name))
            if state is not None:
                print(f"  {'':16} {_said(state)}")
    if hints:
        print("\nAllowed, and worth a thought:")
        for line in hints:
            print(f"  {line}")
    missing = [device for device in found if not device["ready"]]
    if missing:
        cells = sorted({device["cell"] for device in missing if device["needed"]})
        consequence = f"; {', '.join(cells)} cannot be armed" if cells else ", none of them needed for arming"
        print(f"\n{len(missing)} of {len(found)} devices are not ready{consequence}.")


def _said(state: dict[str, Any]) -> str:
    if not state["ready"]:
        return f"NOT READY: {state['reason']}"
    return f"ready: {state['identity']}{' (simulated)' if state['simulated'] else ''}"


COMMAND = CheckCommand()
