"""``didymium check``: what it prints, its JSON, its exit codes, and devices that are there, absent or others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from controller import device_check
from controller.cli import main
from controller.plant_advice import advice
from controller.settings import load_plant
from tests.support.lab_section import LabSection
from tests.support.plant_text import DEMO, LAB, PLANTS, edited, with_cell_keys
from tests.support.section_processes import didymium

KEYS = {"ok", "file", "mistakes", "advice", "cells", "devices"}


def file(folder: Path, text: str) -> Path:
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(PLANTS / "demo.toml")]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "demo.toml: right. Site demo, area hall1" in said.out
    assert "ce1: cerium 25 kA, cerium, 25000 A, hold 18000 A, 880 °C" in said.out
    assert "tcp://127.0.0.1:15021 unit 1" in said.out


def test_a_file_that_is_right_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    path = PLANTS / "demo.toml"
    assert main(["check", "--json", str(path)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == KEYS
    assert (result["ok"], result["file"], result["mistakes"], result["devices"]) == (True, str(path), [], [])
    assert [cell["cell"] for cell in result["cells"]] == ["ce1", "prnd1"]
    assert result["cells"][0]["devices"][0]["link"] == "tcp://127.0.0.1:15021"


def test_mistakes_go_to_the_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, with_cell_keys("fresh_s = 1.9", "dose_kg = 9.0"))
    assert main(["check", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == f"{path}: 2 mistakes"
    assert '  cell "ce1" dose_kg = 9: at most' in said.err


def test_mistakes_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, with_cell_keys("fresh_s = 1.9", "dose_kg = 9.0"))
    assert main(["check", str(path), "--json", "--connect"]) == 2
    said = capsys.readouterr()
    assert said.err == ""
    result = json.loads(said.out)
    assert set(result) == KEYS
    assert (result["ok"], len(result["mistakes"])) == (False, 2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: None, "there is no such file"),
        (lambda path: path.write_bytes(bytes(range(256)) * 40), "no text in UTF-8"),
    ],
    ids=["directory", "absent", "binary"],
)
def test_what_is_no_plant_file(
    make: Callable[[Path], object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.toml"
    make(path)
    assert main(["check", str(path)]) == 2
    heading, mistake = capsys.readouterr().err.splitlines()
    assert heading == f"{path}: 1 mistake"
    assert said in mistake


def test_advice_is_printed_and_changes_no_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file(tmp_path, edited(LAB, ("current_slew_up_a_per_s = 5.0\n", "")))
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "Allowed, and worth a thought:" in said
    assert "from nothing to full in 2.0 s" in said


ADVICE = [
    (LAB, ("serial:/tmp/didymium-lab/supply", "serial:/dev/ttyUSB0"), "the number may change"),
    (LAB, ("[plant]", "[plant]"), "has no watchdog"),
    (LAB, (', t1 = "bath_temperature_2_degc"', ""), "one thermocouple"),
    (DEMO, ('design = "ce_25ka"', 'design = "ce_25ka"\nproduct = "mischmetal"'), "a design for ce"),
    (DEMO, ("[plant]", "[plant]"), "points nobody has compared"),
]


@pytest.mark.parametrize(("text", "edit", "said"), ADVICE, ids=[said for _, _, said in ADVICE])
def test_what_is_legal_and_unwise(text: str, edit: tuple[str, str], said: str, tmp_path: Path) -> None:
    assert any(said in line for line in advice(load_plant(file(tmp_path, edited(text, edit)))))


def test_a_monitor_with_too_few_channels_and_no_alive_pulse(tmp_path: Path) -> None:
    off = ", ".join(f'anode_{n} = ""' for n in range(16, 19))
    contacts = DEMO.index('[[cell.device]]\nname = "contacts"')
    without = DEMO[:contacts] + DEMO[DEMO.index("# Praseo") :]
    text = edited(without, ('"tcp://127.0.0.1:15023"\nunit = 1', f'"tcp://127.0.0.1:15023"\nsignals = {{ {off} }}'))
    said = advice(load_plant(file(tmp_path, text)))
    assert 'cell "ce1": 15 of 18 anodes have a current of their own' in said
    assert any(line.startswith('cell "ce1": no digital_io gives an alive pulse') for line in said)
    assert not any(line.startswith('cell "prnd1": no digital_io') for line in said)


def test_devices_that_are_not_there(tmp_path: Path) -> None:
    """Nothing listens at port 1; the serial ports do not exist."""
    text = LAB.replace("/tmp/didymium-lab", str(tmp_path))
    path = file(tmp_path, edited(text, (f"serial:{tmp_path}/thermocouples?baud=9600", "tcp://127.0.0.1:1")))
    done = didymium("check", path, "--connect")
    assert done.returncode == 2
    assert done.stderr == f"asking 2 devices who they are, at most {device_check.LONGEST_S:g} s …\n"
    assert "NOT READY: link down: connection refused" in done.stdout
    assert f"{tmp_path}/supply does not exist" in done.stdout
    assert done.stdout.endswith("2 of 2 devices are not ready; lab1 cannot be armed.\n")


def test_devices_that_are_there_and_one_that_is_another(tmp_path: Path) -> None:
    with LabSection(tmp_path) as lab:
        lab.start_simulator()
        done = didymium("check", lab.plant_file, "--connect", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        result = json.loads(done.stdout)
        assert result["ok"]
        assert [(device["device"], device["ready"], device["simulated"]) for device in result["devices"]] == [
            ("supply", True, True),
            ("thermocouples", True, True),
        ]
        other = lab.plant_file.read_text(encoding="utf-8").replace("LAMBDA,GEN8-400", "LAMBDA,GEN8-300")
        done = didymium("check", file(tmp_path, other), "--connect")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "NOT READY: wrong identity" in done.stdout
        assert "GEN8-300" in done.stdout
        assert "1 of 2 devices are not ready; lab1 cannot be armed." in done.stdout
