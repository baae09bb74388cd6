"""A scenario file: what happens to a cell and what must be seen, as data. Adding one needs no code.

title = "…"
plant = "demo"                 # a file of config/plants
cells = ["ce1"]                # of that plant; the first is the one an entry means that names none
seed = 1
seams = ["process", "bytes"]   # both unless given
lasts_s = 600.0

[[action]]                     # times count from the first second of the run
at_s = 30.0
fault = "silence"              # one of: automatic, command, fault, heal, order, mark
device = "rectifier"
for_s = 2.0

[[expect]]
from_s = 40.0                  # until to_s, which is the end unless given
holds = "sometime"             # or "always", which is the default, or "never"
tag = "mode"                   # one of: tag, alarm, event, truth, written
equals = "HOLD"
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from controller.process_image.requests import Verb
from sim.closed_loop import Seam
from sim.faults import UnknownFault, fault_named

Seconds = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
ACTIONS = ("automatic", "command", "fault", "heal", "order", "mark")
SIGHTS = ("tag", "alarm", "event", "truth", "written")
ANY_ANSWER = "any"


class ScenarioError(Exception):
    """A file that is no scenario; the text names every mistake with its place."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Action(_Table):
    at_s: Seconds
    cell: str = ""
    automatic: bool = False
    """Arm as soon as every device is ready and go to AUTOMATIC."""
    command: Verb | None = None
    """What a person asks for; ``expect`` is the verdict's code, or "any"."""
    value: float | None = None
    text: str = ""
    actor: str = "operator"
    expect: str = "accepted"
    fault: str = ""
    """``NAME`` or ``NAME=SIZE``. Begins on ``device``, or without one in the cell itself; ends after ``for_s``, or when
    a ``heal`` names it in the same words."""
    heal: str = ""
    device: str = ""
    for_s: Seconds | None = None
    order: str = ""
    """A command that somebody else gives to ``device``, at its panel or from another master."""
    mark: str = ""
    """A signal of ``device`` that carries a quality word instead of its number: ``text``, or none to end it."""

    @model_validator(mode="after")
    def _one_thing(self) -> Action:
        given = [name for name in ACTIONS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"one of {', '.join(ACTIONS)} is wanted, not {', '.join(given) or 'none'}")
        if given[0] == "order" and self.value is None:
            raise ValueError("order: which value?")
        if given[0] in ("order", "mark") and not self.device:
            raise ValueError(f"{given[0]}: which device?")
        if given[0] in ("fault", "heal"):
            self._check_fault(given[0])
        return self

    def _check_fault(self, given: str) -> None:
        try:
            fault = fault_named(self.fault or self.heal).fault
        except UnknownFault as error:
            raise ValueError(str(error)) from None
        if fault.where == "cell" and self.device:
            raise ValueError(f"{given}: {fault.name} is the cell's and no device's")
        if fault.where != "cell" and not self.device:
            raise ValueError(f"{given}: which device?")


class Expectation(_Table):
    from_s: Seconds = 0.0
    to_s: Seconds | None = None
    holds: Literal["always", "sometime", "never"] = "always"
    cell: str = ""
    tag: str = ""
    """A name of the tag registry, with ``equals``, ``low``, ``high``, ``quality`` or ``reason``."""
    alarm: str = ""
    """An alarm that stands, by its id ("device_not_ready:feeder")."""
    event: str = ""
    """A code; ``says`` is part of its message."""
    says: str = ""
    truth: str = ""
    """Of the simulated cell: one of its outputs ("bath_temperature_degc"), or of a device ("rectifier.demand_a")."""
    written: str = ""
    """A command of the controller that arrived at a device ("current_setpoint_a"), whatever became of it."""
    equals: bool | float | str | None = None
    low: float | None = None
    high: float | None = None
    quality: Literal["good", "uncertain", "bad"] | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _one_sight(self) -> Expectation:
        given = [name for name in SIGHTS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"one of {', '.join(SIGHTS)} is wanted, not {', '.join(given) or 'none'}")
        bounded = (self.equals, self.low, self.high, self.quality) != (None,) * 4 or self.reason
        if given[0] in ("tag", "truth") and not bounded:
            raise ValueError(f"{given[0]}: what about it? equals, low, high, quality or reason")
        if given[0] in ("event", "written") and self.holds == "always":
            raise ValueError(f"{given[0]}: happens sometime or never")
        return self

    def __str__(self) -> str:
        said = self.model_dump(exclude_defaults=True, exclude={"from_s", "to_s"})
        until = "the end" if self.to_s is None else f"{self.to_s:g} s"
        return f"{self.from_s:g} s to {until}: {', '.join(f'{key} {value}' for key, value in said.items())}"


class Scenario(_Table):
    title: str
    plant: str = "demo"
    cells: tuple[str, ...] = Field(min_length=1)
    seed: int = 1
    seams: tuple[Seam, ...] = ("process", "bytes")
    lasts_s: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    setpoint_never_above_a: float | None = None
    """Tighter than the cell's envelope, where this scenario can say so."""
    action: tuple[Action, ...] = ()
    expect: tuple[Expectation, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _within_the_run(self) -> Scenario:
        named = {action.cell for action in self.action} | {expectation.cell for expectation in self.expect}
        if strangers := named - {"", *self.cells}:
            raise ValueError(f"{', '.join(sorted(strangers))}: not among the cells")
        for action in self.action:
            if action.at_s >= self.lasts_s:
                raise ValueError(f"an action at {action.at_s:g} s is after the end")
        for expectation in self.expect:
            if not expectation.from_s < (expectation.to_s or self.lasts_s) <= self.lasts_s:
                raise ValueError(f"{expectation}: no time of this run")
        return self


def load_scenario(path: Path) -> Scenario:
    """Raises ScenarioError, OSError."""
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path.name}: {error}") from None
    except ValidationError as errors:
        lines = [
            f"{path.name}: {'.'.join(str(part) for part in error['loc']) or 'file'}: {error['msg']}"
            for error in errors.errors()
        ]
        raise ScenarioError("\n".join(lines)) from None
