from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.estimation.oxide_balance import OxideBook, booked, sigma_wt_pct, tapped


def test_book_keeping_in_weight_percent() -> None:
    book = booked(OxideBook(1.2), eaten_kg=10.0, fed_kg=4.0, metal_kg=8.0, bath_kg=1000.0)
    assert book.content_wt_pct == pytest.approx(0.6)
    assert book.throughput_kg == 10.0
    assert book.metal_kg == 8.0


def test_a_bath_holds_no_less_than_nothing() -> None:
    assert booked(OxideBook(0.1), eaten_kg=10.0, fed_kg=0.0, metal_kg=0.0, bath_kg=1000.0).content_wt_pct == 0.0


@given(st.lists(st.floats(0.0, 50.0), min_size=1, max_size=20))
def test_uncertainty_only_grows(meals_kg: list[float]) -> None:
    book = OxideBook(1.2)
    sigmas = [sigma_wt_pct(book, 4470.0)]
    for kg in meals_kg:
        book = booked(book, eaten_kg=kg, fed_kg=kg, metal_kg=0.0, bath_kg=4470.0)
        sigmas.append(sigma_wt_pct(book, 4470.0))
    assert sigmas == sorted(sigmas)


def test_one_can_only_tap_what_is_there() -> None:
    assert tapped(OxideBook(1.2, metal_kg=5.0), 7.0).metal_kg == 0.0
