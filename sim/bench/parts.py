"""The parts of the bench, by the words for ``--only``."""

from __future__ import annotations

PARTS = ("scan", "process", "bytes", "gc")
