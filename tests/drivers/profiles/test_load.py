"""Parameters, repeats, content hash, waiting times, and the way from an installed package to its data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.profiles.load import ProfileError, load_profile, minimum_timeout_s, resolve, vector_mistakes
from drivers.profiles.schema import Requirement, Scale
from tests.support.profile_text import ASCII, RIGHT, changed, resolved, written

ROOT = Path(__file__).resolve().parents[3]


def test_defaults_and_what_follows_from_them(tmp_path: Path) -> None:
    profile = resolved(tmp_path, RIGHT)
    assert profile.parameters == {"i_rated": 30000.0, "tc_type": "N", "fs_c": 1300.0}
    assert profile.points["temperature"].scale == Scale(1300.0 / 32767)
    assert profile.checks[0].allowed == (0x15,)


def test_an_instance_chooses(tmp_path: Path) -> None:
    profile = resolved(tmp_path, RIGHT, i_rated=40000.0, tc_type="K")
    assert profile.points["temperature"].scale == Scale(1372.0 / 32767)
    assert profile.checks[0].allowed == (0x0F,)
    limits = profile.commands["setpoint"].limits
    assert limits is not None
    assert limits.high == 40000.0


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({"i_ratd": 1000.0}, "did you mean i_rated?"),
        ({"i_rated": 99.0}, "99 is outside 100 to 60000 A"),
        ({"i_rated": float("nan")}, "no finite number"),
        ({"i_rated": True}, "true is no number"),
        ({"i_rated": "40 kA"}, "leave the quotes out"),
        ({"tc_type": "S"}, "'S' is none of K, N"),
        ({"tc_type": 3}, "3 is none of K, N"),
        ({"fs_c": 1000.0}, "it follows from tc_type"),
    ],
)
def test_a_parameter_that_does_not_fit(tmp_path: Path, parameters: dict[str, float | str], part: str) -> None:
    profile = load_profile(written(tmp_path, RIGHT))
    with pytest.raises(ProfileError, match="parameters") as caught:
        resolve(profile, parameters)
    assert part in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_a_parameter_without_default_must_be_given(tmp_path: Path) -> None:
    path = written(tmp_path, changed(RIGHT, "default = 30000.0, ", ""))
    profile = load_profile(path)
    with pytest.raises(ProfileError, match="must be given: 100 to 60000 A"):
        resolve(profile, {})
    assert resolve(profile, {"i_rated": 500.0}).parameters["i_rated"] == 500.0


def test_an_instance_may_make_a_profile_impossible(tmp_path: Path) -> None:
    text = RIGHT.replace(
        'type = "i32"\nunit = "A"\nscale = 0.1\nplausible = [-50.0, 36000.0]', 'type = "i16"\nunit = "A"'
    )
    profile = load_profile(written(tmp_path, text))
    with pytest.raises(ProfileError, match="32767 A, below the rated 40000 A"):
        resolve(profile, {"i_rated": 40000.0})


def test_repeats(tmp_path: Path) -> None:
    points = resolved(tmp_path, ASCII).points
    assert [(p.name, p.field, p.signal) for p in points.values()] == [
        ("t0", 0, "bath_temperature_1_degc"),
        ("t1", 1, "bath_temperature_2_degc"),
        ("t2", 2, "bath_temperature_3_degc"),
    ]


def test_repeats_with_a_stride(tmp_path: Path) -> None:
    repeated = 'name = "echo_{n}"\nblock = "fast"\nat = 4\nrepeat = { n = [3, 1], stride = 4 }\ntype = "u16"'
    text = changed(RIGHT, 'name = "echo"\nblock = "fast"\nat = 4\ntype = "u16"', repeated)
    text = text.replace("count = 8", "count = 9").replace('echo = "echo"', 'echo = "echo_3"')
    assert {n: p.at for n, p in resolved(tmp_path, text).points.items() if n.startswith("echo")} == {
        "echo_3": 4,
        "echo_1": 8,
    }


def test_conditions_and_sequences(tmp_path: Path) -> None:
    profile = resolved(tmp_path, RIGHT)
    assert profile.commands["setpoint"].requires == (
        Requirement("status", "remote", False),
        Requirement("status", "trip", True),
    )
    assert profile.watchdog.fallback == Requirement("status", "fallback", False)
    assert [s.write for s in profile.sequences["start"].steps] == ["setpoint", "output", None]
    inverted = RIGHT.replace('wait = "status.remote", within', 'wait = "status.remote", is = false, within')
    assert resolved(tmp_path, inverted).sequences["take_remote"].steps[0].wait == Requirement("status", "remote", True)


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    first = load_profile(written(tmp_path, RIGHT)).content_hash
    assert load_profile(written(tmp_path, "# a remark\n" + RIGHT.replace("[bus]", "\n\n[bus]"))).content_hash == first
    assert load_profile(written(tmp_path, RIGHT.replace("timeout_s = 0.4", "timeout_s = 0.5"))).content_hash != first


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("expect = 30000.0", "expect = 30001.0", "reads 30000.0, expected 30001.0"),
        ("expect = 30000.0", 'quality = "open_circuit"', "expected quality open_circuit"),
        ("[0x0004, 0x93E0]", "[0x0004]", "1 registers given, its type has 2"),
        ('point = "current"\nreg', 'command = "setpoint"\nreg', "is written (27648,)"),
    ],
)
def test_vectors_that_disagree(tmp_path: Path, old: str, new: str, part: str) -> None:
    (mistake, *_) = vector_mistakes(load_profile(written(tmp_path, changed(RIGHT, old, new))))
    assert mistake.table == "[[vector]] 1"
    assert part in mistake.text


def test_the_longest_exchange_bounds_the_time_out(tmp_path: Path) -> None:
    text = RIGHT.replace("turnaround_s = 0.1", "turnaround_s = 0.0")
    eight = minimum_timeout_s(resolved(tmp_path, text), 9600)
    # Eight registers: 8 + 21 characters of ten bits, and the silence of 3.5 characters.
    assert eight == pytest.approx((29 + 3.5) * 10 / 9600)
    all_of_them = minimum_timeout_s(resolved(tmp_path, text.replace("count = 8", "count = 125")), 9600)
    assert all_of_them == pytest.approx((263 + 3.5) * 10 / 9600)
    assert all_of_them > 0.25
    assert minimum_timeout_s(resolved(tmp_path, text), 115200) < eight / 5
    assert minimum_timeout_s(resolved(tmp_path, RIGHT), 9600) == pytest.approx(eight + 0.1)


def test_ascii_exchanges_are_counted_in_characters(tmp_path: Path) -> None:
    short = minimum_timeout_s(resolved(tmp_path, ASCII), 9600)
    eight = ASCII.replace("fields = 3", "fields = 8").replace("[0, 1, 2]", "[0, 1, 2, 3, 4, 5, 6, 7]")
    assert minimum_timeout_s(resolved(tmp_path, eight), 9600) - short == pytest.approx(5 * 7 * 10 / 9600)


def test_an_installed_package_finds_its_data(tmp_path: Path) -> None:
    """Laid out as a wheel unpacks it: ``drivers`` and ``config`` side by side, far from the source tree."""
    site = tmp_path / "site-packages"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "drivers", site / "drivers", ignore=ignore)
    shutil.copytree(ROOT / "config" / "devices", site / "config" / "devices")
    program = "from drivers.profiles.load import *; path = find_profile('genesys'); load_profile(path); print(path)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.strip() == str(site / "config" / "devices" / "genesys.toml"), done.stderr
    assert done.returncode == 0, done.stderr
