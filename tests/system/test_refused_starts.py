"""What cannot work is said once, plainly, and ends with exit code 2."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.section_processes import SectionProcesses, didymium, link_of, until


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SectionProcesses]:
    """A plant file whose field is away; a daemon runs on it all the same."""
    processes = SectionProcesses(tmp_path_factory.mktemp("refused"))
    try:
        processes.start_daemon()
        yield processes
    finally:
        processes.close()


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    assert "never retrieved" not in done.stderr
    assert done.stdout == ""
    return done.stderr


MISTAKES = {
    "scan_period_s = 0.5": ("scan_period_s = 50.0", ("scan_period_s", "50")),
    'name = "ce1"\ndesign = "ce_25ka"': ('name = "ce1"\ndesign = "ce_26ka"', ("design", "ce_26ka")),
    "i_rated = 30000.0": ("i_rated = -1.0", ("i_rated", "-1")),
    'role = "load_cell"': ('role = "lode_cell"', ("role", "lode_cell")),
}
"""Line of the plant file, what somebody typed instead, and what the complaint must name."""


@pytest.mark.parametrize("command", ["run", "check"])
def test_every_mistake_of_a_plant_file_is_reported_at_once(
    plant: SectionProcesses, tmp_path: Path, command: str
) -> None:
    text = plant.field_file.read_text(encoding="utf-8")
    for right, (wrong, _) in MISTAKES.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    bad = tmp_path / "bad.toml"
    bad.write_text(text, encoding="utf-8")
    said = complaint(didymium(command, bad))
    assert str(bad) in said
    for _, named in MISTAKES.values():
        assert any(all(word in line for word in named) for line in said.splitlines()), (named, said)


def test_mistakes_as_json(plant: SectionProcesses, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(plant.field_file.read_text(encoding="utf-8").replace("scan_period_s = 0.5", "scan_period_s = 50.0"))
    done = didymium("check", bad, "--json")
    assert done.returncode == 2
    found = json.loads(done.stdout)
    assert not found["ok"]
    assert any("scan_period_s" in mistake for mistake in found["mistakes"])


@pytest.mark.parametrize("text", ["", "[plant", "\x00"], ids=["empty", "no TOML", "NUL"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_what_is_no_plant_file_is_refused(tmp_path: Path, command: str, text: str) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(text, encoding="utf-8")
    assert str(bad) in complaint(didymium(command, bad))


def test_a_plant_file_that_is_not_there(tmp_path: Path) -> None:
    for words in (("run",), ("check",), ("sim", "serve"), ("run", "--shadow")):
        assert "nowhere.toml" in complaint(didymium(*words, tmp_path / "nowhere.toml"))
    assert "nowhere.toml" in complaint(didymium("command", tmp_path / "nowhere.toml", "ce1", "stop"))


def test_a_good_file_is_right_without_a_field(plant: SectionProcesses) -> None:
    done = didymium("check", plant.plant_file)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "right" in done.stdout
    found = json.loads(didymium("check", plant.plant_file, "--json").stdout)
    assert found["ok"]
    assert [cell["cell"] for cell in found["cells"]] == ["ce1", "prnd1"]


def test_a_second_daemon_on_the_same_journal(plant: SectionProcesses) -> None:
    said = complaint(didymium("run", plant.plant_file))
    assert len(said.splitlines()) == 1, said
    assert str(plant.journal) in said
    assert "use" in said
    assert plant.status("ce1")["cell"] == "ce1", "the first one still answers at its socket"


def test_a_second_daemon_with_another_journal_leaves_the_socket_of_the_first_alone(
    plant: SectionProcesses, tmp_path: Path
) -> None:
    text = plant.plant_file.read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text.replace(str(plant.journal), str(tmp_path / "journal")), encoding="utf-8")
    said = complaint(didymium("run", other, timeout_s=20.0))
    assert len(said.splitlines()) == 1, said
    assert str(plant.socket) in said
    assert plant.status("ce1")["cell"] == "ce1"


def test_a_socket_that_cannot_be_made(plant: SectionProcesses, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    text = plant.plant_file.read_text(encoding="utf-8").replace(str(plant.journal), str(tmp_path / "journal"))
    long = tmp_path / ("long" * 40) / "didymium.sock"
    for place, lines in ((tmp_path / "file" / "didymium.sock", 1), (tmp_path / "file", 1), (long, 2)):
        other = tmp_path / "other.toml"
        other.write_text(text.replace(str(plant.socket), str(place)), encoding="utf-8")
        said = complaint(didymium("run", other))
        assert len(said.splitlines()) == lines, said
        assert "socket" in said


def test_a_journal_that_cannot_be_written(plant: SectionProcesses, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    text = plant.plant_file.read_text(encoding="utf-8").replace(str(plant.socket), str(tmp_path / "d.sock"))
    other = tmp_path / "other.toml"
    other.write_text(text.replace(str(plant.journal), str(tmp_path / "file")), encoding="utf-8")
    said = complaint(didymium("run", other))
    assert len(said.splitlines()) == 1, said
    assert "journal" in said


def test_a_simulator_whose_port_is_busy(plant: SectionProcesses) -> None:
    link = link_of(plant.field_file.read_text(encoding="utf-8"), "prnd1", "anodes")
    with socket.create_server(("127.0.0.1", int(link.rsplit(":", 1)[1]))):
        said = complaint(didymium("sim", "serve", plant.field_file))
    assert len(said.splitlines()) == 1, said
    assert link in said
    assert "in use" in said


WRONG_WORDS = (
    ("demo", "--speed", "61"),
    ("demo", "--speed", "nan"),
    ("demo", "--for", "-1"),
    ("sim", "serve", "plant.toml", "--speed", "0"),
    ("sim", "serve", "plant.toml", "--fault", "silence"),
    ("nonsense",),
    (),
)


def test_what_is_asked_wrongly() -> None:
    with ThreadPoolExecutor(4) as pool:
        for words, done in zip(WRONG_WORDS, pool.map(lambda words: didymium(*words), WRONG_WORDS), strict=True):
            assert complaint(done).strip(), words


HELPED = (
    (),
    ("demo",),
    ("run",),
    ("check",),
    ("command",),
    ("command", "plant.toml", "ce1", "current"),
    ("profile",),
    ("profile", "check"),
    ("profile", "show"),
    ("profile", "read"),
    ("sim",),
    ("sim", "serve"),
    ("bench",),
)


def test_help_helps() -> None:
    with ThreadPoolExecutor(4) as pool:
        for words, done in zip(HELPED, pool.map(lambda words: didymium(*words, "--help"), HELPED), strict=True):
            assert (done.returncode, done.stderr) == (0, ""), words
            assert re.match(r"usage: didymium\b", done.stdout), words
            assert len(done.stdout.splitlines()) > 3, words


def test_the_first_daemon_did_not_notice_any_of_it(plant: SectionProcesses) -> None:
    until(lambda: plant.status("ce1")["scan"] > 3, 10.0, "it scans")
    assert plant.daemon.terminate() == 0
    assert not plant.socket.exists()
    assert "Traceback" not in plant.daemon.complained
