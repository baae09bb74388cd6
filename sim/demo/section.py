"""The demo's plant file: the shipped one with free ports and a folder of its own."""

from __future__ import annotations

import re
from pathlib import Path

from sim.free_port import free_port, is_free

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "plants" / "demo.toml"
FOLDER = "/tmp/didymium-demo"  # noqa: S108 - the text in the shipped file that is replaced, never opened here
_PORT = re.compile(r"(127\.0\.0\.1:|\nport = )(\d+)")


def write_plant_file(folder: Path, *, keep_ports: bool = True) -> Path:
    """Writes ``plant.toml`` into ``folder``; a port of the shipped file that is busy is replaced by a free one."""
    taken: set[int] = set()

    def port(match: re.Match[str]) -> str:
        wanted = int(match[2])
        number = wanted if keep_ports and wanted not in taken and is_free(wanted) else free_port(taken)
        taken.add(number)
        return f"{match[1]}{number}"

    text = _PORT.sub(port, SHIPPED.read_text(encoding="utf-8")).replace(FOLDER, str(folder))
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path
