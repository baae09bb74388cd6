from __future__ import annotations

from drivers.devices.rate_check import RateCheck
from drivers.reading import Quality, Reading, bad


def judged(check: RateCheck, value: float | str | None, time_s: float) -> Reading:
    reading = bad("open_circuit", time_s) if value is None else Reading(value, Quality.GOOD, "", time_s)
    readings = {"t0": reading, "other": Reading(1.0, Quality.GOOD, "", time_s)}
    check.judge(readings)
    assert readings["other"].value == 1.0
    return readings["t0"]


def test_a_jump_is_bad_for_that_sample_alone() -> None:
    check = RateCheck({"t0": 15.0}, 1.0)
    assert judged(check, 880.0, 0.0).quality is Quality.GOOD
    spike = judged(check, 980.0, 1.0)
    assert (spike.quality, spike.reason, spike.value, spike.time_s) == (Quality.BAD, "rate", None, 1.0)
    assert judged(check, 881.0, 2.0).value == 881.0


def test_a_level_that_lasts_is_believed_once_it_could_have_been_reached() -> None:
    check = RateCheck({"t0": 15.0}, 1.0)
    judged(check, 880.0, 0.0)
    good = [judged(check, 925.0, float(n)).quality is Quality.GOOD for n in range(1, 6)]
    assert good == [False, False, True, True, True]


def test_two_samples_close_together_are_judged_by_the_period() -> None:
    check = RateCheck({"t0": 15.0}, 1.0)
    judged(check, 880.0, 0.0)
    assert judged(check, 880.4, 0.01).quality is Quality.GOOD


def test_bad_readings_and_texts_pass_and_leave_no_trace() -> None:
    check = RateCheck({"t0": 15.0}, 1.0)
    judged(check, 880.0, 0.0)
    assert judged(check, None, 1.0).reason == "open_circuit"
    assert judged(check, "RUN", 1.5).value == "RUN"
    assert judged(check, 905.0, 2.0).quality is Quality.GOOD


def test_after_forgetting_the_first_sample_is_believed() -> None:
    check = RateCheck({"t0": 15.0}, 1.0)
    judged(check, 880.0, 0.0)
    check.forget()
    assert judged(check, 300.0, 1.0).value == 300.0
