from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.devices.raising_limit import RaisingLimit
from drivers.profiles.schema import Limits

AMPERES = st.floats(0.0, 30000.0)
LIMITS = Limits(0.0, 30000.0, max_step_up=1500.0, max_rate_up_per_s=200.0)


@given(base=AMPERES, value=AMPERES)
def test_lowering_is_never_refused(base: float, value: float) -> None:
    limit = RaisingLimit(LIMITS)
    limit.sent(30000.0, 0.0, 0.0)
    if value <= base:
        assert limit.refusal(value, base, 0.0) is None


def test_a_step_up_beyond_the_limit_is_refused_with_both_numbers() -> None:
    limit = RaisingLimit(Limits(0.0, 30000.0, max_step_up=1500.0))
    assert limit.refusal(2500.0, 1000.0, 0.0) is None
    refusal = limit.refusal(2501.0, 1000.0, 0.0)
    assert refusal is not None
    assert "1501" in refusal
    assert "1500" in refusal


def test_from_an_unknown_value_only_the_lowest_may_be_written() -> None:
    limit = RaisingLimit(LIMITS)
    assert limit.refusal(0.0, None, 0.0) is None
    assert limit.refusal(1.0, None, 0.0) is not None
    assert RaisingLimit(Limits(0.0, 30000.0)).refusal(20000.0, None, 0.0) is None


@given(st.lists(st.floats(0.7, 1.3), min_size=1, max_size=40))
def test_an_honest_ramp_passes_whatever_the_jitter_of_the_scan(gaps_s: list[float]) -> None:
    """A ramp computed from the scan's time never exceeds the rate, so no late or early scan may see it refused."""
    limit = RaisingLimit(LIMITS)
    now_s, value = 0.0, 0.0
    for gap_s in gaps_s:
        now_s += gap_s
        base, value = value, value + 200.0 * gap_s
        assert limit.refusal(value, base, now_s) is None
        limit.sent(value, base, now_s)


def test_a_read_back_rounded_down_in_every_scan_refuses_no_ramp() -> None:
    limit = RaisingLimit(LIMITS, count=1.0)
    for n in range(1, 1000):
        assert limit.refusal(200.0 * n, 200.0 * (n - 1) - 0.5, float(n)) is None
        limit.sent(200.0 * n, 200.0 * (n - 1) - 0.5, float(n))


@given(
    st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 1500.0), st.floats(0.0, 1500.0)), min_size=1, max_size=60)
)
def test_the_mean_rate_holds_over_any_window(orders: list[tuple[float, float, float]]) -> None:
    limit = RaisingLimit(LIMITS)
    now_s, value = 0.0, 0.0
    risen: list[tuple[float, float]] = []
    for gap_s, rise, fall in orders:
        now_s += gap_s
        if limit.refusal(value + rise, value, now_s) is None:
            limit.sent(value + rise, value, now_s)
            risen.append((now_s, rise))
            value += rise
        lower = max(0.0, value - fall)
        limit.sent(lower, value, now_s)
        value = lower
    for start in range(len(risen)):
        total = 0.0
        for at_s, rise in risen[start:]:
            total += rise
            assert total <= 200.0 * (2.0 + at_s - risen[start][0]) * (1 + 1e-6)
