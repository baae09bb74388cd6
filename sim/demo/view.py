"""The demo's screen: what a dashboard would show, drawn from the MQTT topics alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import aiomqtt
from rich.console import Console
from rich.live import Live

from controller.plant import Plant
from sim.demo.screen import SectionPicture, draw, line

REFRESH_S = 0.25
LINE_EVERY_S = 5.0
"""How often a line is printed where standard output is no terminal."""


def watch(
    plant: Plant,
    *,
    stop: threading.Event,
    until: float | None,
    speed: float,
    silent: bool,
    check: Callable[[], None],
) -> None:
    """Shows the section until ``stop`` is set or the monotonic time ``until``; ``check`` may raise to end it."""

    def ended() -> bool:
        check()
        return stop.is_set() or (until is not None and time.monotonic() >= until)

    if silent:
        while not ended():
            stop.wait(REFRESH_S)
        return
    asyncio.run(_watch(plant, ended, speed))


async def _watch(plant: Plant, ended: Callable[[], bool], speed: float) -> None:
    picture = SectionPicture([cell.name for cell in plant.cells])
    listener = asyncio.create_task(_listen(plant, picture), name="mqtt of the screen")
    try:
        console = Console()
        if console.is_terminal:
            with Live(draw(picture, speed), console=console, auto_refresh=False, screen=False) as live:
                while not ended():
                    live.update(draw(picture, speed), refresh=True)
                    await asyncio.sleep(REFRESH_S)
        else:
            next_line = 0.0
            while not ended():
                if time.monotonic() >= next_line:
                    next_line = time.monotonic() + LINE_EVERY_S
                    print(line(picture), flush=True)
                await asyncio.sleep(REFRESH_S)
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener


async def _listen(plant: Plant, picture: SectionPicture) -> None:
    assert plant.mqtt is not None
    prefix = f"{plant.mqtt.root}/{plant.site}/{plant.area}/"
    while True:
        try:
            async with aiomqtt.Client(plant.mqtt.host, plant.mqtt.port) as client:
                await client.subscribe(prefix + "#", qos=0)
                picture.broker = "connected"
                async for message in client.messages:
                    payload: Any = json.loads(message.payload) if message.payload else None
                    picture.take(str(message.topic).removeprefix(prefix), payload)
        except aiomqtt.MqttError as error:
            picture.broker = f"lost: {error}"
            await asyncio.sleep(1.0)
