"""The cell that is measured: rectifier, thermocouples, anode monitor, hopper scale; a read each and one heartbeat."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from controller.plant import DevicePlan, Plant
from controller.settings import load_plant
from sim.demo.section import SHIPPED
from sim.free_port import free_port

CELL = "bench"
TRANSACTIONS = 5
NEVER_S = 1e6
_DEVICES = (
    ("rectifier", "rectifier", "rectifier_plc", "parameters = { i_rated = 30000.0 }"),
    (
        "thermocouples",
        "bath_temperature",
        "icpdas_m7018_rtu",
        'parameters = { tc_type = "N" }\nsignals = { t0 = "bath_temperature_1_degc", t1 = "bath_temperature_2_degc",'
        ' t2 = "bath_temperature_3_degc" }',
    ),
    ("anodes", "anode_current", "anode_monitor", ""),
    ("hopper", "load_cell", "load_cell", ""),
)


class Read(NamedTuple):
    """One block read per scan, as any Modbus client would ask for it."""

    port: int
    unit: int
    space: str
    start: int
    registers: int


def write_plant_file(folder: Path) -> Path:
    """Writes ``plant.toml`` with free ports of the loopback address, and returns its path."""
    ports = free_ports(1 + len(_DEVICES))
    text = (
        '[plant]\nsite = "bench"\narea = "bench"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {ports[0]}\n'
        '[journal]\ndirectory = "journal"\n[command]\nsocket = "didymium.sock"\n'
        f'[[cell]]\nname = "{CELL}"\ndesign = "ce_25ka"\n'
    )
    for port, (name, role, profile, more) in zip(ports[1:], _DEVICES, strict=True):
        text += (
            f'[[cell.device]]\nname = "{name}"\nrole = "{role}"\nprofile = "{profile}"\n'
            f'link = "tcp://127.0.0.1:{port}"\n{more}\n'
        )
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(path: Path, *, speed: float = 1.0) -> Plant:
    """The plant with what its devices are asked only now and then (set-up, firmware) asked once, at qualification, so
    that every scan makes the same transactions. Where time runs faster, a device still has the time to answer that it
    has on the wall's clock."""
    plant = load_plant(path)
    cells = tuple(
        dataclasses.replace(cell, devices=tuple(_every_scan_alike(device, speed) for device in cell.devices))
        for cell in plant.cells
    )
    return dataclasses.replace(plant, cells=cells)


def reads(plant: Plant) -> list[Read]:
    """What one scan of the plant reads, in the order of its devices."""
    return [
        Read(device.link.port, device.unit, str(block.space), block.start, block.count)
        for device in plant.cells[0].devices
        for block in device.profile.blocks.values()
        if block.every_s < NEVER_S
    ]


def heartbeat_register(plant: Plant) -> tuple[Read, int]:
    """Where the heartbeat is written, and the register's address; written by function 6."""
    rectifier = next(device for device in plant.cells[0].devices if device.role == "rectifier")
    command = rectifier.profile.commands[str(rectifier.profile.watchdog.write)]
    assert command.fc == 6, command
    return Read(rectifier.link.port, rectifier.unit, str(command.space), command.at, 1), command.at


def demo_cells(names: Sequence[str]) -> Plant:
    """Those cells of the shipped demo plant, with all their devices."""
    plant = load_plant(SHIPPED)
    return dataclasses.replace(plant, cells=tuple(cell for cell in plant.cells if cell.name in names))


def free_ports(count: int) -> list[int]:
    taken: list[int] = []
    for _ in range(count):
        taken.append(free_port(taken))
    return taken


def _every_scan_alike(device: DevicePlan, speed: float) -> DevicePlan:
    profile = device.profile
    blocks = {
        name: block if block.every_s <= 1.0 else dataclasses.replace(block, every_s=NEVER_S)
        for name, block in profile.blocks.items()
    }
    bus = dataclasses.replace(profile.bus, timeout_s=speed * profile.bus.timeout_s)
    return dataclasses.replace(device, profile=dataclasses.replace(profile, blocks=blocks, bus=bus))
