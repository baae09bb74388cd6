"""What is measured on virtual time is a cell in service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.bench import virtual
from sim.bench.plant import load, write_plant_file
from sim.closed_loop import ClosedLoop


def test_a_cell_without_a_feeder_is_fed_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[ClosedLoop] = []

    def remembered(*args: Any, **kwargs: Any) -> ClosedLoop:
        kept.append(ClosedLoop(*args, **kwargs))
        return kept[-1]

    monkeypatch.setattr(virtual, "ClosedLoop", remembered)
    assert virtual.times_real(load(write_plant_file(tmp_path)), "process", 1500.0, telemetry=False) > 0.0
    (cell,) = kept[0].simulated.cells.values()
    design = cell.plan.design
    assert cell.outputs.oxide_dissolved_wt_pct == pytest.approx(design.oxide_target_wt_pct, abs=0.1)
    assert not any(cell.outputs.anode_passivated)
