"""From the TOML of a plant file to its tables. A table with a mistake is left out and the rest is read on, so that
one run reports the mistakes of all of them; a file with any mistake is never used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from controller.form_mistakes import form_mistakes, shown, unknown_key
from controller.plant_file import CellTable, CommandTable, DeviceTable, JournalTable, MqttTable, PlantTable, Table

MOST_CELLS = 64
TABLES = ("plant", "mqtt", "journal", "command", "cell")
_T = TypeVar("_T", bound=Table)


@dataclass(frozen=True, slots=True)
class CellEntry:
    """One ``[[cell]]``. What could not be read is None and has been reported."""

    here: str
    """How mistakes name it: ``cell "ce1"``."""
    table: CellTable | None
    devices: tuple[DeviceTable | None, ...]
    unread: tuple[tuple[str, Mapping[str, Any]], ...]
    """How mistakes name each device that is None, and its table as written: link and profile are looked at still."""
    named: Mapping[str, str]
    """``design`` and ``product`` as far as they are texts, even where another key of the cell is wrong."""


@dataclass(frozen=True, slots=True)
class PlantFile:
    plant: PlantTable | None
    mqtt: MqttTable | None
    journal: JournalTable | None
    command: CommandTable | None
    cells: tuple[CellEntry, ...]


def read_tables(document: Mapping[str, Any], mistakes: list[str]) -> PlantFile:
    """Every table that can be read; what is wrong with the others is appended to ``mistakes``."""
    mistakes += [f"{key} = {shown(document[key])}: {unknown_key(key, list(TABLES))}" for key in unknown(document)]
    return PlantFile(
        plant=_table(PlantTable, document, "plant", mistakes),
        mqtt=_table(MqttTable, document, "mqtt", mistakes) if "mqtt" in document else None,
        journal=_table(JournalTable, document, "journal", mistakes),
        command=_table(CommandTable, document, "command", mistakes),
        cells=_cells(document.get("cell"), mistakes),
    )


def unknown(document: Mapping[str, Any]) -> list[str]:
    return [key for key in document if key not in TABLES]


def _table(model: type[_T], document: Mapping[str, Any], name: str, mistakes: list[str]) -> _T | None:
    if name not in document:
        mistakes.append(f"[{name}]: is missing; {_example(model)}")
        return None
    return _model(model, document[name], f"[{name}]", mistakes)


def _model(model: type[_T], data: object, here: str, mistakes: list[str]) -> _T | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes += form_mistakes(error, model, data, here)
    return None


def _example(model: type[Table]) -> str:
    keys = [f"{key} = {shown(field.examples[0])}" for key, field in model.model_fields.items() if field.examples]
    return f"it holds for example {', '.join(keys)}"


def _cells(data: object, mistakes: list[str]) -> tuple[CellEntry, ...]:
    cells = _tables(data, "cell", "", mistakes)
    if len(cells) > MOST_CELLS:
        mistakes.append(f"[[cell]]: {len(cells)} of them; one daemon serves at most {MOST_CELLS}")
        return ()
    return tuple(_cell(cell, f"cell {_name(cell, number)}", mistakes) for number, cell in enumerate(cells, start=1))


def _cell(data: Mapping[str, Any], here: str, mistakes: list[str]) -> CellEntry:
    keys = {key: value for key, value in data.items() if key != "device"}
    table = _model(CellTable, keys, here, mistakes)
    written = [
        (f"{here} device {_name(device, number)}", device)
        for number, device in enumerate(_tables(data.get("device"), "cell.device", f"{here} ", mistakes), start=1)
    ]
    devices = tuple(_model(DeviceTable, device, place, mistakes) for place, device in written)
    unread = tuple(item for item, read in zip(written, devices, strict=True) if read is None)
    named = {key: keys[key] for key in ("design", "product") if isinstance(keys.get(key), str)}
    return CellEntry(here, table, devices, unread, named)


def _tables(data: object, header: str, place: str, mistakes: list[str]) -> list[dict[str, Any]]:
    if data is None or data == []:
        mistakes.append(f"{place}[[{header}]]: is missing; at least one is wanted")
    elif not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        mistakes.append(f"{place}{header.rpartition('.')[2]} = {shown(data)}: write it as [[{header}]] tables")
    else:
        return data
    return []


def _name(table: Mapping[str, Any], number: int) -> str:
    name = table.get("name")
    return shown(name) if isinstance(name, str) else f"number {number}"
