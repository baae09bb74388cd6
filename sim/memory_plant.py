"""The instruments of a plant on the memory seam: drivers meet them byte by byte, in virtual time."""

from __future__ import annotations

import dataclasses

from controller.plant import CellPlan, DevicePlan, Plant
from drivers.link.address import LinkAddress
from drivers.link.memory import MemorySeam
from sim.instruments.lines import bus_key, mount, protocol_factory
from sim.instruments.wire import Line
from sim.plant import SimulatedPlant

FASTEST_BAUD = 230_400
"""For RTU frames that travel on TCP, whose serial side nobody stated."""


def on_memory_links(plant: Plant) -> Plant:
    """The same plant with every link led through memory; shared buses stay shared, framing and baud rate stay."""
    cells = tuple(_cell_on_memory_links(cell) for cell in plant.cells)
    return dataclasses.replace(plant, cells=cells)


def mount_on_memory(plant: SimulatedPlant, seam: MemorySeam) -> dict[str, Line]:
    """Let every instrument of the plant listen on ``seam``; call it with a plant from ``on_memory_links``."""
    lines = mount(plant)
    for line in lines.values():
        seam.listen(line.address.path, protocol_factory(line))
    return lines


def _cell_on_memory_links(cell: CellPlan) -> CellPlan:
    devices = tuple(dataclasses.replace(device, link=_memory_link(device)) for device in cell.devices)
    return dataclasses.replace(cell, devices=devices)


def _memory_link(device: DevicePlan) -> LinkAddress:
    link = device.link
    name = bus_key(link).replace(":", "-").replace("/", "-")
    baud = FASTEST_BAUD if link.scheme == "tcp" else link.baud
    return dataclasses.replace(link, scheme="memory", host="", port=0, path=name, baud=baud)
