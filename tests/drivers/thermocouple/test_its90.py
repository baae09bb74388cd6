"""Thermocouple conversion against the NIST tables, an independent implementation, and itself."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import thermocouple_its90
from hypothesis import given
from hypothesis import strategies as st

from drivers.reading import Quality, Reading
from drivers.thermocouple.its90 import (
    compensated,
    emf_mv,
    fault,
    reading,
    temperature_degc,
    voltage_range_mv,
)
from drivers.thermocouple.nist_tables import FORWARD, Kind

LOWEST_DEGC = {Kind.K: -270.0, Kind.N: -270.0, Kind.S: -50.0, Kind.R: -50.0, Kind.B: 250.0}
HIGHEST_DEGC = {Kind.K: 1372.0, Kind.N: 1300.0, Kind.S: 1768.1, Kind.R: 1768.1, Kind.B: 1820.0}
NOT_FINITE = (math.nan, math.inf, -math.inf)

kinds = st.sampled_from(list(Kind))
shares = st.floats(0.0, 1.0)


def nist_points() -> list[tuple[Kind, float, float]]:
    lines = (Path(__file__).parent / "nist_points.txt").read_text(encoding="ascii").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return [(Kind(kind), float(degc), float(mv)) for kind, degc, mv in rows]


def at(kind: Kind, share: float) -> float:
    """A temperature of the invertible range, by its share of that range."""
    low, high = LOWEST_DEGC[kind], HIGHEST_DEGC[kind]
    return min(high, low + share * (high - low))


def forward(kind: Kind, degc: float) -> float:
    value = emf_mv(kind, degc)
    assert value is not None
    return value


def inverse(kind: Kind, mv: float) -> float:
    value = temperature_degc(kind, mv)
    assert value is not None
    return value


def test_every_type_has_a_few_dozen_nist_points() -> None:
    for kind in Kind:
        assert sum(point[0] is kind for point in nist_points()) >= 30


@pytest.mark.parametrize(("kind", "degc", "mv"), nist_points())
def test_forward_prints_the_nist_table(kind: Kind, degc: float, mv: float) -> None:
    assert round(forward(kind, degc), 3) == mv


@pytest.mark.parametrize(("kind", "degc", "mv"), [p for p in nist_points() if p[2] > 0.3 or p[0] is not Kind.B])
def test_inverse_reads_the_nist_table_back(kind: Kind, degc: float, mv: float) -> None:
    # A table entry stands for half a microvolt either way, cut off where the range ends.
    low, high = voltage_range_mv(kind)
    low_degc = inverse(kind, max(low, mv - 0.0005))
    high_degc = inverse(kind, min(high, mv + 0.0005))
    assert low_degc - 1e-6 <= degc <= high_degc + 1e-6


@pytest.mark.parametrize("kind", list(Kind))
def test_agrees_with_an_independent_implementation(kind: Kind) -> None:
    other = thermocouple_its90.get(kind.value)
    for i in range(2001):
        degc = at(kind, i / 2000)
        mv = forward(kind, degc)
        assert mv == pytest.approx(other.emf(degc), abs=1e-9)
        assert inverse(kind, mv) == pytest.approx(degc, abs=1e-6)
        if 0 < i < 2000:  # the other one refuses its own last digit at the ends
            assert inverse(kind, mv) == pytest.approx(other.temperature(mv), abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "expected_mv"),
    [
        (Kind.K, (29.129, 35.313, 39.314, 43.211)),
        (Kind.N, (24.527, 30.416, 34.319, 38.179)),
        (Kind.S, (6.275, 7.893, 9.014, 10.168)),
        (Kind.R, (6.743, 8.571, 9.850, 11.173)),
        (Kind.B, (2.431, 3.546, 4.387, 5.299)),
    ],
)
def test_voltages_at_700_850_950_and_1050_degc(kind: Kind, expected_mv: tuple[float, ...]) -> None:
    assert tuple(round(forward(kind, degc), 3) for degc in (700.0, 850.0, 950.0, 1050.0)) == expected_mv


@given(kinds, shares)
def test_inverse_undoes_forward(kind: Kind, share: float) -> None:
    degc = at(kind, share)
    assert inverse(kind, forward(kind, degc)) == pytest.approx(degc, abs=1e-6)


@given(kinds, shares)
def test_forward_undoes_inverse(kind: Kind, share: float) -> None:
    low, high = voltage_range_mv(kind)
    mv = min(high, low + share * (high - low))
    assert forward(kind, inverse(kind, mv)) == pytest.approx(mv, abs=1e-8)


@pytest.mark.parametrize("kind", list(Kind))
def test_inverse_is_exact_where_two_pieces_meet(kind: Kind) -> None:
    for piece in FORWARD[kind][:-1]:
        for i in range(-50, 51):
            degc = piece.high + i * 1e-5
            assert inverse(kind, forward(kind, degc)) == pytest.approx(degc, abs=1e-6)


@given(kinds, shares, shares)
def test_hotter_means_more_voltage(kind: Kind, one: float, other: float) -> None:
    cold, hot = sorted((at(kind, one), at(kind, other)))
    if hot - cold > 1e-3:
        assert forward(kind, cold) < forward(kind, hot)


@given(kinds, shares, shares)
def test_more_voltage_means_hotter(kind: Kind, one: float, other: float) -> None:
    low, high = voltage_range_mv(kind)
    little, much = sorted(min(high, low + share * (high - low)) for share in (one, other))
    assert inverse(kind, little) <= inverse(kind, much) + 1e-6


@given(kinds, st.floats(allow_nan=True, allow_infinity=True))
def test_forward_never_extrapolates(kind: Kind, degc: float) -> None:
    lowest = 0.0 if kind is Kind.B else LOWEST_DEGC[kind]
    inside = lowest <= degc <= HIGHEST_DEGC[kind]
    assert (emf_mv(kind, degc) is not None) is inside


@given(kinds, st.floats(allow_nan=True, allow_infinity=True))
def test_inverse_answers_inside_its_range_or_not_at_all(kind: Kind, mv: float) -> None:
    low, high = voltage_range_mv(kind)
    degc = temperature_degc(kind, mv)
    assert (degc is not None) is (low <= mv <= high)
    if degc is not None:
        assert LOWEST_DEGC[kind] - 0.2 <= degc <= HIGHEST_DEGC[kind]


@given(kinds, st.floats(1e-9, 1e6))
def test_just_outside_is_refused_with_its_side(kind: Kind, beyond: float) -> None:
    low, high = voltage_range_mv(kind)
    assert fault(kind, low - beyond) == "under_range"
    assert fault(kind, high + beyond) == "over_range"


def test_type_b_has_no_inverse_below_about_250_degc() -> None:
    assert temperature_degc(Kind.B, 0.2909) is None
    assert temperature_degc(Kind.B, 0.0) is None
    assert inverse(Kind.B, 0.291) == pytest.approx(249.9, abs=0.1)


@pytest.mark.parametrize("value", NOT_FINITE)
@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_not_a_number_is_no_temperature(kind: Kind, value: float) -> None:
    assert emf_mv(kind, value) is None
    assert temperature_degc(kind, value) is None
    assert compensated(kind, value, 25.0) is None
    assert compensated(kind, 10.0, value) is None
    assert fault(kind, value) == "not_finite"
    assert fault(kind, 10.0, value) == "cold_junction_fault"


@given(kinds, st.floats(0.0, 60.0), shares)
def test_the_cold_junction_is_compensated_in_volts(kind: Kind, cold_degc: float, share: float) -> None:
    hot_degc = 300.0 + share * (HIGHEST_DEGC[kind] - 300.0)
    seen_mv = forward(kind, hot_degc) - forward(kind, cold_degc)
    found = compensated(kind, seen_mv, cold_degc)
    if found is None:  # the sum may round to just above the end of the range
        assert hot_degc > HIGHEST_DEGC[kind] - 1e-6
    else:
        assert found == pytest.approx(hot_degc, abs=1e-6)


def test_adding_temperatures_instead_would_be_wrong_by_kelvins() -> None:
    # Type S, 850 °C against 40 °C: the naive sum is out by more than 15 K, which is why this is not done.
    seen_mv = forward(Kind.S, 850.0) - forward(Kind.S, 40.0)
    assert abs(inverse(Kind.S, seen_mv) + 40.0 - 850.0) > 15.0
    assert compensated(Kind.S, seen_mv, 40.0) == pytest.approx(850.0, abs=1e-6)


def test_a_reading_carries_the_fault_as_its_reason() -> None:
    good = reading(Kind.N, 30.0, 25.0, 12.5)
    assert good.quality is Quality.GOOD
    assert good.value == compensated(Kind.N, 30.0, 25.0)
    assert good.time_s == 12.5
    assert reading(Kind.N, 60.0, 25.0, 1.0) == Reading(None, Quality.BAD, "over_range", 1.0)
    assert reading(Kind.N, -9.0, 25.0, 1.0) == Reading(None, Quality.BAD, "under_range", 1.0)
    assert reading(Kind.N, 30.0, math.nan, 1.0) == Reading(None, Quality.BAD, "cold_junction_fault", 1.0)


@given(kinds, st.floats(-100.0, 100.0), st.floats(-100.0, 100.0))
def test_a_fault_is_named_exactly_when_there_is_no_temperature(kind: Kind, mv: float, cold_degc: float) -> None:
    assert (compensated(kind, mv, cold_degc) is None) is (fault(kind, mv, cold_degc) is not None)
