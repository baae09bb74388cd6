from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from sim.scenario import Action, Scenario, ScenarioError, load_scenario
from sim.scenario_run import Outcome, play
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant

GOOD = """
title = "A minute"
cells = ["ce1"]
lasts_s = 40.0
[[action]]
at_s = 1.0
automatic = true
[[expect]]
from_s = 10.0
tag = "mode"
equals = "AUTOMATIC"
"""


def loaded(folder: Path, text: str) -> Scenario:
    path = folder / "one.toml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


def played(folder: Path, more: str, head: str = GOOD) -> Outcome:
    return run_virtual(play(loaded(folder, head + more), demo_plant("ce1"), "process"))


def test_a_good_file_has_its_defaults(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, GOOD)
    assert scenario.seams == ("process", "bytes")
    assert scenario.expect[0].holds == "always"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[[action]]\nat_s = 1.0", "one of automatic, command"),
        ("[[action]]\nat_s = 1.0\nautomatic = true\nheal = 'silence'", "not automatic, heal"),
        ("[[action]]\nat_s = 1.0\nfault = 'silence'", "which device"),
        ("[[action]]\nat_s = 1.0\nfault = 'sillence'\ndevice = 'rectifier'", "no fault 'sillence'"),
        ("[[action]]\nat_s = 1.0\norder = 'output'\ndevice = 'rectifier'", "which value"),
        ("[[action]]\nat_s = 41.0\nautomatic = true", "after the end"),
        ("[[action]]\nat_s = nan\nautomatic = true", "action.1.at_s"),
        ("[[action]]\nat_s = 1.0\nautomatic = true\ncell = 'ce9'", "ce9: not among the cells"),
        ("[[action]]\nat_s = 1.0\nautomatic = true\nspeed = 2", "action.1.speed"),
        ("[[expect]]\ntag = 'mode'", "what about it"),
        ("[[expect]]\nevent = 'held'", "happens sometime or never"),
        ("[[expect]]\nalarm = 'x'\nfrom_s = 50.0", "no time of this run"),
        ("[[expect]]\nalarm = 'x'\nto_s = 50.0", "no time of this run"),
        ("[[expect]]\nfrom_s = 1.0", "one of tag, alarm"),
        ("[[", "one.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        loaded(tmp_path, GOOD + more)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        loaded(tmp_path, GOOD + "[[action]]\nat_s = -1.0\nautomatic = true\n[[expect]]\ntag = 'mode'")
    assert len(str(raised.value).splitlines()) == 2


def test_what_is_as_expected_passes(tmp_path: Path) -> None:
    outcome = played(tmp_path, "")
    assert outcome.failures == ()
    assert outcome.scans == 40


@pytest.mark.parametrize(
    "more",
    [
        "tag = 'mode'\nequals = 'HOLD'",
        "tag = 'cell_voltage_v'\nhigh = 1.0",
        "tag = 'cell_voltage_v'\nquality = 'bad'",
        "tag = 'cell_voltage_v'\nreason = 'no reply'",
        "alarm = 'rectifier_tripped'",
        "event = 'held'\nholds = 'sometime'",
        "event = 'mode'\nholds = 'never'",
        "truth = 'line_current_a'\nlow = 30000.0",
        "truth = 'rectifier.remote'\nequals = false",
        "written = 'dose_kg'\nlow = 100.0\nholds = 'sometime'",
        "written = 'heartbeat'\nholds = 'never'",
        "from_s = 10.01\nto_s = 10.02\nalarm = 'x'\nholds = 'never'",
    ],
)
def test_what_is_not_as_expected_is_told_with_its_time(tmp_path: Path, more: str) -> None:
    (failure,) = played(tmp_path, f"[[expect]]\n{more}").failures
    assert " s to " in failure


def test_a_bound_on_the_set_point_binds_every_frame(tmp_path: Path) -> None:
    head = GOOD.replace("lasts_s", "setpoint_never_above_a = 25100.0\nlasts_s")
    raised = "[[action]]\nat_s = 20.0\ncommand = 'current'\nvalue = 26000.0"
    assert any("set-point" in failure for failure in played(tmp_path, raised, head).failures)


def test_an_unexpected_verdict_is_told(tmp_path: Path) -> None:
    (failure,) = played(tmp_path, "[[action]]\nat_s = 20.0\ncommand = 'current'\nvalue = 1e6").failures
    assert "outside_envelope" in failure
    assert played(
        tmp_path, "[[action]]\nat_s = 20.0\ncommand = 'current'\nvalue = 1e6\nexpect = 'outside_envelope'"
    ) == (Outcome((), 40))


def test_a_fault_of_the_cell_names_no_device_and_one_of_a_device_does(tmp_path: Path) -> None:
    for fault, device, said in (
        ("bath_level_low=0.3", "rectifier", "bath_level_low is the cell's and no device's"),
        ("rectifier_trip", "", "which device"),
        ("bath_level_low=3", "", "0.01 to 0.6"),
    ):
        with pytest.raises(ValidationError, match=said):
            Action(at_s=1.0, fault=fault, device=device)
    assert Action(at_s=1.0, fault="bath_level_low=0.3").device == ""
