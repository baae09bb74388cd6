"""What goes in comes out: oxide, metal, carbon, energy; and time steps do not matter."""

from __future__ import annotations

import pytest

from sim.physics import heat
from sim.physics.cell import CellState, advance, advance_in_place, change_anode, outputs, running_state, tap_metal
from sim.physics.parameters import CellParameters
from sim.physics.state import CellInputs
from tests.support.simulated_cells import ALL_CELLS, cell_parameters, run


def a_day_with_everything(parameters: CellParameters) -> tuple[CellState, float]:
    """Doses, a feed stop into an anode effect, a power cut, changes and taps; the carbon set in and taken out, kg."""
    design = parameters.design
    state = running_state(parameters, seed=7)
    carbon_kg = sum(state.anodes.remaining_kg)
    dose_every_s = round(design.dose_kg / (design.nominal_current_a * parameters.oxide_kg_per_coulomb * 0.8))
    for second in range(86_400):
        hour = second / 3600.0
        fed = not 10.0 <= hour < 12.0
        current_a = 0.3 * design.nominal_current_a if 12.0 <= hour < 12.1 else design.nominal_current_a
        dose_kg = design.dose_kg if fed and second % dose_every_s == 0 else 0.0
        advance_in_place(parameters, state, CellInputs(current_a, design.voltage_limit_v, dose_kg), 1.0)
        if second % 20_000 == 19_999:
            oldest = max(range(parameters.anode_count), key=lambda i: state.anodes.gap_cm[i])
            carbon_kg += design.anodes.carbon_new_kg - state.anodes.remaining_kg[oldest]
            state = change_anode(parameters, state, oldest)
        if second % 10_800 == 10_799:
            state, _ = tap_metal(state, 100.0)
    return state, carbon_kg


def test_oxide_metal_and_carbon_close_over_an_eventful_day() -> None:
    parameters = cell_parameters("prnd_25ka")
    start = running_state(parameters, seed=7)
    state, carbon_kg = a_day_with_everything(parameters)
    totals = state.totals
    assert totals.cf4_kg > 0.0  # the day did include an anode effect
    stock_kg = sum(state.stock) - sum(start.stock)
    assert totals.oxide_fed_kg - totals.oxide_reduced_kg == pytest.approx(stock_kg, abs=1e-6 * totals.oxide_fed_kg)
    assert totals.metal_made_kg == pytest.approx(state.metal_kg + totals.metal_tapped_kg, rel=1e-6)
    assert carbon_kg - sum(state.anodes.remaining_kg) == pytest.approx(totals.carbon_burnt_kg, rel=1e-6)


def test_oxide_reduced_is_stoichiometric_to_metal_made() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    run(parameters, state, 3600.0)
    ratio = state.totals.oxide_reduced_kg / state.totals.metal_made_kg
    assert ratio == pytest.approx(parameters.product.oxide_kg_per_kg_metal, rel=1e-9)


def test_neodymium_made_in_a_day_is_faradays() -> None:
    parameters = cell_parameters("prnd_25ka", current_efficiency=1.0)
    state = running_state(parameters, seed=1)
    run(parameters, state, 3600.0)
    assert 24.0 * state.totals.metal_made_kg == pytest.approx(1070.0, rel=1e-3)


def test_feed_stop_drains_the_oxide_at_the_exact_rate() -> None:
    """25 kA, 900 kg bath, current efficiency 0.8: −0.077 wt% a minute."""
    parameters = cell_parameters("prnd_25ka")
    state = running_state(parameters, seed=1)
    state.bath = state.bath._replace(mass_kg=900.0)
    state.stock = state.stock._replace(dissolved_kg=0.03 * 900.0 / 0.97, fast_kg=0.0, slow_kg=0.0)
    before = outputs(parameters, state).oxide_dissolved_wt_pct
    assert before == pytest.approx(3.0)
    run(parameters, state, 60.0, fed=False)
    fall = outputs(parameters, state).oxide_dissolved_wt_pct - before
    # a bath just above saturation also drops 0.1 of its excess to the slow part in that minute
    assert fall == pytest.approx(-0.077, abs=0.005)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_energy_balance_closes_over_an_hour_of_change(name: str) -> None:
    """Electricity and furnace = reaction + warming and dissolving of feed + losses + what bath and lining took up."""
    parameters = cell_parameters(name)
    design, truth = parameters.design, parameters.truth
    state = running_state(parameters, seed=1)
    start_bath_k, start_lining_k = state.bath_k, state.lining_k
    ambient_k = truth.ambient_degc + 273.15
    gained_j = 0.0
    for second in range(3600):
        lid_closed = second >= 1800
        current_a = design.nominal_current_a * (0.85 if second >= 600 else 1.0)
        dose_kg = design.dose_kg if second % 90 == 0 else 0.0
        bath_k, lining_k = state.bath_k, state.lining_k
        undissolved_kg = state.stock.fast_kg + state.stock.slow_kg + dose_kg
        advance_in_place(parameters, state, CellInputs(current_a, design.voltage_limit_v, dose_kg, lid_closed), 1.0)
        dissolved_kg = undissolved_kg - state.stock.fast_kg - state.stock.slow_kg
        current_a = state.line_current_a
        outside_w = (1.0 - truth.conductor_heat_inside) * design.conductor_resistance_ohm * current_a**2
        reaction_w = current_a * state.current_efficiency * heat.hot_enthalpy_voltage_v(parameters)
        gained_j += current_a * state.cell_voltage_v - outside_w - reaction_w
        gained_j += heat.furnace_w(parameters, bath_k) - heat.top_loss_w(parameters, bath_k, lid_closed)
        gained_j -= truth.wall_loss_w_per_k * (lining_k - ambient_k)
        gained_j -= 400.0 * dose_kg * (state.bath_k - ambient_k) + 100e3 * dissolved_kg
    bath_j_per_k = 1e3 * truth.bath_heat_capacity_kj_per_kg_k * state.bath.mass_kg
    taken_j = bath_j_per_k * (state.bath_k - start_bath_k)
    taken_j += 1e6 * truth.lining_heat_capacity_mj_per_k * (state.lining_k - start_lining_k)
    assert gained_j == pytest.approx(taken_j, abs=1e-6 * state.totals.energy_j)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_less_current_and_an_open_lid_never_warm(name: str) -> None:
    parameters = cell_parameters(name)
    ends = []
    for share, lid_closed in ((0.7, False), (0.7, True), (1.0, False), (1.0, True)):
        state = running_state(parameters, seed=1)
        current_a = share * parameters.design.nominal_current_a
        run(parameters, state, 1800.0, current_a=current_a, lid_closed=lid_closed)
        ends.append((state.bath_k, state.lining_k))
    open_low, closed_low, open_full, closed_full = ends
    assert open_low < closed_low < closed_full
    assert open_low < open_full < closed_full


@pytest.mark.parametrize("name", ["ce_25ka", "prnd_25ka", "lab_400a"])
def test_a_step_of_a_second_agrees_with_ten_of_a_tenth(name: str) -> None:
    parameters = cell_parameters(name)
    design = parameters.design
    coarse = running_state(parameters, seed=2)
    fine = coarse.copy()
    dose_every_s = round(design.dose_kg / (design.nominal_current_a * parameters.oxide_kg_per_coulomb * 0.8))
    for second in range(3600):
        current_a = design.nominal_current_a * (0.8 if 1200 <= second < 1800 else 1.0)
        dose_kg = design.dose_kg if second % dose_every_s == 0 else 0.0
        inputs = CellInputs(current_a, design.voltage_limit_v, dose_kg)
        advance_in_place(parameters, coarse, inputs, 1.0)
        for part in range(10):
            advance_in_place(parameters, fine, inputs if part == 0 else inputs._replace(oxide_dose_kg=0.0), 0.1)
        if second % 300 == 299:
            one, other = outputs(parameters, coarse), outputs(parameters, fine)
            assert one.bath_temperature_degc == pytest.approx(other.bath_temperature_degc, abs=0.1)
            assert one.oxide_dissolved_wt_pct == pytest.approx(other.oxide_dissolved_wt_pct, abs=0.01)
            assert one.cell_voltage_v == pytest.approx(other.cell_voltage_v, abs=0.005)


@pytest.mark.parametrize(("plateau", "mm"), [(1.0, 15.8), (0.1, 30.0)])
def test_recession_of_a_ring_at_one_ampere_per_square_centimetre(plateau: float, mm: float) -> None:
    """15.8 mm a day where all carbon goes to CO2, 31.6 to CO; 0.1 is the least CO2 share the law knows."""
    parameters = cell_parameters("prnd_25ka", co2_plateau=plateau)
    state = running_state(parameters, seed=1)
    area = parameters.anode_area_new_cm2
    position = state.anodes.gap_cm.index(min(state.anodes.gap_cm))
    start_cm, charge_per_cm2 = state.anodes.gap_cm[position], 0.0
    for _ in range(3600):
        advance_in_place(parameters, state, CellInputs(25_000.0, 15.0, 0.0116), 1.0)
        charge_per_cm2 += state.anodes.current_a[position] / area
    grown_mm = 10.0 * (state.anodes.gap_cm[position] - start_cm)
    assert grown_mm * 86_400.0 / charge_per_cm2 == pytest.approx(mm, rel=0.01)


def test_advance_leaves_its_argument_alone_and_equals_in_place() -> None:
    parameters = cell_parameters("ce_25ka")
    state = running_state(parameters, seed=1)
    before = outputs(parameters, state)
    after = advance(parameters, state, CellInputs(20_000.0, 15.0, 1.0), 1.0)
    assert outputs(parameters, state) == before
    advance_in_place(parameters, state, CellInputs(20_000.0, 15.0, 1.0), 1.0)
    assert outputs(parameters, after) == outputs(parameters, state)
    assert after.totals == state.totals


def test_the_same_seed_gives_the_same_cell_to_the_last_bit() -> None:
    parameters = cell_parameters("ce_25ka")
    runs = []
    for _ in range(2):
        state = running_state(parameters, seed=11)
        run(parameters, state, 600.0)
        runs.append(outputs(parameters, state))
    assert runs[0] == runs[1]
