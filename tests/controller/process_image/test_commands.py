from __future__ import annotations

from dataclasses import replace

from controller.process_image.commands import Commands, Dose, RectifierOrder


def test_without_heartbeat_all_else_stays() -> None:
    commands = Commands(24_000.0, RectifierOrder.START, Dose(3, 1.0), True, True)
    assert commands.without_heartbeat() == replace(commands, heartbeat=False)
