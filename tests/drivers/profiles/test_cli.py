"""``didymium profile`` as a person types it."""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.profiles.cli import COMMAND
from drivers.profiles.load import find_profile, load_profile, resolve
from drivers.profiles.registers import arrange
from drivers.profiles.schema import ResolvedProfile
from tests.support.profile_text import RIGHT, changed, written


def run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="didymium profile")
    COMMAND.configure(parser)
    return COMMAND.run(parser.parse_args(words))


def test_check_a_right_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(written(tmp_path, RIGHT)), "genesys") == 0
    out, err = capsys.readouterr()
    assert out.count("nothing wrong") == 2
    assert err == ""


def test_check_reports_all_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = changed(changed(RIGHT, "timeout_s = 0.4", "timeout_s = nan"), "at = 7", "at = 9")
    path = str(written(tmp_path, text))
    assert run("check", path, str(tmp_path / "absent.toml"), "load_cell") == 2
    out, err = capsys.readouterr()
    assert len(err.splitlines()) == 3
    assert f"{path}: [bus] timeout_s: nan" in err
    assert f'{path}: point "map_id" at: 9 is outside' in err
    assert "absent.toml: no such profile" in err
    assert out == "load_cell: nothing wrong\n"


def test_check_runs_the_golden_vectors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, changed(RIGHT, "expect = 30000.0", "expect = 3000.0"))
    assert run("check", str(path), "--json") == 2
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    (mistake,) = report["files"][0]["mistakes"]
    assert mistake["table"] == "[[vector]] 1"


def test_show_with_a_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "rectifier_plc", "--parameter", "i_rated=40000") == 0
    out = capsys.readouterr().out
    for part in ("40001", "line_current_a", "0 to 40000", "ramp_to_hold", "map_id", "take_remote", "?"):
        assert part in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_show_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "icpdas_m7018_rtu", "--parameter", "tc_type=K", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["points"]["t0"]["scale"]["gain"] == pytest.approx(1372 / 32767)


def test_show_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert run("show", "genesys") == 0
    assert "LAMBDA,GEN8-400" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("show", "nothing"), "no such profile; shipped are adam_4118"),
        (("show", "rectifier_plc", "--parameter", "i_rated=many"), "leave the quotes out"),
        (("show", "rectifier_plc", "--parameter", "i_rated"), "write NAME=VALUE"),
        (("show", "rectifier_plc", "--parameter", "u_ratd=3"), "did you mean u_rated?"),
        (("read", "load_cell", "--link", "tcp://host"), "a host and a port"),
        (("read", "load_cell", "--link", "memory:x"), "inside one program only"),
        (("read", "load_cell", "--link", "tcp://127.0.0.1:1", "--unit", "256"), "256 is outside 0 to 255"),
        (("read", "genesys", "--link", "rtu+tcp://127.0.0.1:1"), "written tcp://HOST:PORT"),
        (("read", "load_cell", "--link", "serial:/dev/null?baud=1200"), "at 1200 baud the longest reply takes"),
    ],
)
def test_one_clear_message(words: tuple[str, ...], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    out, err = capsys.readouterr()
    assert part in err
    assert len(err.splitlines()) == 1
    assert out == ""


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    out = capsys.readouterr().out
    assert "rectifier_plc" in out
    assert run("list", "--json") == 0
    assert {"name", "id", "kind", "protocol", "content_hash"} <= json.loads(capsys.readouterr().out)[0].keys()


class Indicator(asyncio.Protocol):
    """A weighing indicator of 123.456 kg on Modbus TCP, by hand; it notes every function it is asked for."""

    def __init__(self, words: dict[int, int], functions: list[int]) -> None:
        self._words = words
        self._functions = functions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        function, start, count = data[7], int.from_bytes(data[8:10], "big"), int.from_bytes(data[10:12], "big")
        self._functions.append(function)
        body = b"".join(self._words.get(start + i, 0).to_bytes(2, "big") for i in range(count))
        reply = bytes((data[6], function, len(body))) + body
        self._transport.write(data[:4] + len(reply).to_bytes(2, "big") + reply)


@contextmanager
def served(words: dict[int, int], functions: list[int]) -> Iterator[int]:
    """In a loop and thread of its own, for the command runs a loop itself."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Indicator(words, functions), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(5.0)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    await asyncio.sleep(0.05)


def indicator(profile: ResolvedProfile) -> dict[int, int]:
    mass = profile.points["mass"]
    first, second = arrange((0x0001, 0xE240), mass.type, mass.order)
    points = profile.points
    return {
        points["status"].at: 0b10,
        mass.at: first,
        mass.at + 1: second,
        points["map_id"].at: 0x4C43,
        points["map_rev"].at: 1,
        points["build"].at: 7,
    }


def test_read_a_live_device_and_write_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    functions: list[int] = []
    words = indicator(resolve(load_profile(find_profile("load_cell")), {}))
    with served(words, functions) as port:
        assert run("read", "load_cell", "--link", f"tcp://127.0.0.1:{port}", "--json") == 0
        report = json.loads(capsys.readouterr().out)
        assert run("read", "load_cell", "--link", f"tcp://127.0.0.1:{port}") == 0
        table = capsys.readouterr().out
    assert report["phase"] == "ready"
    assert report["simulated"] is False
    assert report["readings"]["mass"] == {"value": 123.456, "unit": "kg", "quality": "good", "reason": ""}
    assert report["readings"]["status.stable"]["value"] == 1.0
    assert "123.456" in table
    assert set(functions) == {3}


def test_read_a_device_that_is_another(capsys: pytest.CaptureFixture[str]) -> None:
    words = indicator(resolve(load_profile(find_profile("load_cell")), {}))
    with served({**words, 3: 1}, []) as port:
        assert run("read", "load_cell", "--link", f"tcp://127.0.0.1:{port}") == 2
    assert "map_id is 1, expected 19523" in capsys.readouterr().err
