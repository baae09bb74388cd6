"""The demo's plant file: the shipped one with free ports and a folder of its own."""

from __future__ import annotations

import re
import socket
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "plants" / "demo.toml"
FOLDER = "/tmp/didymium-demo"  # noqa: S108 - the text in the shipped file that is replaced, never opened here
_PORT = re.compile(r"(127\.0\.0\.1:|\nport = )(\d+)")


def write_plant_file(folder: Path, *, keep_ports: bool = True) -> Path:
    """Writes ``plant.toml`` into ``folder``; a port of the shipped file that is busy is replaced by a free one."""
    taken: set[int] = set()

    def port(match: re.Match[str]) -> str:
        wanted = int(match[2])
        number = _free_port(wanted if keep_ports else 0, taken)
        taken.add(number)
        return f"{match[1]}{number}"

    text = _PORT.sub(port, SHIPPED.read_text(encoding="utf-8")).replace(FOLDER, str(folder))
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _free_port(wanted: int, taken: set[int]) -> int:
    for candidate in (wanted, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            number = int(probe.getsockname()[1])
        if number not in taken:
            return number
    return _free_port(0, taken)
