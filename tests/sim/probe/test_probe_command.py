from __future__ import annotations

import json
import math
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from controller.cli import main
from sim.physics.setup import load_setup
from sim.probe.probe_command import plan_of
from sim.probe.sample import unit

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "simulated-cell.md"


def probed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["sim", "probe", *words, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["sim", "probe", *words]) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.startswith("didymium sim probe: ")
    return seen.err


def test_json_tells_all_truths_with_units(capsys: pytest.CaptureFixture[str]) -> None:
    found = probed(capsys, "nd_6ka", "--hold", "temperature", "--hours", "0.5", "--every", "600")
    assert found["cell"] == "nd_6ka"
    assert found["complete"] is True
    assert [round(sample["time_h"], 6) for sample in found["samples"]] == pytest.approx(
        [0, 1 / 6, 1 / 3, 0.5], abs=1e-5
    )
    last = found["samples"][-1]
    parts = [last[f"{part}_v"] for part in ("reversible", "anodic", "cathodic", "melt", "conductor")]
    assert sum(parts) == pytest.approx(last["voltage_v"], abs=1e-9)
    assert set(found["units"]) == set(last)
    wanted = {
        "bath_temperature_degc": "°C", "oxide_dissolved_wt_pct": "wt%", "oxide_saturation_wt_pct": "wt%",
        "oxide_undissolved_kg": "kg", "critical_current_density_a_per_cm2": "A/cm²", "metal_kg": "kg",
        "carbon_kg": "kg", "co_kg": "kg", "co2_kg": "kg", "cf4_kg": "kg", "c2f6_kg": "kg", "hf_kg": "kg",
        "current_efficiency": "1", "kwh_per_kg": "kWh/kg", "charge_ah": "Ah", "carbon_in_metal_ppm": "ppm",
        "anode_gap_cm": "cm", "heating_power_kw": "kW",
    }  # fmt: skip
    assert {name: found["units"][name] for name in wanted} == wanted
    assert len(last["anode_gap_cm"]) == 1
    assert last["metal_kg"] == pytest.approx(0.75 * 4010.0 * 0.5 * 1.7940e-3, rel=1e-3)
    assert last["charge_ah"] == pytest.approx(2005.0)
    assert last["kwh_per_kg"] == pytest.approx(last["energy_kwh"] / last["metal_kg"])


def test_the_ideal_heater_closes_the_heat_balance(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("nd_6ka", "--set", "current=2000", "--set", "temperature=1040", "--hold", "temperature")
    last = probed(capsys, *words, "--hours", "1", "--every", "3600")["samples"][-1]
    assert last["bath_temperature_degc"] == pytest.approx(1040.0)
    assert last["heating_power_kw"] > 5.0


def test_without_feed_the_oxide_goes_by_faraday(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("nd_6ka", "--feed", "none", "--set", "start.undissolved=0", "--hours", "0.2", "--every", "720")
    first, last = probed(capsys, *words)["samples"]
    assert last["oxide_fed_kg"] == 0.0
    assert last["oxide_reduced_kg"] == pytest.approx(0.75 * 4010.0 * 0.2 * 2.092e-3, rel=2e-3)
    assert last["oxide_dissolved_wt_pct"] < first["oxide_dissolved_wt_pct"]


def test_scale_changes_size_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("prnd_25ka", "--hours", "0.5", "--every", "1800")
    whole = probed(capsys, *words)["samples"][-1]
    half = probed(capsys, *words, "--set", "scale=0.5")["samples"][-1]
    for name in ("metal_kg", "carbon_kg", "charge_ah", "dc_power_kw"):
        assert half[name] == pytest.approx(0.5 * whole[name], rel=0.01), name
    for name in ("voltage_v", "bath_temperature_degc", "oxide_dissolved_wt_pct", "current_efficiency", "kwh_per_kg"):
        assert half[name] == pytest.approx(whole[name], rel=0.01), name


@pytest.mark.parametrize(
    ("setting", "name", "change"),
    [
        ("immersion=50", "voltage_v", -1),
        ("temperature=1080", "conductivity_s_per_cm", 1),
        ("bath.mol_pct.LiF=60", "conductivity_s_per_cm", 1),
        ("oxide=2.6", "critical_current_density_a_per_cm2", 1),
        ("pressure=2", "reversible_v", 1),
        ("co_burnout=0.2", "stack_co_kg", 1),
        ("feed=dioxide", "current_efficiency", -1),
        ("current=4500", "voltage_v", 1),
        ("metal.current_efficiency=0.6", "metal_kg", -1),
    ],
)
def test_settings_act_in_their_direction(
    capsys: pytest.CaptureFixture[str], setting: str, name: str, change: int
) -> None:
    words = ("nd_6ka", "--hold", "temperature", "--hours", "0.1", "--every", "360", "--feed", "none")
    words = (*words[:-2], "--feed", "2.3") if setting == "feed=dioxide" else words
    before = probed(capsys, *words)["samples"][-1][name]
    after = probed(capsys, *words, "--set", setting)["samples"][-1][name]
    assert math.copysign(1.0, after - before) == change
    assert after != before


def test_half_a_kiloampere_in_the_small_cell(capsys: pytest.CaptureFixture[str]) -> None:
    last = probed(capsys, "nd_3ka", "--set", "current=500", "--hold", "temperature", "--hours", "1")["samples"][-1]
    assert last["current_a"] == 500.0
    assert 1.5 < last["voltage_v"] < 8.0


def test_current_to_zero_and_back(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "prnd_25ka",
        "--hours",
        "1",
        "--every",
        "600",
        "--at",
        "0.25",
        "current=0",
        "--at",
        "0.75",
        "current=25000",
    )
    samples = probed(capsys, *words)["samples"]
    assert [sample["current_a"] for sample in samples] == [25000, 25000, 0, 0, 0, 25000, 25000]
    assert samples[3]["bath_temperature_degc"] < samples[1]["bath_temperature_degc"] - 10.0
    assert samples[4]["pseudo_resistance_ohm"] is None


def test_service_changes_anodes_and_taps(capsys: pytest.CaptureFixture[str]) -> None:
    worn = ("--set", "start.anode_worn_share=0.98")
    words = ("nd_6ka", "--hold", "temperature", *worn, "--hours", "3", "--step", "5")
    served = probed(capsys, *words)
    alone = probed(capsys, *words, "--service", "off")
    assert served["anode_changes"] == 1
    assert served["taps"] >= 1
    assert (alone["anode_changes"], alone["taps"]) == (0, 0)
    assert alone["samples"][-1]["metal_tapped_kg"] == 0.0


def test_text_names_every_truth_with_its_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sim", "probe", "prnd_25ka", "--hours", "0.1"]) == 0
    text = capsys.readouterr().out
    assert "PrNd" in text or "prnd_25ka" in text
    for expected in ("melt_v", "kWh/kg", "critical_current_density_a_per_cm2", "A/cm²", "gap_cm [cm]"):
        assert expected in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("nope", "--hours", "1"), "nd_6ka"),
        (("nd_6ka", "--hours", "-1"), "--hours -1: must be above 0"),
        (("nd_6ka", "--hours", "nan"), "--hours nan: must be above 0"),
        (("nd_6ka", "--hours", "1", "--every", "0"), "--every 0"),
        (("nd_6ka", "--hours", "1000", "--every", "1"), "at most 100000 samples"),
        (("nd_6ka", "--hours", "1", "--step", "60"), "--step 60"),
        (("nd_6ka", "--hours", "1", "--feed", "much"), "--feed much"),
        (("nd_6ka", "--hours", "1", "--feed", "50"), "0–20 wt%"),
        (("nd_6ka", "--hours", "1", "--at", "2", "current=0"), "--at 2"),
        (("nd_6ka", "--hours", "1", "--at", "soon", "current=0"), "--at soon"),
        (("nd_6ka", "--hours", "1", "--at", "0.5", "start.sludge_kg=1"), "fixed before the run"),
        (("nd_6ka", "--hours", "1", "--set", "anode.film=1"), "did you mean anode.film_v"),
    ],
)
def test_what_was_asked_wrongly_is_answered(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], answer: str
) -> None:
    assert answer in refused(capsys, *words)


def test_an_interrupted_run_prints_what_there_is() -> None:
    words = [sys.executable, "-m", "controller.cli", "sim", "probe", "prnd_40ka", "--hours", "20000", "--every", "3600"]
    process = subprocess.Popen(
        [*words, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("probe: "):
            break
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    found = json.loads(out)
    assert process.returncode == 130
    assert found["complete"] is False
    assert len(found["samples"]) > 1


@pytest.mark.parametrize(
    ("name", "text"), [("a_v", "V"), ("x_kg_per_t", "kg/t"), ("load", "1"), ("feed_kg_per_h", "kg/h"), ("c_ohm", "Ω")]
)
def test_units_follow_from_names(name: str, text: str) -> None:
    assert unit(name) == text


def commands_of_the_page() -> list[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("didymium sim probe")]


def test_the_commands_of_the_page_are_understood() -> None:
    commands = commands_of_the_page()
    assert len(commands) == 9
    for command in commands:
        plan, asked = plan_of(shlex.split(command)[3:])
        assert plan.setup.design.id == load_setup(shlex.split(command)[3]).design.id
        assert isinstance(asked, dict)


def test_the_pictures_of_the_page_are_there_and_small() -> None:
    drawn = [command.split("--plot ")[1] for command in commands_of_the_page() if "--plot " in command]
    assert len(drawn) == 4
    for name in drawn:
        assert (ROOT / name).read_bytes().startswith(b"\x89PNG")
        assert (ROOT / name).stat().st_size < 150_000
        assert f"({name.removeprefix('docs/')})" in PAGE.read_text(encoding="utf-8")
