"""The plant file as it is written: one pydantic model per table, strict, unknown keys refused.

These models exist only at the file's border; ``controller.settings`` turns them into ``controller.plant.Plant``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictBool, StrictInt, StrictStr, model_validator

from controller.plant import Role

Number = Annotated[FiniteFloat, Field(strict=False)]
Name = Annotated[StrictStr, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Range = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def no_bool_as_number(cls, data: Any) -> Any:
        """TOML's ``true`` would count as 1.0, and a set-point of 1 A is not what anybody meant."""
        if isinstance(data, dict):
            for key, value in data.items():
                field = cls.model_fields.get(key)
                if isinstance(value, bool) and field is not None and "bool" not in str(field.annotation).lower():
                    raise ValueError(f"{key}: a number or text is wanted, not {str(value).lower()}")
        return data


class PlantTable(Table):
    site: Name
    area: Name
    scan_period_s: Annotated[Number, Field(ge=0.2, le=2.0)] = 1.0


class MqttTable(Table):
    host: StrictStr
    port: Annotated[StrictInt, Field(ge=1, le=65535)] = 1883
    username: StrictStr | None = None
    password_file: StrictStr | None = None


class JournalTable(Table):
    directory: StrictStr


class CommandTable(Table):
    socket: StrictStr


class EnvelopeTable(Table):
    """Defaults are the plant owner's: 700–950 °C, 20–40 kA, 6–25 V."""

    temperature_degc: Range = [700.0, 950.0]
    current_a: Range = [20_000.0, 40_000.0]
    voltage_v: Range = [6.0, 25.0]
    reason: Annotated[StrictStr, Field(min_length=10)] | None = None


class DeviceTable(Table):
    name: Name
    role: Role
    profile: StrictStr
    link: StrictStr
    unit: Annotated[StrictInt, Field(ge=0, le=255)] = 1
    needed: StrictBool = True
    parameters: dict[str, float | str] = {}
    signals: dict[str, str] = {}


class CellTable(Table):
    name: Name
    design: StrictStr
    product: StrictStr | None = None
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
    envelope: EnvelopeTable = EnvelopeTable()
    simulator: dict[str, Any] = {}
    device: Annotated[list[DeviceTable], Field(min_length=1)]


class PlantFile(Table):
    plant: PlantTable
    mqtt: MqttTable | None = None
    journal: JournalTable
    command: CommandTable
    cell: Annotated[list[CellTable], Field(min_length=1, max_length=64)]
