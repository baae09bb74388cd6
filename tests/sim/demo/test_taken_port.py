"""Two demos started in the same second both find the shipped ports free; one of them is too late to use them."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.demo import demo
from sim.demo.demo import Demo
from sim.demo.section import write_plant_file


@pytest.fixture(autouse=True)
def _own_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("line", ["[mqtt]", 'name = "feeder"'])
def test_a_port_that_was_taken_meanwhile_is_replaced(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked: list[bool] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])

        def too_early(folder: Path, *, keep_ports: bool = True) -> Path:
            looked.append(keep_ports)
            path = write_plant_file(folder, keep_ports=False)
            if keep_ports:
                before, found, after = path.read_text(encoding="utf-8").partition(line)
                mark = "port = " if line == "[mqtt]" else "tcp://127.0.0.1:"
                gap, port = after.split(mark, 1)
                path.write_text(before + found + gap + mark + taken + port.lstrip("0123456789"), encoding="utf-8")
            return path

        monkeypatch.setattr(demo, "write_plant_file", too_early)
        assert Demo(speed=1.0, seconds=0.5, as_json=True).run() == 0
    assert looked == [True, False]
    assert set(json.loads(capsys.readouterr().out)["cells"]) == {"ce1", "prnd1"}
