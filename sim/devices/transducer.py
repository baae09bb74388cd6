"""Scale and zero of one measuring chain: as drawn for the plant, corroding, and as a fault adds to it."""

from __future__ import annotations

from sim.sensors import SECONDS_PER_DAY

LEAST_SCALE = 0.05
"""Of a corroded contact; what is left conducts."""


class Transducer:
    """``gain`` is a departure from 1; ``offset`` in the unit of the quantity. The reading at zero is zero: signals
    below the cut-off of the indicator are shown as none."""

    __slots__ = (
        "_corroded",
        "corrosion_per_s",
        "extra_corrosion_per_s",
        "extra_gain",
        "extra_offset",
        "gain",
        "lost",
        "offset",
        "ripple_share",
    )

    def __init__(self, gain: float = 0.0, offset: float = 0.0, corrosion_per_day: float = 0.0) -> None:
        self.gain = gain
        self.offset = offset
        self.corrosion_per_s = corrosion_per_day / SECONDS_PER_DAY
        self.extra_gain = 0.0
        self.extra_offset = 0.0
        self.extra_corrosion_per_s = 0.0
        self.ripple_share = 0.0
        """Of the reading, rms."""
        self.lost = False
        """The wire is open: nothing of the quantity is seen."""
        self._corroded = 0.0

    def pass_time(self, dt_s: float) -> None:
        self._corroded += (self.corrosion_per_s + self.extra_corrosion_per_s) * dt_s

    def clean(self) -> None:
        """Contacts as new."""
        self.extra_corrosion_per_s = 0.0
        self._corroded = 0.0

    def shown(self, truth: float) -> float:
        """The quantity as this chain sees it, without noise."""
        if truth == 0.0 or self.lost:
            return 0.0
        scale = max(LEAST_SCALE, (1.0 + self.gain + self.extra_gain) * (1.0 - self._corroded))
        return truth * scale + self.offset + self.extra_offset
