"""Every file of config/scenarios, on every seam it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.closed_loop import Seam
from sim.scenario import Scenario, load_scenario
from sim.scenario_run import play
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant

FOLDER = Path(__file__).parents[2] / "config" / "scenarios"
SCENARIOS = {path.stem: load_scenario(path) for path in sorted(FOLDER.glob("*.toml"))}
CASES = [
    pytest.param(scenario, seam, id=f"{name}-{seam}") for name, scenario in SCENARIOS.items() for seam in scenario.seams
]


@pytest.mark.parametrize(("scenario", "seam"), CASES)
def test_scenario(scenario: Scenario, seam: Seam) -> None:
    outcome = run_virtual(play(scenario, demo_plant(*scenario.cells), seam))
    assert outcome.scans > 0
    assert not outcome.failures, "\n".join(("", scenario.title, *outcome.failures[:20]))
