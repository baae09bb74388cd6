"""The program as it is typed: help, unknown words, a reader that leaves, Ctrl-C, a terminal without our letters."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.cli import ORDER, build_parser, main
from tests.support.plant_text import DEMO, PLANTS, edited
from tests.support.section_processes import ROOT, didymium, environment, program


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word in action.choices.values():
                yield from parsers(word)


ALL = list(parsers(build_parser()))


def test_every_command_is_there() -> None:
    words = {parser.prog.split()[1] for parser in ALL[1:]}
    assert words == set(ORDER)


@pytest.mark.parametrize("parser", ALL, ids=[parser.prog for parser in ALL])
def test_every_help_teaches_with_an_example(parser: argparse.ArgumentParser) -> None:
    assert parser.epilog
    words = [word for word in parser.prog.split() if not word.isupper()]
    example = re.search(r"(?:[Ee]xamples?:\s+|`)(didymium .*)", parser.epilog, re.DOTALL)
    assert example, parser.epilog
    assert all(word in example[1] for word in words), example[1]
    assert parser.format_help().startswith("usage: didymium")


def test_the_examples_of_the_command_verbs_are_right() -> None:
    parser = build_parser()
    shown = [p.epilog.removeprefix("Example: ") for p in ALL if p.epilog and p.prog.startswith("didymium command P")]
    assert len(shown) > 9
    for example in shown:
        arguments = [word.strip("'") for word in example.replace("--reason 'bath too warm'", "--reason warm").split()]
        assert parser.parse_args(_joined(arguments)[1:]).command == "command"


def _joined(words: list[str]) -> list[str]:
    """``--reason 'crust broken'`` is two words here and one text."""
    at = words.index("--reason") + 1 if "--reason" in words else len(words)
    return [*words[:at], *([" ".join(words[at:])] if at < len(words) else [])]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "COMMAND"),
        (("chek", "x"), "invalid choice: 'chek'"),
        (("check",), "PLANT"),
        (("command", "p.toml", "ce1"), "VERB"),
        (("command", "p.toml", "ce1", "explode"), "invalid choice: 'explode'"),
        (("command", "p.toml", "ce1", "current"), "AMPERE"),
        (("command", "p.toml", "ce1", "current", "much"), "AMPERE"),
        (("command", "p.toml", "ce1", "current", "nan"), "nan is no number a cell can be given"),
        (("command", "p.toml", "ce1", "dose", "inf"), "inf is no number a cell can be given"),
        (("command", "p.toml", "ce1", "mode", "fast"), "AUTOMATIC"),
    ],
)
def test_what_is_asked_wrongly(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("didymium 0.")


@pytest.mark.parametrize("arguments", [("--help",), ("check", str(PLANTS / "demo.toml"))], ids=["help", "check"])
def test_a_reader_that_has_gone(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            program(*arguments), stdout=writing, stderr=subprocess.PIPE, text=True, timeout=30, check=False, cwd=ROOT
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode in ((141,) if arguments[0] == "check" else (0, 141)), "argparse lets a lost help pass"


def test_a_terminal_without_our_letters() -> None:
    done = didymium("check", PLANTS / "demo.toml", env=environment(PYTHONIOENCODING="ascii"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "880 ?C" in done.stdout


def test_ctrl_c_while_devices_are_asked(tmp_path: Path) -> None:
    """The listener takes the connection and says nothing, so that the program is waiting for sure."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        text = edited(DEMO, ("127.0.0.1:15021", f"127.0.0.1:{silent.getsockname()[1]}"))
        (tmp_path / "plant.toml").write_text(text, encoding="utf-8")
        silent.settimeout(20.0)
        process = subprocess.Popen(
            program("check", tmp_path / "plant.toml", "--connect"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        try:
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                out, complaints = process.communicate(timeout=20)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 130
    assert out == ""
    assert complaints.startswith("asking 12 devices")
    assert "Traceback" not in complaints


def test_two_plain_mistakes_of_run(tmp_path: Path) -> None:
    done = didymium("run", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"didymium run: {tmp_path}: 1 mistake\n  is a directory")
    (tmp_path / "busy").write_text("", encoding="utf-8")
    text = edited(DEMO, ("/tmp/didymium-demo/journal", str(tmp_path / "busy")))
    (tmp_path / "plant.toml").write_text(text, encoding="utf-8")
    done = didymium("run", tmp_path / "plant.toml")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("didymium run: journal ")
