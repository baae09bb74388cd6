"""Oxide in doses: the deficit grows with the charge and a dose is ordered when it is worth one.

A dose counts as fed when the feeder says so, never when it was ordered.
"""

from __future__ import annotations

from typing import NamedTuple

from controller.estimation.view import FeederView
from controller.process_image.commands import Dose

DONE_WITHIN_S = 60.0
FAILURES_TO_STOP = 2
"""Doses in a row that nobody confirmed: automatic feeding waits for a person, or it would feed blindly."""
CATCH_UP_FACTOR = 1.6
"""Fastest feeding, of demand. Faster than this undissolved oxide becomes sludge (assumed)."""
OWED_AT_MOST_WT_PCT = 0.25
"""Of the bath. What is missing beyond it was probably fed by hand, and a person has to say (assumed)."""
DOSE_NUMBERS = 65535
LARGEST_DOSES = 2.0
"""A person may order up to this many times the usual dose at once."""


class Feed(NamedTuple):
    """``number`` is that of the last dose ordered, 0 while none is known."""

    deficit_kg: float = 0.0
    number: int = 0
    mass_kg: float = 0.0
    ordered_s: float | None = None
    outstanding: bool = False
    """Ordered, neither confirmed nor given up."""
    failures: int = 0
    fed_kg: float = 0.0


def owing(feed: Feed, eaten_kg: float, bath_kg: float) -> Feed:
    bound_kg = 0.01 * OWED_AT_MOST_WT_PCT * bath_kg
    deficit_kg = feed.deficit_kg + eaten_kg
    if not -bound_kg <= deficit_kg <= bound_kg:
        deficit_kg = bound_kg if deficit_kg > 0.0 else -bound_kg
    return Feed(deficit_kg, *feed[1:])


def confirmed(feed: Feed, feeder: FeederView, time_s: float) -> tuple[Feed, float, str]:
    """Feed, kg that this scan proved to have fallen, and an event's text: "done", "overdue" or nothing.

    A dose confirmed after it was given up still fell, so it counts then.
    """
    if feed.mass_kg > 0.0 and feeder.done_number is not None and int(feeder.done_number) == feed.number:
        fed_kg = feed.mass_kg
        if feeder.done_kg is not None and 0.0 < feeder.done_kg <= 2.0 * feed.mass_kg:
            fed_kg = feeder.done_kg
        after = feed._replace(
            deficit_kg=feed.deficit_kg - fed_kg,
            mass_kg=0.0,
            outstanding=False,
            failures=0,
            fed_kg=feed.fed_kg + fed_kg,
        )
        return after, fed_kg, "done"
    if feed.outstanding and (feed.ordered_s is None or not time_s - feed.ordered_s <= DONE_WITHIN_S):
        return feed._replace(outstanding=False, failures=feed.failures + 1), 0.0, "overdue"
    return feed, 0.0, ""


def unfit(feed: Feed, feeder: FeederView) -> str:
    """Why the feeder cannot take a dose now; empty when it can."""
    if feeder.ready is None:
        return "the feeder cannot be read"
    if feeder.ready != 1.0:
        return "the feeder is not ready"
    if feeder.done_number is None:
        return "the number of the feeder's last dose cannot be read"
    if feed.outstanding:
        return f"dose {feed.number} is still on its way"
    return ""


def cold(superheat_k: float | None, least_k: float) -> str:
    """Why oxide would sink instead of dissolving; empty when it dissolves."""
    if superheat_k is None:
        return "no bath temperature is good"
    if not superheat_k >= least_k:
        return f"superheat {superheat_k:.0f} K is below {least_k:g} K: oxide would sink as sludge"
    return ""


def is_due(feed: Feed, dose_kg: float, demand_kg_per_s: float, time_s: float) -> bool:
    if not feed.deficit_kg >= dose_kg or feed.failures >= FAILURES_TO_STOP or not demand_kg_per_s > 0.0:
        return False
    return feed.ordered_s is None or time_s - feed.ordered_s >= dose_kg / (CATCH_UP_FACTOR * demand_kg_per_s)


def order(feed: Feed, feeder: FeederView, mass_kg: float, time_s: float) -> tuple[Feed, Dose]:
    """Number the dose after the later of our last and the feeder's last; call only when ``unfit`` is empty."""
    done = int(feeder.done_number or 0)
    ahead = (feed.number - done) % (DOSE_NUMBERS + 1)
    last = feed.number if feed.number and 0 < ahead <= DOSE_NUMBERS // 2 else done
    number = last % DOSE_NUMBERS + 1
    after = feed._replace(number=number, mass_kg=mass_kg, ordered_s=time_s, outstanding=True)
    return after, Dose(number, mass_kg)
