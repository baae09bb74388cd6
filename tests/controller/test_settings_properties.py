"""Whatever a plant file has become: it is refused with PlantFileError, or it binds no less than the file says."""

from __future__ import annotations

import copy
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller import settings as loader
from controller.plant import Plant
from controller.settings import PlantFileError, load_plant
from tests.support.plant_text import DEMO, LAB

_EACH = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ODD: tuple[Any, ...] = (
    0, -1, 3, 256, 10**30, 10**400, 0.5, 1e308, math.nan, math.inf, -math.inf, True, False, "", "x", "ce1", "nd",
    "a\0b", "\n", "é", "tcp://", "serial:", "no.toml", "/", [], [1], ["x"], [{}], [[]], {}, {"x": 1}, {"name": []},
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(document: dict[str, Any], path: tuple[Any, ...], odd: Any) -> dict[str, Any]:
    result = copy.deepcopy(document)
    node: Any = result
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = odd
    return result


def outcome(monkeypatch: pytest.MonkeyPatch, document: dict[str, Any], folder: Path) -> Plant | None:
    """None where it was refused; any other exception fails the test."""
    path = folder / "plant.toml"
    path.touch()
    with monkeypatch.context() as patch:
        patch.setattr(loader, "parse_toml", lambda _: document)
        try:
            return load_plant(path)
        except PlantFileError as error:
            mistakes = error.mistakes
    assert mistakes
    assert all(mistake and "\n" not in mistake for mistake in mistakes), mistakes
    return None


def sound(plant: Plant) -> None:
    """What must hold in every plant that was accepted, whatever its file said."""
    assert 0.2 <= plant.scan_period_s <= 2.0
    for cell in plant.cells:
        control, limits, design = cell.control, cell.limits, cell.design
        assert 0.0 < control.hold_current_a <= control.current_target_a <= limits.current_a_max
        assert limits.current_a_max <= design.rated_current_a
        assert limits.cell_voltage_v_max <= design.voltage_limit_v
        low, high = cell.product.bath_temperature_band_degc
        assert low <= control.bath_temperature_target_degc <= limits.bath_temperature_degc_max <= high
        assert control.bath_temperature_target_degc >= design.bath_liquidus_degc + 30.0
        assert 2.0 * plant.scan_period_s <= limits.fresh_s <= 10.0
        assert limits.bath_temperature_lost_hold_s <= 3600.0
        assert 0.0 < limits.current_slew_up_a_per_s <= 1000.0
        assert 0.0 < limits.dose_kg_max <= 0.001 * design.bath_mass_kg
        assert limits.scan_period_s == control.scan_period_s == plant.scan_period_s
        rectifier = [device for device in cell.devices if device.role == "rectifier"]
        assert len(rectifier) == 1
        assert rectifier[0].needed
        watchdog = rectifier[0].profile.watchdog
        assert watchdog.mode == "none" or watchdog.device_timeout_s >= 3.0 * plant.scan_period_s
        signals = [signal for device in cell.devices for signal in device.signals.values()]
        assert len(signals) == len(set(signals))


@pytest.mark.parametrize("text", [DEMO, LAB], ids=["demo", "lab"])
def test_every_key_taken_away(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tomllib.loads(text)
    refused = 0
    for path in places(document):
        if isinstance(path[-1], str):
            less = changed(document, path, None)
            node: Any = less
            for key in path[:-1]:
                node = node[key]
            del node[path[-1]]
            plant = outcome(monkeypatch, less, tmp_path)
            refused += plant is None
            if plant is not None:
                sound(plant)
    assert refused > 20


@_EACH
@given(data=st.data())
def test_odd_values_at_odd_places(data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tomllib.loads(data.draw(st.sampled_from([DEMO, LAB])))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(document))))
        document = changed(document, path, data.draw(st.sampled_from(ODD)))
    plant = outcome(monkeypatch, document, tmp_path)
    if plant is not None:
        sound(plant)


@_EACH
@given(
    key=st.sampled_from(
        (
            "current_target_a", "hold_current_a", "current_ramp_up_pct_per_min", "current_slew_up_a_per_s",
            "bath_temperature_target_degc", "oxide_target_wt_pct", "dose_kg", "dose_kg_per_h_max", "fresh_s",
            "bath_temperature_lost_hold_s", "process_safety_time_s", "feed_superheat_min_k", "anode_change_warning_h",
        )
    ),
    value=st.floats() | st.integers() | st.floats(0.1, 50.0) | st.floats(800.0, 30000.0),
)  # fmt: skip
def test_any_number_at_a_key_of_a_cell(key: str, value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tomllib.loads(DEMO)
    document["cell"][0][key] = value
    plant = outcome(monkeypatch, document, tmp_path)
    if plant is not None:
        assert math.isfinite(value)
        sound(plant)


@_EACH
@given(data=st.data())
def test_a_corrupted_file(data: st.DataObject, tmp_path: Path) -> None:
    """Bytes flipped, lines lost, the end cut off: refused, or every rule as strict as before."""
    raw = bytearray(DEMO.encode())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(0, len(raw))) :]
    path = tmp_path / "plant.toml"
    path.write_bytes(raw)
    try:
        plant = load_plant(path)
    except PlantFileError:
        return
    sound(plant)


def test_a_file_cut_off_at_any_line(tmp_path: Path) -> None:
    """A cut file may still be a plant of fewer devices; it never is one with weaker rules."""
    whole = load_plant(Path(__file__).parents[2] / "config" / "plants" / "demo.toml")
    rules = {cell.name: cell.limits for cell in whole.cells}
    lines = DEMO.splitlines(keepends=True)
    path = tmp_path / "plant.toml"
    accepted = 0
    for count in range(len(lines)):
        path.write_text("".join(lines[:count]), encoding="utf-8")
        try:
            plant = load_plant(path)
        except PlantFileError:
            continue
        accepted += 1
        sound(plant)
        assert all(rules[cell.name] == cell.limits for cell in plant.cells)
    assert 0 < accepted < len(lines) / 2
