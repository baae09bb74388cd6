"""From a plant file to a ``Plant``: every mistake is reported at once, with file, key, value and bound."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from controller.cell_settings import cell_plan
from controller.device_settings import device_plans
from controller.form_mistakes import shown
from controller.link_checks import link_mistakes
from controller.plant import CellPlan, DevicePlan, MqttSettings, Plant
from controller.plant_file import SCAN_PERIOD_S, MqttTable
from controller.plant_file_reading import PlantFile, read_tables
from controller.toml_file import NotReadable, parse_toml, read_bytes

LONGEST_SOCKET_PATH_BYTES = 107
"""Linux: what an address of a Unix socket holds."""


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
    mistakes: list[str] = []
    try:
        raw = read_bytes(path)
        document = parse_toml(raw)
    except NotReadable as error:
        raise PlantFileError(path, [str(error)]) from None
    file = read_tables(document, mistakes)
    mistakes += _name_mistakes(file)
    mqtt = _mqtt(path.parent, file.mqtt, mistakes)
    # Every bound grows with the scan period: the least one finds no mistake that is none.
    scan_period_s = file.plant.scan_period_s if file.plant is not None else SCAN_PERIOD_S[0]
    cells: list[CellPlan] = []
    fitted: list[tuple[str, DevicePlan]] = []
    for entry in file.cells:
        devices = device_plans(entry, path.parent, scan_period_s, mistakes)
        fitted += [(f'{entry.here} device "{device.name}"', device) for device in devices]
        plan = cell_plan(
            entry, devices, folder=path.parent, scan_period_s=scan_period_s, shadow=shadow, mistakes=mistakes
        )
        if plan is not None:
            cells.append(plan)
    mistakes += link_mistakes(fitted)
    mistakes += _socket_mistakes(path.parent, file)
    if mistakes or file.plant is None or file.journal is None or file.command is None:
        raise PlantFileError(path, mistakes)
    return Plant(
        site=file.plant.site,
        area=file.plant.area,
        scan_period_s=scan_period_s,
        cells=tuple(cells),
        mqtt=mqtt,
        journal_directory=path.parent / file.journal.directory,
        command_socket=path.parent / file.command.socket,
        source=path,
        settings_hash=_settings_hash(raw, cells),
    )


def _name_mistakes(file: PlantFile) -> Iterator[str]:
    for name in _twice(entry.table.name for entry in file.cells if entry.table is not None):
        yield f'cell "{name}" name: is given to more than one cell'
    for entry in file.cells:
        for name in _twice(device.name for device in entry.devices if device is not None):
            yield f'{entry.here} device "{name}" name: is given to more than one device of this cell'


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _socket_mistakes(folder: Path, file: PlantFile) -> Iterator[str]:
    if file.command is None:
        return
    length = len(os.fsencode(folder / file.command.socket))
    if length > LONGEST_SOCKET_PATH_BYTES:
        yield (
            f"[command] socket = {shown(file.command.socket)}: {length} bytes with its folder; a Unix socket's path "
            f"has at most {LONGEST_SOCKET_PATH_BYTES}"
        )


def _mqtt(folder: Path, table: MqttTable | None, mistakes: list[str]) -> MqttSettings | None:
    if table is None:
        return None
    password = None
    if table.password_file is not None:
        file = folder / table.password_file
        name = f'[mqtt] password_file = "{file}"'
        if table.username is None:
            mistakes.append(f"{name}: a password goes with a username; add username or leave the file out")
        try:
            password = _password(file)
        except OSError as error:
            mistakes.append(f"{name}: cannot be read: {error.strerror or error}")
        except ValueError as error:
            mistakes.append(f"{name}: {error}")
    return MqttSettings(host=table.host, port=table.port, username=table.username, password=password)


def _password(file: Path) -> str:
    """Raises OSError, or ValueError with what is wrong with the file."""
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise ValueError("others may read it; chmod 600 it")
    try:
        password = file.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8") from None
    if not password:
        raise ValueError("is empty; it holds the password on one line")
    return password


def _settings_hash(raw: bytes, cells: Sequence[CellPlan]) -> str:
    digest = hashlib.sha256(raw)
    for cell in cells:
        digest.update(repr((cell.design, cell.product, cell.control, cell.limits)).encode())
        for device in cell.devices:
            digest.update(device.profile.content_hash.encode())
    return digest.hexdigest()
