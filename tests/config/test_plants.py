"""Every shipped plant file loads, and says what its comments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.plant_advice import advice
from controller.settings import load_plant
from tests.support.plant_text import PLANTS

SHIPPED = sorted(PLANTS.glob("*.toml"))


def test_what_is_shipped() -> None:
    assert {"demo", "single", "lab", "ndfe"} <= {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_it_loads(path: Path) -> None:
    plant = load_plant(path)
    assert plant.cells


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_nothing_in_it_is_unwise_that_its_comments_do_not_explain(path: Path) -> None:
    explained = ("stay with the cell", "one thermocouple", "no digital_io", "points nobody has compared")
    assert [line for line in advice(load_plant(path)) if not any(word in line for word in explained)] == []


def test_the_example_to_copy_leads_nowhere() -> None:
    """Whoever runs it as it stands must not talk to somebody's devices: RFC 5737 keeps 192.0.2.x for examples."""
    plant = load_plant(PLANTS / "single.toml")
    hosts = [device.link.host for device in plant.cells[0].devices if device.link.scheme == "tcp"]
    assert hosts
    assert all(host.startswith("192.0.2.") for host in hosts)
    assert plant.mqtt is not None
    assert plant.mqtt.host.startswith("192.0.2.")
