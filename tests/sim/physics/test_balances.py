"""What goes in comes out: charge, oxide, metal, carbon, fluoride, energy; and time steps do not matter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.physics.cell import LAWS, CellState, advance, advance_in_place, outputs, running_state
from sim.physics.parameters import CellParameters
from sim.physics.people import add_salt, change_anode, tap_metal
from sim.physics.state import CellInputs
from tests.support.simulated_cells import ALL_CELLS, cell_parameters, run

F_KG_PER_MOL = 18.998e-3


def a_day_with_everything(parameters: CellParameters, dt_s: float = 2.0) -> CellState:
    """Doses, moist and wrong oxide, a feed stop into an anode effect, a power cut, changes, taps and salt."""
    design = parameters.design
    state = running_state(parameters, seed=7)
    per_step_kg = 0.8 * design.nominal_current_a * parameters.oxide_kg_per_coulomb * dt_s
    steps = round(86_400 / dt_s)
    for step in range(steps):
        hour = 24.0 * step / steps
        current_a = design.nominal_current_a
        if 12.5 <= hour < 14.5:
            current_a = 0.0
        dose_kg = 0.0 if 10.0 <= hour < 14.5 else per_step_kg
        moisture = 1.5 if 3.0 <= hour < 4.0 else 0.0
        wrong = 0.3 if 5.0 <= hour < 6.0 else 0.0
        by_hand_kg = 20.0 if step == steps // 3 else 0.0
        heating_kw = 50.0 if 13.5 <= hour < 14.5 else 0.0
        inputs = CellInputs(
            current_a, design.voltage_limit_v, dose_kg, 12.5 <= hour < 14.0, heating_kw, by_hand_kg, moisture, wrong
        )
        advance_in_place(parameters, state, inputs, dt_s)
        if step % (steps // 5) == steps // 5 - 1:
            oldest = max(range(parameters.anode_count), key=lambda i: state.anodes.gap_cm[i])
            state = change_anode(parameters, state, oldest)
        if step % (steps // 8) == steps // 8 - 1:
            state, _ = tap_metal(parameters, state, 100.0)
        if step == steps // 2 or step == round(13.4 / 24.0 * steps):
            state = add_salt(parameters, state, lif_kg=2.0, ref3_kg=5.0)
    return state


def energy_gap_j(parameters: CellParameters, start: CellState, end: CellState) -> float:
    """What came in, less what left, less what stayed."""
    t, d = parameters.truth, parameters.derived
    a, b = start.totals, end.totals
    came = b.energy_j - a.energy_j + b.heating_j - a.heating_j + b.brought_j - a.brought_j
    left: float = sum(
        getattr(b, name) - getattr(a, name)
        for name in ("outside_j", "reaction_j", "top_j", "walls_j", "anodes_j", "carried_out_j")
    )
    stays: float = LAWS.stored_j(t, d, end) - LAWS.stored_j(t, d, start)
    gap: float = came - left - stays
    return gap


def check_balances(parameters: CellParameters, start: CellState, end: CellState) -> None:
    d, totals = parameters.derived, end.totals
    per_re2o3 = 2.0 * (d.re2o3_kg_per_mol - 3.0 * 15.999e-3) / 2.0 / d.re2o3_kg_per_mol
    metal_per_ref3 = d.metal_kg_per_c / d.ref3_kg_per_c
    fed = totals.oxide_fed_kg + totals.oxide_hydrolysed_kg - totals.oxide_spilt_kg
    scale = 1e-6 * max(totals.oxide_fed_kg, 1.0)
    assert fed - totals.oxide_reduced_kg == pytest.approx(end.oxide_all_kg - start.oxide_all_kg, abs=scale)
    # rare earth: from oxide and from fluoride into metal
    made = totals.oxide_reduced_kg * per_re2o3 + totals.ref3_reduced_kg * metal_per_ref3
    assert made == pytest.approx(totals.metal_made_kg, rel=1e-6, abs=1e-9)
    assert totals.metal_made_kg == pytest.approx(end.metal_kg + totals.metal_tapped_kg, rel=1e-6, abs=1e-9)
    # rare earth that water turns from fluoride into oxide
    assert totals.ref3_hydrolysed_kg / d.ref3_kg_per_mol == pytest.approx(
        2.0 * totals.oxide_hydrolysed_kg / d.re2o3_kg_per_mol, rel=1e-9
    )
    # fluoride
    lost_mol = 3.0 * totals.ref3_lost_kg / d.ref3_kg_per_mol + totals.lif_lost_kg / 25.938e-3
    gone_mol = totals.hf_kg / 20.006e-3 + 4.0 * totals.cf4_kg / 88.003e-3 + 6.0 * totals.c2f6_kg / 138.01e-3
    added_mol = 3.0 * totals.ref3_added_kg / d.ref3_kg_per_mol + totals.lif_added_kg / 25.938e-3

    def fluoride_mol(state: CellState) -> float:
        return 3.0 * state.ref3_kg / d.ref3_kg_per_mol + state.lif_kg / 25.938e-3

    had = fluoride_mol(start)
    assert had + added_mol - lost_mol - gone_mol == pytest.approx(fluoride_mol(end), rel=1e-6)
    # carbon, to the gases, air and dust, and from the anodes
    gases = totals.co_kg / 28.010e-3 + totals.co2_kg / 44.009e-3 + totals.cf4_kg / 88.003e-3
    gases += 2.0 * totals.c2f6_kg / 138.01e-3
    carbon = 12.011e-3 * gases + totals.carbon_excess_kg + totals.carbon_dust_kg
    assert carbon == pytest.approx(totals.carbon_burnt_kg, rel=1e-6, abs=1e-9)
    anodes = sum(start.anodes.remaining_kg) + totals.carbon_set_kg - totals.carbon_removed_kg
    assert anodes - sum(end.anodes.remaining_kg) == pytest.approx(totals.carbon_burnt_kg, rel=1e-6, abs=1e-9)
    # oxygen: what oxide gave up is in the gases, less what burnt metal took back
    oxygen_mol = totals.co_kg / 28.010e-3 + 2.0 * totals.co2_kg / 44.009e-3
    from_oxide_mol = 3.0 * totals.oxide_reduced_kg / d.re2o3_kg_per_mol
    from_dioxide_mol = 0.5 * totals.oxidant_used_mol
    assert oxygen_mol == pytest.approx(from_oxide_mol + from_dioxide_mol, rel=1e-6, abs=1e-6)
    assert abs(energy_gap_j(parameters, start, end)) < 1e-4 * max(totals.energy_j, 1e6)


@pytest.mark.parametrize("name", ["prnd_25ka", "ndfe_20ka"])
def test_everything_closes_over_an_eventful_day(name: str) -> None:
    parameters = cell_parameters(name)
    start = running_state(parameters, seed=7)
    end = a_day_with_everything(parameters)
    assert end.totals.cf4_kg > 0.0  # the day did include an anode effect
    assert end.totals.hf_kg > 0.0
    check_balances(parameters, start, end)


SEGMENT = st.tuples(
    st.one_of(st.just(0.0), st.floats(0.0, 40_000.0)),
    st.floats(0.0, 30.0),
    st.one_of(st.just(0.0), st.floats(0.0, 3.0)),
    st.booleans(),
    st.floats(0.0, 400.0),
    st.floats(0.0, 5.0),
    st.floats(0.0, 1.0),
    st.sampled_from([0.1, 1.0, 2.0, 5.0]),
    st.integers(1, 120),
)


@settings(max_examples=60, deadline=None)
@given(segments=st.lists(SEGMENT, min_size=1, max_size=6))
def test_everything_closes_whatever_acts(
    segments: list[tuple[float, float, float, bool, float, float, float, float, int]],
) -> None:
    parameters = cell_parameters("ce_25ka")
    start = running_state(parameters, seed=3)
    state = start.copy()
    for demand_a, limit_v, dose_kg, lid, heating_kw, moisture, wrong, dt_s, steps in segments:
        inputs = CellInputs(demand_a, limit_v, dose_kg, lid, heating_kw, 0.0, moisture, wrong)
        for _ in range(steps):
            advance_in_place(parameters, state, inputs, dt_s)
    check_balances(parameters, start, state)


@pytest.mark.parametrize("name", ALL_CELLS)
def test_charge_is_what_the_gases_carried(name: str) -> None:
    parameters = cell_parameters(name)
    state = running_state(parameters, seed=1)
    run(parameters, state, 1800.0)
    totals = state.totals
    assert totals.charge_c == pytest.approx(1800.0 * parameters.design.nominal_current_a, rel=1e-9)
    assert totals.charge_oxide_c == pytest.approx(totals.charge_c, rel=1e-9)
    ends_as_metal = totals.metal_made_kg / parameters.metal_kg_per_coulomb
    assert ends_as_metal == pytest.approx(parameters.current_efficiency * totals.charge_c, rel=0.01)


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
