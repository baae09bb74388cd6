from __future__ import annotations

import pytest

from drivers.devices.conditions import expectation, key_of, matches, meets
from drivers.profiles.schema import Condition, Requirement
from drivers.reading import Quality, Reading, bad

SET = Reading(1.0, Quality.GOOD, "", 0.0)
CLEAR = Reading(0.0, Quality.GOOD, "", 0.0)


@pytest.mark.parametrize(
    ("negated", "reading", "met"),
    [(False, SET, True), (False, CLEAR, False), (True, SET, False), (True, CLEAR, True)],
)
def test_a_requirement_on_a_bit(negated: bool, reading: Reading, met: bool) -> None:
    assert meets(Requirement("status", "trip", negated), reading) is met


@pytest.mark.parametrize("reading", [None, bad("no reply", 0.0), Reading("ON", Quality.GOOD, "", 0.0)])
@pytest.mark.parametrize("negated", [True, False])
def test_what_is_not_known_meets_no_requirement(reading: Reading | None, negated: bool) -> None:
    assert meets(Requirement("status", "trip", negated), reading) is None


def test_keys_name_the_point_or_its_bit() -> None:
    assert key_of(Requirement("status", "trip", True)) == "status.trip"
    assert key_of(Requirement("ready", None, False)) == "ready"


def test_a_condition_tells_what_it_wanted() -> None:
    condition = Condition("map_id", (0x5243, 0x5244))
    assert matches(condition, {"map_id": Reading(21059.0, Quality.GOOD, "", 0.0)}) is True
    wrong = {"map_id": Reading(1.0, Quality.GOOD, "", 0.0)}
    assert matches(condition, wrong) is False
    assert expectation(condition, wrong) == "map_id is 1, expected 21059 or 21060"
    lost = {"map_id": bad("wrong_length", 0.0)}
    assert matches(condition, lost) is None
    assert expectation(condition, lost) == "map_id is bad (wrong_length), expected 21059 or 21060"
    assert expectation(Condition("name", ("7018",)), {}) == "name was not read, expected '7018'"
