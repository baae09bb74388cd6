"""``didymium check``: is this plant file right, and with ``--connect``: are these devices the ones it means?"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from controller.plant import Plant
from controller.settings import PlantFileError, load_plant


class CheckCommand:
    name = "check"
    help = "check a plant file and report every mistake at once; with --connect also ask each device who it is"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Exit code 0: nothing wrong. 2: something is, and it is printed. Nothing is ever written to a device."
        )
        parser.add_argument("plant", metavar="PLANT", help="plant file (TOML)")
        parser.add_argument(
            "--connect", action="store_true", help="open every link, identify every device, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def run(self, args: argparse.Namespace) -> int:
        try:
            plant = load_plant(args.plant)
        except PlantFileError as error:
            if args.json:
                print(json.dumps({"ok": False, "file": str(error.path), "mistakes": list(error.mistakes)}))
            else:
                print(error, file=sys.stderr)
            return 2
        devices = asyncio.run(_connect(plant)) if args.connect else []
        ok = all(device["ready"] for device in devices)
        if args.json:
            print(
                json.dumps(
                    {"ok": ok, "file": str(plant.source), "mistakes": [], "cells": _cells(plant), "devices": devices}
                )
            )
        else:
            _print(plant, devices)
        return 0 if ok else 2


async def _connect(plant: Plant) -> list[dict[str, Any]]:
    from controller.device_check import identify_devices  # noqa: PLC0415 - drivers load only where they are wanted

    return await identify_devices(plant)


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


def _print(plant: Plant, found: list[dict[str, Any]]) -> None:
    by_device = {(device["cell"], device["device"]): device for device in found}
    print(f"{plant.source}: right. Site {plant.site}, area {plant.area}, a scan every {plant.scan_period_s:g} s.")
    for cell in plant.cells:
        print(
            f"\n{cell.name}: {cell.design.name}, {cell.product.name}, {cell.control.current_target_a:g} A, "
            f"hold {cell.control.hold_current_a:g} A, {cell.control.bath_temperature_target_degc:g} °C"
        )
        for device in cell.devices:
            line = f"  {device.name:16} {device.profile.id:20} {device.link} unit {device.unit}"
            state = by_device.get((cell.name, device.name))
            if state is not None:
                line += (
                    f"\n  {'':16} {'ready' if state['ready'] else 'NOT READY'}: {state['identity'] or state['reason']}"
                )
                line += " (simulated)" if state["simulated"] else ""
            print(line)
    missing = sum(not device["ready"] for device in found)
    if missing:
        print(f"\n{missing} of {len(found)} devices are not ready; their cells cannot be armed.")


COMMAND = CheckCommand()
