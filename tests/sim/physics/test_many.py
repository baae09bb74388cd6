"""Many cells give what each would give alone; and halving the step changes nothing that matters."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from sim.physics.cell import CellInputs, CellState, advance_in_place, outputs, running_state
from sim.physics.draw import anode_factors, drawn
from sim.physics.many import ManyCells
from sim.physics.parameters import joined
from sim.physics.people import change_anode
from sim.physics.state import AnodeColumns, Totals
from tests.support.simulated_cells import REFERENCE_CELLS, cell_parameters


def differences(one: CellState, other: CellState) -> list[str]:
    """What departs by more than a part in 10⁹."""
    found = []

    def compare(name: str, a: float, b: float, scale: float) -> None:
        if not abs(a - b) <= 1e-9 * max(abs(a), abs(b), scale):
            found.append(f"{name}: {a} {b}")

    for item in fields(CellState):
        if item.name not in ("anodes", "totals", "heat_owed_j"):
            compare(item.name, getattr(one, item.name), getattr(other, item.name), 1e-3)
    compare("heat_owed_j", one.heat_owed_j, other.heat_owed_j, 1e3)
    for item in fields(Totals):
        compare(item.name, getattr(one.totals, item.name), getattr(other.totals, item.name), 1e-3)
    for item in fields(AnodeColumns):
        for a, b in zip(getattr(one.anodes, item.name), getattr(other.anodes, item.name), strict=True):
            compare(item.name, a, b, 1e-3)
    return found


@pytest.mark.parametrize("name", ["prnd_25ka", "nd_6ka", "ndfe_20ka"])
def test_each_of_many_is_what_it_would_be_alone(name: str) -> None:
    """Feed, hand feeding and moisture; a feed stop into an anode effect; a power cut into freezing."""
    parameters = [drawn(cell_parameters(name), seed) for seed in range(4)]
    nominal_a = parameters[0].design.nominal_current_a
    many = ManyCells.running(parameters, [5, 6, 7, 8])
    alone = [running_state(one, seed=5 + place) for place, one in enumerate(parameters)]
    per_s = 0.8 * nominal_a * parameters[0].oxide_kg_per_coulomb
    saw_effect = False
    for step in range(3600):
        time_s = 3.0 * step
        currents = [nominal_a, nominal_a, 0.0 if time_s > 3600.0 else nominal_a, 0.8 * nominal_a]
        doses = [3.0 * per_s, 0.0, 3.0 * per_s, 6.0 * per_s if step % 2 else 0.0]
        by_hand = [0.0, 0.0, 5.0 if step == 100 else 0.0, 0.0]
        moisture = [0.0, 0.0, 0.0, 1.0]
        many.advance(
            3.0, current_demand_a=currents, voltage_limit_v=15.0, oxide_dose_kg=doses, hand_fed_kg=by_hand,
            extra_moisture_wt_pct=moisture, wrong_oxide_share=[0.0, 0.0, 0.1, 0.0],
        )  # fmt: skip
        for place, state in enumerate(alone):
            inputs = CellInputs(
                currents[place],
                15.0,
                doses[place],
                False,
                0.0,
                by_hand[place],
                moisture[place],
                [0.0, 0.0, 0.1, 0.0][place],
            )
            advance_in_place(parameters[place], state, inputs, 3.0)
        if step == 1000:
            alone[0] = change_anode(parameters[0], alone[0], 0)
            many.put(0, change_anode(parameters[0], many.one(0), 0))
        if step % 400 == 399:
            for place, state in enumerate(alone):
                assert differences(many.one(place), state) == [], (step, place)
        saw_effect = saw_effect or alone[1].films > 0.0
    assert saw_effect
    assert many.stored_j().shape == (4,)


def test_cells_that_do_not_fit_together_are_refused() -> None:
    mixed = [cell_parameters("ce_25ka"), cell_parameters("prnd_25ka")]
    with pytest.raises(ValueError, match="10, 18 anodes"):
        ManyCells.running(mixed, [1, 2])
    with pytest.raises(ValueError, match="0 sets"):
        ManyCells([], [])
    many = ManyCells.running([cell_parameters("nd_6ka")], [1])
    for value in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="input"):
            many.advance(1.0, current_demand_a=value, voltage_limit_v=15.0)
    with pytest.raises(ValueError, match="dt_s"):
        many.advance(6.0, current_demand_a=1.0, voltage_limit_v=15.0)


def test_a_drawn_plant_is_that_of_its_seed_and_can_run() -> None:
    parameters = cell_parameters("ce_25ka")
    assert drawn(parameters, 3) == drawn(parameters, 3)
    assert drawn(parameters, 3) != drawn(parameters, 4)
    loads = [
        max(outputs(plant, running_state(plant, seed=0)).anode_load)
        for plant in map(drawn, [parameters] * 20, range(20))
    ]
    assert max(loads) < 1.0
    assert max(loads) - min(loads) > 0.1
    assert anode_factors(1, 18) == anode_factors(1, 18)
    assert 0.9 < np.mean(anode_factors(1, 18)) < 1.1


@pytest.mark.parametrize("name", REFERENCE_CELLS)
def test_halving_the_step_changes_a_day_by_nothing_that_matters(name: str) -> None:
    """Bath within 0.1 K, oxide within 0.01 wt%, voltage within 5 mV at every hour, at the step campaigns use."""
    parameters = cell_parameters(name)
    # rods of iron are fed down; a day of thinning at constant current would raise the voltage past its limit
    parameters = joined(parameters.design, replace(parameters.product, consumable_cathode=False), parameters.truth)
    nominal_a = parameters.design.nominal_current_a
    per_s = parameters.current_efficiency * nominal_a * parameters.oxide_kg_per_coulomb
    coarse = running_state(parameters, seed=2)
    fine = coarse.copy()
    for step in range(86_400 // 5):
        advance_in_place(parameters, coarse, CellInputs(nominal_a, 25.0, 5.0 * per_s), 5.0)
        for _ in range(2):
            advance_in_place(parameters, fine, CellInputs(nominal_a, 25.0, 2.5 * per_s), 2.5)
        if step % 720 == 719:
            one, other = outputs(parameters, coarse), outputs(parameters, fine)
            assert one.bath_temperature_degc == pytest.approx(other.bath_temperature_degc, abs=0.1)
            assert one.oxide_dissolved_wt_pct == pytest.approx(other.oxide_dissolved_wt_pct, abs=0.01)
            assert one.cell_voltage_v == pytest.approx(other.cell_voltage_v, abs=0.005)
