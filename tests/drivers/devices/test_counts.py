from __future__ import annotations

import pytest

from drivers.devices.counts import count_of
from drivers.profiles.schema import Command, PointType, Scale


@pytest.mark.parametrize(
    ("kind", "text_format", "gain", "count"),
    [
        ("u16", "", 30000.0 / 27648.0, 30000.0 / 27648.0),
        ("i16", "", -0.1, 0.1),
        ("decimal", ".3f", 1.0, 0.001),
        ("decimal", "+07.1f", 2.0, 0.2),
        ("decimal", "", 1.0, 1.0),
        ("f32", "", 1.0, 1e-6),
    ],
)
def test_the_last_digit(kind: PointType, text_format: str, gain: float, count: float) -> None:
    command = Command("x", kind, text_format=text_format, scale=Scale(gain))
    assert count_of(command) == pytest.approx(count)
