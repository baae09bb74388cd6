"""One scan's decision while it is being made. Lives inside ``step`` and never outside it."""

from __future__ import annotations

from controller.control.cell_state import CellState
from controller.control.current import CurrentView, bumpless_a, held_a
from controller.control.modes import ENERGISED, Facts
from controller.control.settings import ControlSettings
from controller.estimation.beliefs import Beliefs
from controller.estimation.view import View
from controller.process_image.commands import Dose, RectifierOrder
from controller.process_image.modes import Mode
from controller.process_image.notices import Event
from controller.process_image.requests import Request, Verdict


class Turn:
    """Mutable; ``step`` makes one, fills it and reads it out."""

    __slots__ = (
        "armed",
        "beliefs",
        "current",
        "dose",
        "events",
        "facts",
        "feed",
        "lowering_a",
        "mode",
        "operator_target_a",
        "order",
        "setpoint_a",
        "settings",
        "shown",
        "starting",
        "stop_sent_s",
        "verdicts",
        "view",
    )

    def __init__(self, state: CellState, beliefs: Beliefs, view: View, settings: ControlSettings, armed: bool) -> None:
        self.armed = armed
        self.beliefs = beliefs
        self.current = CurrentView(view.line_current_a, view.readback_a, view.running == 0.0)
        self.dose: Dose | None = None
        self.events: list[Event] = []
        missing = ""
        if view.line_current_a is None:
            missing = "line current is not good"
        elif view.cell_voltage_v is None:
            missing = "cell voltage is not good"
        self.facts = Facts(armed, missing, self.current.standing_still)
        self.feed = state.feed
        self.lowering_a: float | None = None
        """A set-point for this scan alone, asked for by a person while the cell is not armed."""
        self.mode = state.mode
        self.operator_target_a = state.operator_target_a
        self.order = RectifierOrder.NONE
        self.setpoint_a = state.setpoint_a
        self.settings = settings
        self.shown = state.shown
        self.starting = state.starting
        self.stop_sent_s = state.stop_sent_s
        self.verdicts: list[Verdict] = []
        self.view = view

    def enter(self, mode: Mode, why: str, actor: str = "") -> None:
        before = self.mode
        if before is mode:
            return
        self.mode = mode
        self.operator_target_a = None
        self.starting = None
        self.stop_sent_s = None
        if mode is Mode.HOLD:
            start_a = self.setpoint_a if before in ENERGISED else self.view.readback_a
            self.setpoint_a = held_a(self.current, start_a, self.settings.hold_current_a)
        elif mode is Mode.OFF:
            self.setpoint_a = 0.0
        elif mode is Mode.STANDBY:
            self.setpoint_a = None
        elif before not in (Mode.MANUAL, Mode.AUTOMATIC):
            self.setpoint_a = bumpless_a(self.current, self.setpoint_a)
        self.events.append(Event("mode", f"{before.value} → {mode.value}: {why}", actor))

    def accept(self, request: Request, message: str, code: str = "accepted") -> None:
        self.verdicts.append(Verdict(request, True, code, message))

    def refuse(self, request: Request, code: str, message: str) -> None:
        self.verdicts.append(Verdict(request, False, code, message))

    @property
    def superheat_k(self) -> float | None:
        degc = self.view.bath_temperature_degc
        return None if degc is None else degc - self.settings.design.bath_liquidus_degc
