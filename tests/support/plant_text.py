"""Plant files for tests of the loader: the shipped demo, edited in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.cell_files import CONFIG
from controller.settings import PlantFileError, load_plant

PLANTS = CONFIG / "plants"
DEMO = (PLANTS / "demo.toml").read_text(encoding="utf-8")
LAB = (PLANTS / "lab.toml").read_text(encoding="utf-8")


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Each first occurrence replaced; an edit that finds nothing is a mistake of the test."""
    for old, new in edits:
        assert old in text, f"{old!r} is not in the plant file"
        text = text.replace(old, new, 1)
    return text


def with_cell_keys(*lines: str) -> str:
    """The demo with more keys in its first cell, ce1."""
    return edited(DEMO, ('design = "ce_25ka"\n', 'design = "ce_25ka"\n' + "\n".join(lines) + "\n"))


def mistakes_of(folder: Path, text: str | bytes) -> list[str]:
    """The mistakes the loader reports; fails where it reports none."""
    path = folder / "plant.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PlantFileError) as caught:
        load_plant(path)
    assert str(caught.value).startswith(f"{path}: {len(caught.value.mistakes)} mistake")
    assert caught.value.path == path
    return list(caught.value.mistakes)
