from __future__ import annotations

from controller.estimation.anode_estimates import EQUAL_SHARE, UNKNOWN_START, anode_estimates
from controller.estimation.beliefs import advanced, opening
from controller.estimation.estimate import BOOK_KEEPING, estimate
from controller.estimation.view import see
from controller.process_image.estimates import Estimates
from controller.process_image.measurements import Measurements, measured, missing
from drivers.reading import Quality
from tests.support.process_images import SETTINGS, image


def estimated(measurements: Measurements, *, known: bool = False, shared: bool = False) -> Estimates:
    view = see(measurements, 1.0, 18)
    beliefs = advanced(opening(SETTINGS), view, SETTINGS, 1.0, eaten_kg=0.01, fed_kg=0.0)
    anodes = beliefs.anodes._replace(known=(known,) * 18, shared=(shared,) * 18)
    shown = anode_estimates(anodes, SETTINGS, view.time_s)
    return estimate(beliefs, view, SETTINGS, anodes=shown, fed_kg=0.0, deficit_kg=0.0)


def test_a_healthy_cell() -> None:
    found = estimated(image())
    assert found.bath_temperature_degc.value == 880.0
    assert found.superheat_k.value == 58.0
    assert found.cell_power_kw.value == 187.5
    assert found.pseudo_resistance_ohm.value == (7.5 - 1.66) / 25000.0
    assert found.oxide_wt_pct.quality is Quality.UNCERTAIN
    assert found.oxide_wt_pct.reason == BOOK_KEEPING
    assert len(found.anode_remaining_h) == 18


def test_every_estimate_is_finite_or_bad_with_a_reason() -> None:
    blind = image(
        line_current_a=missing("timeout", 100.0),
        cell_voltage_v=measured(7.0, 10.0),
        bath_temperature_degc=(),
        anode_current_a=(),
    )
    found = estimated(blind)
    for name in ("pseudo_resistance_ohm", "cell_power_kw", "superheat_k", "oxide_demand_kg_per_h"):
        estimate_ = getattr(found, name)
        assert estimate_.value is None, name
        assert estimate_.quality is Quality.BAD
        assert estimate_.reason


def test_anodes_say_how_sure_they_are() -> None:
    assert estimated(image()).anode_next_due_h.reason == UNKNOWN_START
    assert estimated(image(), known=True, shared=True).anode_next_due_h.reason == EQUAL_SHARE
    assert estimated(image(), known=True).anode_next_due_h.good
