"""Thermocouples in the bath on one input module."""

from __future__ import annotations

import random
from collections.abc import Iterable

from sim.devices.model import DeviceModel
from sim.sensors import Sensor, SensorErrors

BIAS_SPREAD_K = 2.0
"""Standard deviation of wire tolerance from couple to couple (IEC 60584 class 1 is ±3.4 K for N at 850 °C)."""
DRIFT_SPREAD_K_PER_DAY = 1.0
"""Downward, as sheathed couples do; assumed, from 1–3 K/day for continuous immersion."""
NOISE_K = 0.3
SHEATH_LAG_S = 20.0
"""Time constant of a heavy protective sheath; assumed."""
COLD_JUNCTION_DEGC = 31.0


class Thermocouples(DeviceModel):
    """``signals`` names the channels that have a couple ("bath_temperature_1_degc")."""

    def __init__(self, signals: Iterable[str], rng: random.Random, *, bath_temperature_degc: float) -> None:
        super().__init__()
        self.sensors: dict[str, Sensor] = {}
        for signal in signals:
            errors = SensorErrors(
                bias=rng.gauss(0.0, BIAS_SPREAD_K),
                drift_per_day=-abs(rng.gauss(0.0, DRIFT_SPREAD_K_PER_DAY)),
                noise=NOISE_K,
                lag_s=SHEATH_LAG_S,
            )
            self.sensors[signal] = Sensor(errors, rng, bath_temperature_degc)
        self.values["cold_junction"] = COLD_JUNCTION_DEGC
        self.observe(bath_temperature_degc, 0.0)

    def observe(self, bath_temperature_degc: float, dt_s: float) -> None:
        for signal, sensor in self.sensors.items():
            self.values[signal] = sensor.observe(bath_temperature_degc, dt_s)
        self.version += 1

    def burn_out(self, signal: str) -> None:
        self.mark(signal, "open_circuit")

    def replace(self, signal: str) -> None:
        self.mark(signal, None)
