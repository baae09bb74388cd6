"""From a plant file to a ``Plant``: every mistake is reported at once, with file, key, value and bound."""

from __future__ import annotations

import hashlib
import stat
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from controller.cell_settings import cell_plan
from controller.plant import CellPlan, MqttSettings, Plant
from controller.plant_file import MqttTable, PlantFile


class PlantFileError(Exception):
    """A plant file that cannot be used; ``mistakes`` holds one line each."""

    def __init__(self, path: Path, mistakes: Iterable[str]) -> None:
        self.path = path
        self.mistakes = tuple(mistakes)
        count = f"{len(self.mistakes)} mistakes" if len(self.mistakes) != 1 else "1 mistake"
        super().__init__(f"{path}: {count}\n" + "\n".join(f"  {line}" for line in self.mistakes))


def load_plant(path: str | Path, *, shadow: bool = False) -> Plant:
    """Read and check a plant file. Raises PlantFileError with every mistake; never weakens a rule it cannot read."""
    path = Path(path)
    raw = _read(path)
    file = _parse(path, raw)
    mistakes = list(_name_mistakes(file))
    mqtt = _mqtt(path.parent, file.mqtt, mistakes)
    cells: list[CellPlan] = []
    for table in file.cell:
        plan = cell_plan(
            table, folder=path.parent, scan_period_s=file.plant.scan_period_s, shadow=shadow, mistakes=mistakes
        )
        if plan is not None:
            cells.append(plan)
    mistakes += _link_mistakes(cells)
    if mistakes:
        raise PlantFileError(path, mistakes)
    return Plant(
        site=file.plant.site,
        area=file.plant.area,
        scan_period_s=file.plant.scan_period_s,
        cells=tuple(cells),
        mqtt=mqtt,
        journal_directory=path.parent / file.journal.directory,
        command_socket=path.parent / file.command.socket,
        source=path,
        settings_hash=_settings_hash(raw, cells),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlantFileError(path, [f"cannot be read: {error.strerror or error}"]) from None


def _parse(path: Path, raw: bytes) -> PlantFile:
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlantFileError(path, [f"is no TOML: {error}"]) from None
    try:
        return PlantFile.model_validate(document)
    except ValidationError as error:
        raise PlantFileError(path, [_line(document, dict(item)) for item in error.errors()]) from None


def _line(document: dict[str, Any], item: dict[str, Any]) -> str:
    """One pydantic error in the words of the file: ``cell "ce1" device "rectifier" unit = 900: …``."""
    where: list[str] = []
    node: Any = document
    location = list(item["loc"])
    for part in location:
        child: Any = None
        if isinstance(node, dict):
            child = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            child = node[part]
        if isinstance(part, int):
            name = child.get("name") if isinstance(child, dict) else None
            where.append(f'"{name}"' if name else f"number {part + 1}")
        else:
            where.append(str(part))
        node = child
    kind, message = item["type"], item["msg"].removeprefix("Value error, ")
    place = " ".join(where) or "the file"
    if kind == "missing":
        return f"{place}: is missing"
    if kind == "extra_forbidden":
        return f"{place} = {node!r}: no such key here; see docs/plant-file.md for the keys"
    value = "" if isinstance(node, dict | list) or kind == "value_error" else f" = {node!r}"
    return f"{place}{value}: {message[0].lower()}{message[1:]}"


def _name_mistakes(file: PlantFile) -> Iterable[str]:
    names = [cell.name for cell in file.cell]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f'cell "{name}" name: is given to more than one cell'
    for cell in file.cell:
        devices = [device.name for device in cell.device]
        for name in sorted({name for name in devices if devices.count(name) > 1}):
            yield f'cell "{cell.name}" device "{name}" name: is given to more than one device of this cell'


def _link_mistakes(cells: list[CellPlan]) -> Iterable[str]:
    """Two devices may share a bus, never an address on it, and a port has one baud rate."""
    seen: dict[tuple[str, int], str] = {}
    ports: dict[str, tuple[str, str]] = {}
    for cell in cells:
        for device in cell.devices:
            here = f'cell "{cell.name}" device "{device.name}"'
            key = (str(device.link), device.unit)
            if key in seen:
                yield f"{here} link = {str(device.link)!r}: unit {device.unit} on this link is already {seen[key]}"
            seen.setdefault(key, here)
            if device.link.scheme == "serial":
                settings, first = ports.setdefault(device.link.path, (str(device.link), here))
                if settings != str(device.link):
                    yield f"{here} link = {str(device.link)!r}: {first} opens the same port as {settings!r}"


def _mqtt(folder: Path, table: MqttTable | None, mistakes: list[str]) -> MqttSettings | None:
    if table is None:
        return None
    password = None
    if table.password_file is not None:
        file = folder / table.password_file
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                mistakes.append(f"mqtt password_file = {str(file)!r}: others may read it; chmod 600 it")
            password = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            mistakes.append(f"mqtt password_file = {str(file)!r}: cannot be read: {error.strerror or error}")
    return MqttSettings(host=table.host, port=table.port, username=table.username, password=password)


def _settings_hash(raw: bytes, cells: list[CellPlan]) -> str:
    digest = hashlib.sha256(raw)
    for cell in cells:
        digest.update(repr((cell.design, cell.product, cell.control, cell.limits)).encode())
        for device in cell.devices:
            digest.update(device.profile.content_hash.encode())
    return digest.hexdigest()
