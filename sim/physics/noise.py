"""Laws of the signals' noise: bubbles, waves and ripple, as functions of the cell's state. Amplitudes are rms volts."""

from __future__ import annotations

import math
import random
from operator import truediv
from typing import NamedTuple

from sim.physics.parameters import CellParameters
from sim.physics.state import CellState

BUBBLE_RMS_V = 0.040
"""At 1 A/cm² and 1–10 Hz; assumed, 20–80 mV."""
WAVE_RMS_V = 0.010
"""Slow surface waves of 0.2–1 Hz; assumed, ±10–30 mV."""
RIPPLE_SHARE = 0.02
"""Of the ohmic voltage, at 300 or 600 Hz; recalled, 1–5 %."""
RIPPLE_HZ = 300.0
FILTER_S = 0.1
"""First-order filter of a voltage transducer; assumed."""
GROWTH_BEGINS_AT_LOAD = 0.85
GROWTH = 5.0
"""Bubble noise grows this many times until an anode passivates; assumed, 3–10."""
_BUBBLE_HZ = 4.0
_WAVE_HZ = 0.5
_FREQUENCY_ACTIVATION_K = 6000.0


class NoiseState(NamedTuple):
    bubble_rms_v: float
    bubble_hz: float
    wave_rms_v: float
    wave_hz: float
    ripple_rms_v: float


class ScanStatistics(NamedTuple):
    """What one scan of a voltage shows beyond the truth: of its mean, of its slope, and the band within the scan."""

    mean_v: float
    slope_v_per_s: float
    band_rms_v: float


def noise_state(
    *, current_density_a_per_cm2: float, current_share: float, worst_load: float, bath_k: float, oxide_wt_pct: float,
    ohmic_v: float,
) -> NoiseState:  # fmt: skip
    """Smaller and faster bubbles at higher current density, hotter bath and more oxide; growth before starvation."""
    j = max(current_density_a_per_cm2, 0.0)
    nearness = min(1.0, max(0.0, (worst_load - GROWTH_BEGINS_AT_LOAD) / (1.0 - GROWTH_BEGINS_AT_LOAD)))
    grown = 1.0 + (GROWTH - 1.0) * nearness
    faster = math.exp(-_FREQUENCY_ACTIVATION_K * (1.0 / max(bath_k, 300.0) - 1.0 / 1323.0))
    frequency = _BUBBLE_HZ * math.sqrt(j) * faster * (1.0 + 0.1 * oxide_wt_pct) / grown
    rms = BUBBLE_RMS_V * math.sqrt(j) * grown
    return NoiseState(
        rms, min(20.0, max(0.05, frequency)), WAVE_RMS_V * current_share, _WAVE_HZ, RIPPLE_SHARE * ohmic_v
    )


def noise_of(parameters: CellParameters, state: CellState) -> NoiseState:
    """Of a cell as it stands."""
    anodes, design = state.anodes, parameters.design
    current_a = state.line_current_a
    return noise_state(
        current_density_a_per_cm2=current_a / (parameters.anode_count * parameters.anode_area_new_cm2),
        current_share=current_a / design.nominal_current_a,
        worst_load=max(map(truediv, anodes.current_a, anodes.limit_a)),
        bath_k=state.bath_k,
        oxide_wt_pct=state.oxide_wt_pct,
        ohmic_v=max(0.0, state.cell_voltage_v - design.back_emf_v) if current_a > 0.0 else 0.0,
    )


def scan_statistics(state: NoiseState, scan_s: float, rng: random.Random) -> ScanStatistics:
    """Drawn for a whole scan: independent bubbles average out over it, waves hardly do."""
    cycles = 1.0 + 2.0 * state.bubble_hz * scan_s
    mean_rms = math.hypot(
        state.bubble_rms_v / math.sqrt(cycles), state.wave_rms_v / math.sqrt(1.0 + state.wave_hz * scan_s)
    )
    slope_rms = math.sqrt(12.0) * mean_rms / scan_s
    band = math.sqrt(state.bubble_rms_v**2 + state.wave_rms_v**2)
    spread = 1.0 / math.sqrt(2.0 * cycles)
    return ScanStatistics(
        rng.gauss(0.0, mean_rms), rng.gauss(0.0, slope_rms), band * max(0.0, 1.0 + rng.gauss(0.0, spread))
    )


def sample_v(state: NoiseState, time_s: float, rng: random.Random) -> float:
    """One sample as a transducer gives it: waves are coherent in time, bubbles and ripple pass its filter."""
    wave = math.sqrt(2.0) * state.wave_rms_v * math.sin(2.0 * math.pi * state.wave_hz * time_s)
    bubbles = state.bubble_rms_v / math.sqrt(1.0 + (2.0 * math.pi * state.bubble_hz * FILTER_S) ** 2)
    ripple = state.ripple_rms_v / (2.0 * math.pi * RIPPLE_HZ * FILTER_S)
    return wave + rng.gauss(0.0, math.hypot(bubbles, ripple))


def aluminium_bubble_amplitude_v(current_density_a_per_cm2: float) -> float:
    """Laboratory cell of aluminium with its face down: 80 mV at 0.4 A/cm² to 15 mV at 1.0, a power law between."""
    amplitude: float = 0.080 * (current_density_a_per_cm2 / 0.4) ** (math.log(15.0 / 80.0) / math.log(2.5))
    return amplitude
