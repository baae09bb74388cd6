"""The instruments and the broker that both sides of the scan measurement talk to, each a process of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from controller.settings import load_plant
from sim.demo.processes import Child

_SEARCHED = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin"
_LISTENS_WITHIN_S = 10.0


@contextmanager
def running(plant_file: Path, folder: Path, *, speed: float) -> Iterator[str]:
    """Gives the broker's name: "mosquitto" where that is on the machine, else "amqtt". Raises ChildFailed, OSError."""
    plant = load_plant(plant_file)
    assert plant.mqtt is not None
    port = plant.mqtt.port
    ports = [device.link.port for device in plant.cells[0].devices]
    with ExitStack() as stack:
        program = shutil.which("mosquitto", path=_SEARCHED)
        if program is not None:
            stack.enter_context(_mosquitto(program, folder, port))
        else:
            broker = Child("broker", str(port), folder=folder)
            stack.callback(broker.stop)
            broker.wait_ready(lambda: _listens(port), _never)
        instruments = Child("simulator", str(plant_file), folder=folder, speed=speed)
        stack.callback(instruments.stop)
        instruments.wait_ready(lambda: all(_listens(each) for each in ports), _never)
        yield "mosquitto" if program is not None else "amqtt"


@contextmanager
def _mosquitto(program: str, folder: Path, port: int) -> Iterator[None]:
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n", encoding="utf-8")
    broker = subprocess.Popen(  # noqa: S603 - the system's broker with our configuration
        [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + _LISTENS_WITHIN_S
        while not _listens(port):
            if broker.poll() is not None or time.monotonic() > until:
                raise OSError("mosquitto does not start")
            time.sleep(0.05)
        yield
    finally:
        broker.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            broker.wait(5.0)
        if broker.poll() is None:
            broker.kill()
            broker.wait()


def _never() -> bool:
    """Ctrl-C reaches the bench as an exception; nobody else gives up waiting."""
    return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True
