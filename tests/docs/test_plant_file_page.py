"""``docs/plant-file.md`` names every key there is and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from controller.plant_file import (
    CellTable,
    CommandTable,
    DeviceTable,
    EnvelopeTable,
    JournalTable,
    MqttTable,
    PlantTable,
    Table,
)

PAGE = (Path(__file__).parents[2] / "docs" / "plant-file.md").read_text(encoding="utf-8")
SECTIONS: dict[str, tuple[type[Table], ...]] = {
    "## `[plant]`": (PlantTable,),
    "## `[mqtt]`": (MqttTable,),
    "## `[journal]`, `[command]`": (JournalTable, CommandTable),
    "## `[[cell]]`": (CellTable,),
    "### `[cell.envelope]`": (EnvelopeTable,),
    "### `[[cell.device]]`": (DeviceTable,),
}


def keys_of(heading: str) -> set[str]:
    """What stands in the first column of the section's tables, in backticks."""
    section = PAGE.split(f"\n{heading}\n", 1)[1]
    section = re.split(r"\n##+ ", section, maxsplit=1)[0]
    first = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return {key for cell in first for key in re.findall(r"`([a-z0-9_]+)`", cell)}


@pytest.mark.parametrize(("heading", "models"), SECTIONS.items(), ids=list(SECTIONS))
def test_every_key_is_explained_and_nothing_else(heading: str, models: tuple[type[Table], ...]) -> None:
    known = {key for model in models for key in model.model_fields}
    assert keys_of(heading) == (known | {"device"} if CellTable in models else known)


@pytest.mark.parametrize("model", [CellTable, PlantTable, MqttTable])
def test_the_defaults_it_gives_are_those_of_the_loader(model: type[Table]) -> None:
    for key, field in model.model_fields.items():
        if isinstance(field.default, float | int):
            (row,) = [line for line in PAGE.splitlines() if line.startswith("| ") and f"`{key}`" in line.split("|")[1]]
            assert re.search(rf"(?<![\d.]){field.default:g}(?![\d.])", row), (key, field.default, row)
