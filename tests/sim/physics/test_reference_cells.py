"""The shipped cells at set-point and nominal current: heat closes, voltage and loads sit where they should."""

from __future__ import annotations

import dataclasses
import statistics
from typing import Any

import pytest

from controller.chemistry.bath import bath_composition
from controller.chemistry.liquidus import bath_liquidus_degc
from sim.physics.cell import LAWS, new_anodes, outputs, running_state, solve_again
from sim.physics.parameters import CellParameters
from sim.physics.state import CellState
from tests.support.simulated_cells import ALL_CELLS, REFERENCE_CELLS, cell_parameters, run


def heat_imbalance_w(parameters: CellParameters, state: CellState) -> Any:
    design, truth = parameters.design, parameters.truth
    current = state.line_current_a
    outside_v = (1.0 - truth.conductor_heat_inside) * design.conductor_resistance_ohm * current
    released = current * (state.cell_voltage_v - outside_v - parameters.current_efficiency * truth.enthalpy_voltage_v)
    released += LAWS.furnace_w(truth, state.bath_k)
    walls = parameters.derived.bath_to_lining_w_per_k * (state.bath_k - state.lining_k)
    return released - LAWS.top_loss_w(truth, parameters.derived, state.bath_k, False) - walls


@pytest.mark.parametrize("name", ALL_CELLS)
def test_heat_balance_closes_to_one_per_cent_of_power(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=3)
    power_w = state.line_current_a * state.cell_voltage_v
    assert abs(heat_imbalance_w(parameters, state)) < 0.01 * power_w


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_voltage_is_that_of_a_healthy_cell(name: str) -> None:
    parameters = cell_parameters(name)
    seen = outputs(parameters, running_state(parameters, seed=0))
    assert 6.0 <= seen.cell_voltage_v <= 10.0
    low, high = parameters.design.normal_voltage_v
    assert low <= seen.cell_voltage_v <= high


def test_laboratory_cell_fits_an_8_volt_400_ampere_supply() -> None:
    parameters = cell_parameters("lab_400a")
    seen = outputs(parameters, running_state(parameters, seed=0))
    assert seen.line_current_a == pytest.approx(400.0)
    assert 3.5 <= seen.cell_voltage_v <= 6.0
    assert parameters.design.voltage_limit_v == 8.0


@pytest.mark.parametrize("name", ALL_CELLS)
def test_anodes_run_in_the_green_window(name: str) -> None:
    parameters = cell_parameters(name)
    seen = outputs(parameters, running_state(parameters, seed=0))
    assert 0.5 <= statistics.mean(seen.anode_load) <= 0.75
    assert max(seen.anode_load) <= 0.85
    assert sum(seen.anode_current_a) == pytest.approx(seen.line_current_a, rel=1e-9)
    low, high = parameters.design.oxide_window_wt_pct
    assert low < seen.oxide_dissolved_wt_pct < high
    assert not seen.anode_effect
    assert not seen.partial_anode_effect
    assert not seen.voltage_clipped


@pytest.mark.parametrize("name", ALL_CELLS)
def test_oxide_window_ends_below_saturation(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=0)
    saturation = state.saturation_wt_pct
    assert parameters.design.oxide_window_wt_pct[1] == pytest.approx(0.9 * saturation, rel=0.02)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_recipe_and_its_liquidus_agree_with_the_phase_diagram(name: str) -> None:
    design = cell_parameters(name).design
    bath = bath_composition(
        design.ref3_wt_pct,
        design.baf2_wt_pct,
        design.lif_wt_pct,
        cell_parameters(name).product.rare_earth_molar_mass_g_per_mol,
    )
    assert bath_liquidus_degc(bath, cell_parameters(name).truth.rare_earth) == pytest.approx(
        design.bath_liquidus_degc, abs=3.0
    )


@pytest.mark.parametrize("name", ["ce_25ka", "prnd_25ka", "ndfe_20ka"])
def test_anode_ages_are_evenly_staggered_in_an_order_the_seed_decides(name: str) -> None:
    parameters = cell_parameters(name)
    ages = outputs(parameters, running_state(parameters, seed=1)).anode_age_h
    count, life_h = parameters.anode_count, parameters.design.anodes.life_h
    assert sorted(ages) == pytest.approx([life_h * (i + 0.5) / count for i in range(count)])
    assert ages != outputs(parameters, running_state(parameters, seed=2)).anode_age_h
    assert ages == outputs(parameters, running_state(parameters, seed=1)).anode_age_h


@pytest.mark.parametrize("name", ALL_CELLS)
def test_design_life_is_what_nominal_current_burns(name: str) -> None:
    """One anode at its mean share of current, at the recipe's CO2 share, from new to worn."""
    parameters = cell_parameters(name)
    anodes = parameters.design.anodes
    share_a = parameters.design.nominal_current_a / anodes.count
    charge_ah = share_a * anodes.life_h
    kg = 12.011e-3 * 3600.0 / 96485.33 * charge_ah * (0.8 / 4.0 + 0.2 / 2.0) * 1.15
    assert kg == pytest.approx(anodes.carbon_new_kg, rel=0.06)


def test_published_voltage_split_of_the_six_kiloampere_cell() -> None:
    """6.28 V at 4 010 A, of which 4.43 melt, 0.25 conductors and 1.62 interfaces."""
    parameters = cell_parameters("nd_6ka")
    state = running_state(parameters, seed=0)
    current = state.line_current_a
    conductors_v = parameters.design.conductor_resistance_ohm * current
    interfaces_v = state.anodes.potential_v[0] + 0.015 * 3.575  # cathode: 0.015 V·ln(1 + 3.55/0.1)
    melt_v = state.cell_voltage_v - conductors_v - interfaces_v
    assert current == pytest.approx(4010.0)
    assert state.cell_voltage_v == pytest.approx(6.28, abs=0.25)
    assert melt_v == pytest.approx(4.43, abs=0.3)
    assert conductors_v == pytest.approx(0.248, abs=0.03)
    assert interfaces_v == pytest.approx(1.622, abs=0.12)


def test_voltage_grows_by_0_14_volts_per_centimetre_of_ring_over_its_life() -> None:
    parameters = cell_parameters("nd_6ka")
    state = running_state(parameters, seed=0)
    before = state.cell_voltage_v
    state.anodes = new_anodes(parameters, [1.0])
    state.anodes.current_a = [4010.0]
    solve_again(parameters, state, 4010.0, 100.0)
    assert state.anodes.gap_cm[0] == pytest.approx(14.2)
    assert (state.cell_voltage_v - before) / 4.0 == pytest.approx(0.14, abs=0.03)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_a_fed_cell_stays_where_it_is_for_two_hours(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=5)
    before = outputs(parameters, state)
    run(parameters, state, 7200.0)
    after = outputs(parameters, state)
    assert after.bath_temperature_degc == pytest.approx(before.bath_temperature_degc, abs=2.0)
    assert after.oxide_dissolved_wt_pct == pytest.approx(before.oxide_dissolved_wt_pct, abs=0.02)
    # anodes wear, and iron rods thin by centimetres a day
    most_v = 0.12 if parameters.product.consumable_cathode else 0.05
    assert 0.0 <= after.cell_voltage_v - before.cell_voltage_v <= most_v


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_hold_current_keeps_the_bath_liquid_under_a_lid(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=0)
    run(parameters, state, 8 * 3600.0, current_a=parameters.design.hold_current_a, lid_closed=True)
    seen = outputs(parameters, state)
    assert seen.bath_temperature_degc > seen.bath_liquidus_degc + 10.0
    assert seen.bath_temperature_degc < parameters.design.bath_temperature_target_degc + 5.0


def test_parameters_do_not_change() -> None:
    parameters = cell_parameters("ce_25ka")
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameters.anode_count = 3  # type: ignore[misc]


def test_every_mistake_of_the_simulator_table_is_named() -> None:
    with pytest.raises(ValueError, match=r"(?s)unknown key 'voidages'.*cover_factor = 2.0: must lie in"):
        cell_parameters("ce_25ka", cover_factor=2.0, voidages=0.1)
    with pytest.raises(ValueError, match='must be "plates" or "ring"'):
        cell_parameters("ce_25ka", arrangement="star")
    with pytest.raises(ValueError, match="must be one of Nd, La"):
        cell_parameters("ce_25ka", rare_earth="Sm")
