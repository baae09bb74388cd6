"""The demo's screen on a terminal of 80 by 24, the smallest that people have."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from sim.demo.screen import SectionPicture, draw

SNAPSHOT: dict[str, Any] = {
    "scan": 123456,
    "mode": "AUTOMATIC",
    "armed": False,
    "v": {"line_current_a": 25000.0, "cell_voltage_v": 6.69, "bath_temperature_degc": None},
    "q": {"bath_temperature_degc": "bad"},
}


def lines_of(picture: SectionPicture, speed: float) -> list[str]:
    console = Console(width=80, height=24, force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(draw(picture, speed))
    return captured.get().splitlines()


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_nothing_is_cut_at_80_by_24(speed: float) -> None:
    picture = SectionPicture(["ce1", "prnd1"])
    picture.broker = "connected"
    picture.take("status", {"status": "online", "kind": "sim"})
    for cell in picture.cells:
        picture.take(f"{cell}/snapshot", SNAPSHOT)
        picture.take(f"{cell}/alarm/watchdog", {"priority": "high", "text": "Rectifier's watchdog", "detail": ""})
    lines = lines_of(picture, speed)
    assert len(lines) <= 24
    assert "SIMULATED" in lines[0]
    assert ("60 × real time" in lines[0]) == (speed == 60.0)
    assert "daemon online, sim; broker connected" in lines[-1]
    assert not any("…" in line for line in lines)
