"""Oxide by book-keeping: what was fed less what the current ate. Without an assay it drifts, and it says how far."""

from __future__ import annotations

import math
from typing import NamedTuple

OPENING_SIGMA_WT_PCT = 0.3
"""A bath opened on trust at its target (assumed; the usual spread between assays)."""
THROUGHPUT_ERROR_FRACTION = 0.05
"""Feeder gain and current efficiency together, of everything that passed through (assumed, 0.03–0.10)."""


class OxideBook(NamedTuple):
    content_wt_pct: float
    throughput_kg: float = 0.0
    """Oxide eaten since the content was last known."""
    metal_kg: float = 0.0
    """Metal made and not yet reported tapped."""


def booked(book: OxideBook, *, eaten_kg: float, fed_kg: float, metal_kg: float, bath_kg: float) -> OxideBook:
    """A bath cannot hold less than nothing: there the book is wrong, and stops."""
    content = book.content_wt_pct + 100.0 * (fed_kg - eaten_kg) / bath_kg
    return OxideBook(
        content if content > 0.0 else 0.0,
        book.throughput_kg + eaten_kg,
        book.metal_kg + metal_kg,
    )


def sigma_wt_pct(book: OxideBook, bath_kg: float) -> float:
    drift = 100.0 * THROUGHPUT_ERROR_FRACTION * book.throughput_kg / bath_kg
    return math.sqrt(OPENING_SIGMA_WT_PCT**2 + drift * drift)


def tapped(book: OxideBook, metal_kg: float) -> OxideBook:
    return book._replace(metal_kg=max(0.0, book.metal_kg - metal_kg))
