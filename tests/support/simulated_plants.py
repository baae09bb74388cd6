"""The demo plant with links of a test's own: free ports of the loopback address, serial ports in a temporary folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from controller.plant import CellPlan, DevicePlan, Plant
from controller.settings import load_plant
from drivers.link.address import LinkAddress
from sim.free_port import free_port
from sim.instruments.lines import bus_key

DEMO = Path(__file__).parents[2] / "config" / "plants" / "demo.toml"


def demo_plant(*cells: str) -> Plant:
    """All cells, or those named."""
    plant = load_plant(DEMO)
    chosen = tuple(cell for cell in plant.cells if not cells or cell.name in cells)
    return dataclasses.replace(plant, cells=chosen)


def demo_plant_in(folder: Path, *cells: str) -> Plant:
    """The demo plant where a test may open it for real."""
    plant = demo_plant(*cells)
    moved: dict[str, LinkAddress] = {}
    for cell in plant.cells:
        for device in cell.devices:
            key = bus_key(device.link)
            if key not in moved:
                moved[key] = _moved(device.link, folder)
    return dataclasses.replace(plant, cells=tuple(_with_links(cell, moved) for cell in plant.cells))


def _moved(link: LinkAddress, folder: Path) -> LinkAddress:
    if link.scheme == "tcp":
        return dataclasses.replace(link, port=free_port())
    return dataclasses.replace(link, path=str(folder / Path(link.path).name))


def _with_links(cell: CellPlan, links: dict[str, LinkAddress]) -> CellPlan:
    devices: tuple[DevicePlan, ...] = tuple(
        dataclasses.replace(device, link=links[bus_key(device.link)]) for device in cell.devices
    )
    return dataclasses.replace(cell, devices=devices)
