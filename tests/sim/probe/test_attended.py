from __future__ import annotations

import pytest

from sim.physics.setup import load_setup
from sim.probe.attended import DEEDS, AttendedCell, TimedSetting, check_later, do
from sim.probe.settings import SettingRefused, setting

CELL = "nd_6ka"


def cell(*, feed_wt_pct: float | None = 2.3) -> AttendedCell:
    setup = load_setup(CELL)
    return AttendedCell(
        setup.parameters(), setup.state(), setup.current_a, setup.design.voltage_limit_v, feed_wt_pct=feed_wt_pct
    )


def told(subject: AttendedCell, *texts: str) -> AttendedCell:
    setup = load_setup(CELL)
    for text in texts:
        setup = do(subject, setup, setting(text))
    return subject


def test_a_lid_keeps_heat_in_and_auxiliary_current_brings_some() -> None:
    temperatures = []
    for texts in ((), ("lid=closed",), ("lid=closed", "auxiliary_kw=20")):
        subject = told(cell(), "current=0", *texts)
        temperatures.append(subject.run(600.0).bath_k)
    assert temperatures == sorted(temperatures)
    assert temperatures[2] > temperatures[1] + 5.0 > temperatures[0] + 10.0


def test_without_current_nobody_feeds() -> None:
    subject = told(cell(), "current=0")
    subject.run(60.0)
    fed_kg = subject.state.totals.dropped_kg
    subject.run(600.0)
    assert subject.state.totals.dropped_kg == fed_kg
    told(subject, "current=4010")
    subject.run(600.0)
    assert subject.state.totals.dropped_kg > fed_kg + 0.5


def test_a_level_above_saturation_is_not_fed_to_for_ever() -> None:
    subject = cell(feed_wt_pct=15.0)
    state = subject.run(7200.0)
    undissolved_kg = state.oxide_fast_kg + state.oxide_slow_kg + state.sludge_kg
    assert 0.015 < undissolved_kg / state.bath_mass_kg < 0.05


def test_feed_stops_and_comes_back() -> None:
    subject = told(cell(), "feed_wt_pct=none")
    subject.run(300.0)
    assert subject.state.totals.dropped_kg == 0.0
    told(subject, "feed_wt_pct=2.3")
    subject.run(300.0)
    assert subject.state.totals.dropped_kg > 0.3


def test_temperature_is_held_as_it_is_at_a_number_or_not() -> None:
    subject = told(cell(), "hold=1030")
    assert subject.run(10.0).bath_k == pytest.approx(1303.15)
    told(subject, "hold=none", "current=0")
    assert subject.run(60.0).bath_k < 1303.0
    here_k = subject.state.bath_k
    told(subject, "hold=temperature")
    assert subject.run(60.0).bath_k == pytest.approx(here_k)


def test_water_that_nobody_knows_of_makes_hydrogen_fluoride() -> None:
    dry, moist = cell(), told(cell(), "extra_moisture_wt_pct=2")
    dry.run(600.0)
    moist.run(600.0)
    assert moist.state.totals.hf_kg > 5.0 * dry.state.totals.hf_kg


def test_a_parameter_may_change_while_the_cell_runs() -> None:
    subject = cell()
    before_v = subject.state.cell_voltage_v
    told(subject, "immersion=40")
    assert subject.state.cell_voltage_v > before_v + 0.3
    told(subject, "immersion=45")
    assert subject.state.cell_voltage_v == pytest.approx(before_v, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("start.sludge_kg=3", "fixed before the run"),
        ("scale=2", "fixed before the run"),
        ("bath.mol_pct.LiF=40", "fixed before the run"),
        ("cathode.cathode_count=2", "fixed before the run"),
        ("curren=4", "did you mean current"),
        ("current=-4", "must lie in 0–200000 A"),
        ("lid=ajar", "on or off"),
        ("hold=cosy", "must be a number"),
        ("anode.film_v=0", "must lie in 1–60 V"),
    ],
)
def test_what_cannot_be_done_later_is_refused_with_the_reason(text: str, answer: str) -> None:
    with pytest.raises(SettingRefused, match=answer):
        check_later(load_setup(CELL), [TimedSetting(1.0, setting(text))])


def test_every_deed_is_described_and_can_be_done() -> None:
    values = {"hold": "none", "lid": "closed", "service": "off", "feed_wt_pct": "none", "anode_1_limit_factor": "0.5"}
    for name, deed in DEEDS.items():
        assert deed.meaning
        check_later(load_setup(CELL), [TimedSetting(0.0, setting(f"{name}={values.get(name, '0.5')}"))])
