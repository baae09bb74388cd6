"""What people are asked to do, repeated for as long as it stands."""

from __future__ import annotations

from controller.control.feed import FAILURES_TO_STOP, Feed
from controller.control.settings import ControlSettings
from controller.process_image.estimates import Estimates
from controller.process_image.modes import Mode
from controller.process_image.notices import Prompt

ROUNDED_TO_S = 600.0


def prompts(
    estimates: Estimates, feed: Feed, mode: Mode, settings: ControlSettings, time_s: float
) -> tuple[Prompt, ...]:
    asked: list[Prompt] = []
    next_due_h = estimates.anode_next_due_h.value
    if next_due_h is not None and next_due_h <= settings.anode_change_warning_h:
        asked += _anodes_due(estimates, settings, time_s)
    if mode is Mode.AUTOMATIC and feed.failures >= FAILURES_TO_STOP:
        demand = estimates.oxide_demand_kg_per_h.value
        amount = "" if demand is None else f"{demand:.0f} kg/h"
        asked.append(
            Prompt(
                "feed_by_hand", "Feed oxide by hand and look at the feeder", "doses were not completed", None, amount
            )
        )
    superheat_k = estimates.superheat_k.value
    if superheat_k is not None and not superheat_k >= settings.feed_superheat_min_k:
        why = f"superheat is below {settings.feed_superheat_min_k:g} K: no oxide is fed"
        asked.append(Prompt("close_lid", "Close the lid and keep cold additions out", why))
    return tuple(asked)


def _anodes_due(estimates: Estimates, settings: ControlSettings, time_s: float) -> list[Prompt]:
    due = []
    for position, (left, burnt) in enumerate(
        zip(estimates.anode_remaining_h, estimates.anode_burnt_kg, strict=True), start=1
    ):
        if left.value is None or burnt.value is None or not left.value <= settings.anode_change_warning_h:
            continue
        due_s = ROUNDED_TO_S * round((time_s + 3600.0 * left.value) / ROUNDED_TO_S)
        why = f"about {burnt.value:.0f} of {settings.design.anodes.carbon_new_kg:g} kg carbon is burnt"
        due.append(Prompt(f"change_anode_{position}", f"Change anode {position}", why, due_s, "1 anode"))
    return due
