"""Cells left to run by themselves for days, people at work."""

from __future__ import annotations

import statistics

from sim.physics.cell import MEAN_ROD, THIN_ROD, running_state
from sim.physics.open_loop import OpenLoop
from sim.physics.parameters import CellParameters
from tests.support.simulated_cells import cell_parameters


def free_running(parameters: CellParameters) -> OpenLoop:
    design = parameters.design
    state = running_state(parameters, seed=3)
    return OpenLoop(
        parameters, state, design.nominal_current_a, design.voltage_limit_v,
        feed_wt_pct=design.oxide_target_wt_pct, step_s=5.0,
    )  # fmt: skip


def test_neodymium_iron_stays_at_its_temperature_while_rods_thin_and_are_renewed_one_by_one() -> None:
    parameters = cell_parameters("ndfe_20ka")
    loop = free_running(parameters)
    new_cm = parameters.derived.radius_cm
    degc, radii = [], []
    for _ in range(48):
        state = loop.run(3600.0)
        degc.append(state.bath_k - 273.15)
        radii.append(state.cathode_radius_cm / new_cm)
    # salt made up cold in one go chills for a while
    assert abs(statistics.mean(degc) - 930.0) < 3.0
    assert max(degc) < 934.0
    assert min(degc) > 918.0
    assert abs(statistics.mean(radii) - MEAN_ROD) < 0.02
    assert max(radii) - min(radii) < 0.5 * (1.0 - THIN_ROD)


def test_a_sole_anode_is_set_preheated_so_that_its_change_upsets_the_cell_little() -> None:
    parameters = cell_parameters("nd_6ka")
    loop = free_running(parameters)
    loop.state.anodes.gap_cm = [parameters.derived.gap_worn_cm]
    loop.state.anodes.remaining_kg = loop.state.anodes.settled_kg = [0.0]
    new_v = loop.state.cell_voltage_v
    degc, volts = [], []
    for _ in range(360):
        state = loop.run(30.0)
        degc.append(state.bath_k - 273.15)
        volts.append(state.cell_voltage_v)
    assert loop.changes == 1
    assert max(degc) - degc[0] < 15.0
    assert max(volts[2:]) < new_v + 1.5
