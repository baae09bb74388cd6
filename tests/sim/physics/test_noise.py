"""Noise as laws: growth before starvation, fewer and larger bubbles, and statistics that agree with samples."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.physics.noise import GROWTH, NoiseState, aluminium_bubble_amplitude_v, noise_state, sample_v, scan_statistics


def at(load: float, *, j: float = 1.0, bath_k: float = 1323.0, oxide: float = 2.0) -> NoiseState:
    return noise_state(
        current_density_a_per_cm2=j, current_share=1.0, worst_load=load, bath_k=bath_k, oxide_wt_pct=oxide, ohmic_v=4.5
    )


def test_bubble_noise_lies_where_vertical_anodes_have_it_and_grows_before_an_effect() -> None:
    assert 0.02 <= at(0.6).bubble_rms_v <= 0.08
    assert 1.0 <= at(0.6).bubble_hz <= 10.0
    assert at(1.0).bubble_rms_v == pytest.approx(GROWTH * at(0.6).bubble_rms_v)
    assert at(0.84).bubble_rms_v == at(0.6).bubble_rms_v
    assert at(1.0).bubble_hz < at(0.6).bubble_hz


@given(j=st.floats(0.1, 1.0), more=st.floats(0.05, 1.0))
def test_frequency_rises_with_current_temperature_and_oxide(j: float, more: float) -> None:
    assert at(0.6, j=j + more).bubble_hz > at(0.6, j=j).bubble_hz
    assert at(0.6, j=j, bath_k=1323.0 + 50.0 * more).bubble_hz > at(0.6, j=j).bubble_hz
    assert at(0.6, j=j, oxide=2.0 + more).bubble_hz > at(0.6, j=j).bubble_hz


def test_statistics_of_scans_are_those_stated() -> None:
    rng = random.Random(1)
    scans = [scan_statistics(at(0.6), 1.0, rng) for _ in range(4000)]
    means = [scan.mean_v for scan in scans]
    assert statistics.mean(means) == pytest.approx(0.0, abs=1e-3)
    assert 0.005 < statistics.pstdev(means) < 0.02
    band = statistics.mean(scan.band_rms_v for scan in scans)
    assert band == pytest.approx((at(0.6).bubble_rms_v ** 2 + at(0.6).wave_rms_v ** 2) ** 0.5, rel=0.05)
    shorter = [scan_statistics(at(0.6), 0.1, rng).mean_v for _ in range(4000)]
    assert statistics.pstdev(shorter) > statistics.pstdev(means)


def test_samples_scatter_less_than_the_raw_band_and_not_at_all_without_current() -> None:
    rng = random.Random(2)
    samples = [sample_v(at(0.6), 0.37 * n, rng) for n in range(4000)]
    assert 0.01 < statistics.pstdev(samples) < at(0.6).bubble_rms_v
    quiet = noise_state(
        current_density_a_per_cm2=0.0, current_share=0.0, worst_load=0.0, bath_k=1200.0, oxide_wt_pct=1.0, ohmic_v=0.0
    )
    assert sample_v(quiet, 1.0, rng) == 0.0
    assert scan_statistics(quiet, 1.0, rng).mean_v == 0.0


def test_aluminium_calibration() -> None:
    assert aluminium_bubble_amplitude_v(0.4) == pytest.approx(0.080)
    assert aluminium_bubble_amplitude_v(1.0) == pytest.approx(0.015)
