"""The profile on ``docs/devices.md`` is right, keeps its golden vectors, and works in a plant file."""

from __future__ import annotations

import re
from pathlib import Path

from controller.settings import load_plant
from drivers.profiles.load import find_profile, load_profile, resolve, vector_mistakes
from tests.support.plant_text import DEMO

PAGE = (Path(__file__).parents[2] / "docs" / "devices.md").read_text(encoding="utf-8")
PROFILE, DEVICE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_loads_and_decodes_what_the_list_says(tmp_path: Path) -> None:
    (tmp_path / "plc.toml").write_text(PROFILE, encoding="utf-8")
    profile = load_profile(find_profile(tmp_path / "plc.toml"))
    assert vector_mistakes(profile) == ()
    resolved = resolve(profile, {})
    for number, kind in re.findall(r"^\| 40(1\d\d) \| (\w+) \|", PAGE, re.MULTILINE):
        point = next(point for point in resolved.points.values() if point.at == int(number) - 1)
        assert point.ref == f"40{number}"
        assert point.type == ("i16" if kind == "INT" else "u16")


def test_the_example_works_in_a_plant_file(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "plc_temperatures.toml").write_text(PROFILE, encoding="utf-8")
    start = DEMO.index('[[cell.device]]\nname = "thermocouples"')
    text = DEMO[:start] + DEVICE + DEMO[DEMO.index('[[cell.device]]\nname = "feeder"') :]
    (tmp_path / "plant.toml").write_text(text, encoding="utf-8")
    cell = load_plant(tmp_path / "plant.toml").cells[0]
    (device,) = [device for device in cell.devices if device.role == "bath_temperature"]
    assert sorted(device.signals.values()) == ["bath_temperature_1_degc", "bath_temperature_2_degc"]
