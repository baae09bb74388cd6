from __future__ import annotations

import dataclasses

import pytest

from sim.plant import SimulatedCell, SimulatedPlant
from tests.support.simulated_plants import demo_plant

CE1 = demo_plant("ce1").cells[0]


def cell(seed: int = 1, start_s: float = 0.0) -> SimulatedCell:
    return SimulatedCell(CE1, seed, start_s=start_s)


def seen(one: SimulatedCell) -> list[tuple[str, dict[str, float]]]:
    return [(device.name, dict(device.model.values)) for device in one.devices]


def test_it_starts_running_at_nominal_current_in_remote_near_its_set_point() -> None:
    one = cell()
    assert one.rectifier.running
    assert one.rectifier.remote
    assert one.outputs.line_current_a == pytest.approx(CE1.design.nominal_current_a, rel=0.01)
    assert one.outputs.bath_temperature_degc == pytest.approx(CE1.design.bath_temperature_target_degc, abs=10.0)
    assert 5.0 < one.outputs.cell_voltage_v < 12.0


def test_the_same_seed_twice_gives_the_same_readings_to_the_last_bit() -> None:
    one, two, other = cell(7), cell(7), cell(8)
    for each in (one, two, other):
        each.advance_to(120.0)
    assert seen(one) == seen(two)
    assert seen(one) != seen(other)


def test_how_often_one_looks_changes_nothing() -> None:
    seldom, often = cell(), cell()
    for tick in range(1, 601):
        often.advance_to(tick * 0.1)
    seldom.advance_to(60.0)
    assert seen(often) == seen(seldom)


def test_when_the_clock_started_changes_nothing_about_the_cell() -> None:
    early, late = cell(start_s=0.0), cell(start_s=5e5)
    early.advance_to(60.0)
    late.advance_to(5e5 + 60.0)
    assert late.outputs.bath_temperature_degc == early.outputs.bath_temperature_degc
    assert late.rectifier.values["cell_voltage_v"] == early.rectifier.values["cell_voltage_v"]


def test_going_back_in_time_does_nothing() -> None:
    one = cell()
    one.advance_to(10.0)
    before = seen(one)
    one.advance_to(3.0)
    assert seen(one) == before
    assert one.now_s == 10.0


def test_a_dose_reaches_the_bath_and_leaves_the_hopper() -> None:
    one, undosed = cell(), cell()
    one.feeder.command("dose_kg", 2.0, {"dose_id": 1.0})
    for each in (one, undosed):
        each.advance_to(300.0)
    assert one.feeder.values["dose_done_id"] == 1.0
    assert one.state.totals.oxide_fed_kg == pytest.approx(2.0, rel=0.06)
    assert one.outputs.oxide_dissolved_wt_pct > undosed.outputs.oxide_dissolved_wt_pct
    assert undosed.load_cell.values["hopper_mass_kg"] - one.load_cell.values["hopper_mass_kg"] == pytest.approx(
        2.0, abs=0.2
    )


def test_the_cell_file_says_what_the_hopper_holds() -> None:
    plan = dataclasses.replace(CE1, simulator={**CE1.simulator, "hopper_kg": 50.0})
    assert SimulatedCell(plan, 1).feeder.hopper_kg == 50.0


def test_an_open_permit_contact_takes_the_current_away() -> None:
    one = cell()
    one.digital_io.command("permit_contact", 0.0)
    one.advance_to(2.0)
    assert one.rectifier.values["rectifier_tripped"] == 1.0
    assert one.outputs.line_current_a == 0.0
    assert one.rectifier.values["line_current_a"] == 0.0


def test_a_lost_alive_pulse_leads_to_hold_at_the_moment_the_relay_drops_out() -> None:
    one = cell()
    one.digital_io.command("alive_pulse", 1.0)
    one.advance_to(9.0)
    assert one.rectifier.values["rectifier_fallback"] == 0.0
    ramp_s = one.rectifier.watchdog.ramp_s
    one.advance_to(10.0 + ramp_s / 2.0)
    halfway_a = (CE1.design.nominal_current_a + CE1.design.hold_current_a) / 2.0
    assert one.rectifier.demand_a == pytest.approx(halfway_a, rel=0.01)
    one.advance_to(12.0 + ramp_s)
    assert one.outputs.line_current_a == pytest.approx(CE1.design.hold_current_a, rel=0.01)


def test_a_silent_controller_lets_the_watchdog_ramp_down_within_its_time() -> None:
    one = cell()
    watchdog = one.rectifier.watchdog
    for second in range(1, 11):
        one.advance_to(float(second))
        one.rectifier.command("heartbeat", float(second))
    one.advance_to(10.0 + watchdog.timeout_s - 1.0)
    assert one.rectifier.values["rectifier_fallback"] == 0.0
    one.advance_to(10.0 + watchdog.timeout_s + watchdog.ramp_s + 1.0)
    assert one.rectifier.values["rectifier_fallback"] == 1.0
    assert one.outputs.line_current_a == pytest.approx(CE1.design.hold_current_a, rel=0.01)


def test_people_change_anodes_by_position_and_tap_what_is_there() -> None:
    one = cell()
    before = one.outputs.anode_age_h
    one.change_anode(3)
    one.advance_to(1.0)
    after = one.outputs.anode_age_h
    assert after[2] < 0.01
    assert [b < a for b, a in zip(before, after, strict=True)].count(False) == 1
    metal_kg = one.state.metal_kg
    assert one.tap_metal(1e9) == pytest.approx(metal_kg)
    assert one.state.metal_kg == 0.0


def test_people_fill_the_hopper_change_due_anodes_and_tap_unless_nobody_serves() -> None:
    served, left = cell(), cell()
    left.service = False
    for one in (served, left):
        one.feeder.hopper_kg = 20.0
        one.state.metal_kg = 100.0
        one.state.anodes.remaining_kg[2] = -1.0
        one.advance_to(60.0)
    assert (served.feeder.hopper_kg, left.feeder.hopper_kg) == (400.0, 20.0)
    assert served.state.metal_kg < 50.0 < left.state.metal_kg
    assert served.outputs.anode_age_h[2] < 0.02 < left.outputs.anode_age_h[2]


def test_what_the_cell_file_says_of_its_measuring_chains_is_what_is_drawn() -> None:
    exact = dict.fromkeys(
        ("current_gain_error", "current_offset_error", "voltage_gain_error", "anode_gain_spread"), 0.0
    )
    exact |= dict.fromkeys(("voltage_offset_error_v", "signal_corrosion_per_day", "thermocouple_bias_spread_k"), 0.0)
    plan = dataclasses.replace(CE1, simulator={**CE1.simulator, **exact})
    one = SimulatedCell(plan, 1)
    one.advance_to(60.0)
    assert one.rectifier.current.shown(12_345.0) == 12_345.0
    assert one.rectifier.voltage.shown(7.5) == 7.5
    assert one.anode_monitor.values["anode_current_4_a"] == pytest.approx(one.outputs.anode_current_a[3], abs=25.0)
    assert one.thermocouples[0].values["bath_temperature_2_degc"] == pytest.approx(880.0, abs=2.0)


def test_a_section_keeps_its_cells_on_one_clock_and_apart_in_their_noise() -> None:
    now_s = 100.0
    section = SimulatedPlant(demo_plant(), 1, lambda: now_s)
    now_s = 160.0
    section.advance()
    assert {one.now_s for one in section.cells.values()} == {160.0}
    assert sorted(section.devices) == sorted(
        f"{plan.name}/{device.name}" for plan in section.plant.cells for device in plan.devices
    )
    now_s = 200.0
    section.advance_cell("ce1")()
    assert section.cells["ce1"].now_s == 200.0
    assert section.cells["prnd1"].now_s == 160.0
