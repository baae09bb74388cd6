"""The parts of the bench, by the words that ask for them."""

from __future__ import annotations

PARTS = ("scan", "process", "bytes", "sim", "gc")
