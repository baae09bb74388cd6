"""A plant file after every check, as the daemon and the simulator use it; ``controller.settings`` builds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product
from controller.control.settings import ControlSettings
from controller.protection.limits import GuardLimits
from drivers.link.address import LinkAddress
from drivers.profiles.schema import ResolvedProfile

Role = Literal["rectifier", "bath_temperature", "feeder", "anode_current", "load_cell", "digital_io"]


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """One device of one cell. ``signals`` maps a point ("t0", "inputs.coolant") to the process signal it supplies
    ("bath_temperature_1_degc"): the profile's own, overlaid by the plant file."""

    name: str
    role: Role
    profile: ResolvedProfile
    link: LinkAddress
    unit: int
    needed: bool
    signals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CellPlan:
    name: str
    design: CellDesign
    product: Product
    supply: Literal["private", "shared"]
    control: ControlSettings
    limits: GuardLimits
    devices: tuple[DevicePlan, ...]
    simulator: Mapping[str, Any]
    """``[simulator]`` of the cell file overlaid by the plant file's ``[cell.simulator]``; only ``sim`` reads it."""


@dataclass(frozen=True, slots=True)
class MqttSettings:
    host: str
    port: int
    username: str | None = None
    password: str | None = None
    root: str = "didymium/v1"


@dataclass(frozen=True, slots=True)
class Plant:
    site: str
    area: str
    scan_period_s: float
    cells: tuple[CellPlan, ...]
    mqtt: MqttSettings | None
    journal_directory: Path
    command_socket: Path
    source: Path
    settings_hash: str
