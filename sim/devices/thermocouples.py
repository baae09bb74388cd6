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
MOST_DRIFT_K = 300.0
"""Where a runaway couple comes to rest; assumed."""
SHORT_NOISE_SHARE = 0.25
"""Noise of a couple with melt in its sheath, rms, of its departure; assumed."""


class Thermocouples(DeviceModel):
    """``signals`` names the channels that have a couple ("bath_temperature_1_degc")."""

    def __init__(
        self,
        signals: Iterable[str],
        rng: random.Random,
        *,
        bath_temperature_degc: float,
        bias_spread_k: float = BIAS_SPREAD_K,
        drift_spread_k_per_day: float = DRIFT_SPREAD_K_PER_DAY,
    ) -> None:
        super().__init__()
        self._rng = rng
        self._drift_k_per_s: dict[str, float] = {}
        self._drifted_k: dict[str, float] = {}
        self._shorted_k: dict[str, float] = {}
        self.sensors: dict[str, Sensor] = {}
        for signal in signals:
            errors = SensorErrors(
                bias=rng.gauss(0.0, bias_spread_k),
                drift_per_day=-abs(rng.gauss(0.0, drift_spread_k_per_day)),
                noise=NOISE_K,
                lag_s=SHEATH_LAG_S,
            )
            self.sensors[signal] = Sensor(errors, rng, bath_temperature_degc)
        self.values["cold_junction"] = COLD_JUNCTION_DEGC
        self.observe(bath_temperature_degc, 0.0)

    def observe(self, bath_temperature_degc: float, dt_s: float) -> None:
        for signal, sensor in self.sensors.items():
            self.values[signal] = sensor.observe(bath_temperature_degc, dt_s)
        if self._drift_k_per_s or self._shorted_k:
            self._depart(dt_s)
        self.version += 1

    def burn_out(self, signal: str) -> None:
        self.mark(signal, "open_circuit")

    def replace(self, signal: str) -> None:
        self.mark(signal, None)

    def drift(self, signal: str, k_per_h: float) -> None:
        """Beside what every couple does; 0 when a new one is put in."""
        if k_per_h:
            self._drift_k_per_s[signal] = k_per_h / 3600.0
            self._drifted_k[signal] = 0.0
        else:
            self._drift_k_per_s.pop(signal, None)

    def short_to_bath(self, signal: str, off_k: float) -> None:
        """Melt in the sheath adds a voltage of the bath's own, and its noise; 0 when a new couple is put in."""
        if off_k:
            self._shorted_k[signal] = off_k
        else:
            self._shorted_k.pop(signal, None)

    def _depart(self, dt_s: float) -> None:
        for signal, rate in self._drift_k_per_s.items():
            drifted = self._drifted_k[signal] + rate * dt_s
            self._drifted_k[signal] = max(-MOST_DRIFT_K, min(MOST_DRIFT_K, drifted))
            self.values[signal] += self._drifted_k[signal]
        for signal, off_k in self._shorted_k.items():
            self.values[signal] += self._rng.gauss(off_k, SHORT_NOISE_SHARE * abs(off_k))
