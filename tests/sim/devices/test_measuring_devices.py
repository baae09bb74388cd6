from __future__ import annotations

import random
import statistics

import pytest

from sim.devices.anode_monitor import AnodeMonitor
from sim.devices.load_cell import LoadCell
from sim.devices.thermocouples import Thermocouples
from sim.sensors import Sensor, SensorErrors

SIGNALS = ("bath_temperature_1_degc", "bath_temperature_2_degc")


def couples(seed: int = 5) -> Thermocouples:
    return Thermocouples(SIGNALS, random.Random(seed), bath_temperature_degc=880.0)


def test_thermocouples_read_the_bath_within_their_tolerance_and_not_alike() -> None:
    module = couples()
    readings = [module.values[signal] for signal in SIGNALS]
    assert readings[0] != readings[1]
    assert all(abs(reading - 880.0) < 10.0 for reading in readings)


def test_the_same_seed_gives_the_same_readings_and_another_seed_others() -> None:
    one, two, other = couples(5), couples(5), couples(6)
    for module in (one, two, other):
        for _ in range(10):
            module.observe(885.0, 1.0)
    assert one.values == two.values
    assert one.values != other.values


def test_a_burnt_out_couple_carries_a_word_until_it_is_replaced() -> None:
    module = couples()
    version = module.version
    module.burn_out(SIGNALS[0])
    assert module.quality == {SIGNALS[0]: "open_circuit"}
    assert module.version > version
    module.replace(SIGNALS[0])
    assert module.quality == {}


def test_drift_is_downward_and_grows_with_days() -> None:
    module = couples()
    bias = [module.sensors[signal].errors.bias for signal in SIGNALS]
    for _ in range(10):
        module.observe(880.0, 86_400.0)
    drift = [module.values[signal] - 880.0 - b for signal, b in zip(SIGNALS, bias, strict=True)]
    assert max(drift) < 1.5
    assert min(drift) < -2.0


def test_a_lagging_sensor_follows_with_its_time_constant() -> None:
    sensor = Sensor(SensorErrors(lag_s=20.0), random.Random(1), 0.0)
    for _ in range(20):
        sensor.observe(1.0, 1.0)
    assert sensor.value == pytest.approx(0.632, abs=0.001)


def test_noise_has_the_spread_it_says() -> None:
    sensor = Sensor(SensorErrors(noise=0.5, bias=3.0), random.Random(1), 0.0)
    seen = [sensor.observe(100.0, 1.0) for _ in range(4_000)]
    assert statistics.fmean(seen) == pytest.approx(103.0, abs=0.05)
    assert statistics.stdev(seen) == pytest.approx(0.5, rel=0.05)


def test_the_anode_monitor_shows_each_anode_in_its_place() -> None:
    monitor = AnodeMonitor([1000.0, 0.0, 2000.0], random.Random(2))
    shown = [monitor.values[f"anode_current_{n}_a"] for n in (1, 2, 3)]
    assert shown == pytest.approx([1000.0, 0.0, 2000.0], rel=0.05, abs=25.0)


def test_the_load_cell_never_weighs_less_than_nothing() -> None:
    scale = LoadCell(random.Random(1), hopper_kg=0.0)
    for _ in range(200):
        scale.observe(0.0, 1.0)
        assert scale.values["hopper_mass_kg"] >= 0.0
