"""The reference points, one by one."""

from __future__ import annotations

import pytest

from sim.validate.points import Point
from sim.validate.table import POINTS

ABSENT = ("R20", "R22")


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.id)
def test_reference_point(point: Point) -> None:
    outcome = point.compute()
    if point.id in ABSENT:
        assert outcome.passed is None
        assert point.id in outcome.detail
        return
    assert outcome.passed, outcome


def test_the_table_is_complete_and_assumed_laws_are_counted_apart() -> None:
    numbered = [f"R{n}" for n in range(1, 26)]
    numbered.insert(numbered.index("R15") + 1, "R15t")
    assert [point.id for point in POINTS] == numbered
    assumed = [point.id for point in POINTS if point.kind == "consistency"]
    assert assumed == ["R9", "R15t", "R16", "R18", "R19", "R21"]
