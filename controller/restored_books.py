"""What an earlier run left behind, found at start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from controller.cell_record import CHECKPOINT
from controller.journal.event_file import segments
from controller.journal.record import Damage, read_records


def newest_checkpoints(directory: Path, cells: frozenset[str]) -> dict[str, Mapping[str, Any]]:
    """The newest books of each cell. Reads backwards and stops once every cell is found; damage is passed over, for
    books are a hint and the event file reports its own damage. So is a file that cannot be read."""
    found: dict[str, Mapping[str, Any]] = {}
    if not directory.is_dir():
        return found
    for path in reversed(segments(directory)):
        here: dict[str, Mapping[str, Any]] = {}
        try:
            stored = path.read_bytes()
        except OSError:
            continue
        for item in read_records(stored, path.name):
            if not isinstance(item, Damage) and item.kind == CHECKPOINT and item.cell in cells:
                here[item.cell] = item.payload
        found = {**here, **found}
        if cells <= found.keys():
            break
    return found
