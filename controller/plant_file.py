"""The plant file as it is written: one pydantic model per table, strict, unknown keys refused.

These models exist only at the file's border; ``controller.plant_file_reading`` reads a file into them and
``controller.settings`` turns them into ``controller.plant.Plant``. ``docs/plant-file.md`` names every key.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from controller.plant import Role

SCAN_PERIOD_S = (0.2, 2.0)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a line break or another character that cannot be seen")
    return text


def _number_or_text(value: object) -> float | str:
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number or a text is wanted")  # noqa: TRY004 - pydantic listens to ValueError
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("a number is wanted that is neither infinite nor nan")
    return number


def _rising(pair: list[float]) -> list[float]:
    if not pair[0] < pair[1]:
        raise ValueError("the first number must be below the second")
    return pair


Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[StrictStr, Field(min_length=1), AfterValidator(_printable)]
Name = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Range = Annotated[list[Number], Field(min_length=2, max_length=2), AfterValidator(_rising)]
Reason = Annotated[StrictStr, Field(min_length=10), AfterValidator(_printable)]
Parameter = Annotated[float | str, BeforeValidator(_number_or_text)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlantTable(Table):
    site: Name = Field(examples=["works"])
    area: Name = Field(examples=["hall1"])
    scan_period_s: Annotated[Number, Field(ge=SCAN_PERIOD_S[0], le=SCAN_PERIOD_S[1])] = 1.0


class MqttTable(Table):
    host: Text = Field(examples=["127.0.0.1"])
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = 1883
    username: Text | None = None
    password_file: Text | None = None


class JournalTable(Table):
    directory: Text = Field(examples=["/var/lib/didymium/hall1"])


class CommandTable(Table):
    socket: Text = Field(examples=["/run/didymium/hall1.sock"])


class EnvelopeTable(Table):
    """Defaults are the plant owner's: 700–950 °C, 20–40 kA, 6–25 V."""

    temperature_degc: Range = [700.0, 950.0]
    current_a: Range = [20_000.0, 40_000.0]
    voltage_v: Range = [6.0, 25.0]
    reason: Reason | None = None


class CellTable(Table):
    """A ``[[cell]]`` without its devices, which are read one by one."""

    name: Name = Field(examples=["ce1"])
    design: Text = Field(examples=["ce_25ka"])
    product: Text | None = None
    supply: Literal["private", "shared"] = "private"
    current_target_a: Annotated[Number, Field(gt=0)] | None = None
    hold_current_a: Annotated[Number, Field(gt=0)] | None = None
    current_ramp_up_pct_per_min: Annotated[Number, Field(gt=0, le=20)] = 5.0
    current_slew_up_a_per_s: Annotated[Number, Field(gt=0, le=1000)] = 200.0
    bath_temperature_target_degc: Annotated[Number, Field(gt=0)] | None = None
    oxide_target_wt_pct: Annotated[Number, Field(gt=0, lt=10)] | None = None
    dose_kg: Annotated[Number, Field(gt=0, le=20)] | None = None
    dose_kg_per_h_max: Annotated[Number, Field(gt=0, le=500)] | None = None
    feed_superheat_min_k: Annotated[Number, Field(ge=0, le=100)] = 15.0
    anode_change_warning_h: Annotated[Number, Field(gt=0, le=100)] = 8.0
    fresh_s: Annotated[Number, Field(gt=0, le=10)] = 3.0
    bath_temperature_lost_hold_s: Annotated[Number, Field(ge=0, le=3600)] = 300.0
    process_safety_time_s: Annotated[Number, Field(gt=0, le=3600)] | None = None
    envelope: EnvelopeTable = EnvelopeTable()
    simulator: dict[str, Any] = {}


class DeviceTable(Table):
    name: Name = Field(examples=["rectifier"])
    role: Role = Field(examples=["rectifier"])
    profile: Text = Field(examples=["rectifier_plc"])
    link: Text = Field(examples=["tcp://10.0.0.5:502"])
    unit: Annotated[StrictInt, Field(ge=0, le=255)] = 1
    needed: StrictBool = True
    parameters: dict[str, Parameter] = {}
    signals: dict[str, StrictStr] = {}
