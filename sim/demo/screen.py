"""A picture of the section in a terminal, made of what the topics say. Pure: messages in, text out."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

ROWS = (
    ("line current", "line_current_a", 1e-3, "kA", "{:.2f}"),
    ("set-point", "current_setpoint_a", 1e-3, "kA", "{:.2f}"),
    ("cell voltage", "cell_voltage_v", 1.0, "V", "{:.2f}"),
    ("bath temperature", "bath_temperature_degc", 1.0, "°C", "{:.1f}"),
    ("superheat", "superheat_k", 1.0, "K", "{:.0f}"),
    ("oxide (book-keeping)", "oxide_wt_pct", 1.0, "wt%", "{:.2f}"),
    ("oxide fed", "oxide_fed_kg", 1.0, "kg", "{:.1f}"),
    ("hopper", "hopper_mass_kg", 1.0, "kg", "{:.0f}"),
    ("pseudo-resistance", "pseudo_resistance_ohm", 1e6, "µΩ", "{:.1f}"),
    ("next anode due in", "anode_next_due_h", 1.0, "h", "{:.1f}"),
)
_STYLES = {"good": "", "uncertain": "yellow", "bad": "red"}


class SectionPicture:
    """The newest snapshot of each cell, what stands, and how the links do."""

    def __init__(self, cells: list[str]) -> None:
        self.cells = cells
        self.broker = "connecting"
        self.daemon = "unknown"
        self.health: dict[str, Any] = {}
        self.snapshots: dict[str, dict[str, Any]] = {}
        self.notices: dict[str, dict[str, dict[str, Any]]] = {cell: {} for cell in cells}

    def take(self, topic: str, payload: Any) -> None:
        """``topic`` is what follows site and area; an empty payload (None) deletes."""
        match topic.split("/"):
            case ["status"]:
                self.daemon = f"{payload['status']}, {payload['kind']}"
            case ["health"]:
                self.health = payload
            case [cell, "snapshot"]:
                self.snapshots[cell] = payload
            case [cell, ("alarm" | "prompt"), name] if cell in self.notices:
                if payload is None:
                    self.notices[cell].pop(name, None)
                else:
                    self.notices[cell][name] = payload
            case _:
                pass


def draw(picture: SectionPicture, speed: float) -> RenderableType:
    table = Table(expand=False, show_edge=False, pad_edge=False, header_style="bold")
    table.add_column("")
    for cell in picture.cells:
        table.add_column(cell, justify="right", min_width=16)
    table.add_row("mode", *(_mode(picture.snapshots.get(cell)) for cell in picture.cells))
    for title, tag, factor, unit, form in ROWS:
        table.add_row(title, *(_value(picture.snapshots.get(cell), tag, factor, unit, form) for cell in picture.cells))
    table.add_row("scan", *(str(picture.snapshots.get(cell, {}).get("scan", "—")) for cell in picture.cells))
    lines: list[RenderableType] = [table, Text("")]
    lines += [Text(said, style=style) for said, style in _notices(picture)] or [Text("no alarms", style="dim")]
    lines += [Text(""), Text(_links(picture), style="dim")]
    pace = "" if speed == 1.0 else f", {speed:g} × real time"
    title = f"Didymium: SIMULATED cells{pace}"
    state = f"daemon {picture.daemon}; broker {picture.broker}"
    return Panel(Group(*lines), title=title, title_align="left", subtitle=state, subtitle_align="left", expand=False)


def line(picture: SectionPicture) -> str:
    """One line for logs: each cell in a few numbers."""
    cells = []
    for cell in picture.cells:
        snapshot = picture.snapshots.get(cell)
        if snapshot is None:
            cells.append(f"{cell}: no scan yet")
            continue
        values = [
            _value(snapshot, tag, factor, unit, form).plain for _, tag, factor, unit, form in ROWS[:1] + ROWS[2:6]
        ]
        alarms = len(picture.notices[cell])
        cells.append(
            f"{cell}: {snapshot['mode']} {' '.join(values)} scan {snapshot['scan']}, {alarms} alarms or prompts"
        )
    return " | ".join(cells)


def _mode(snapshot: dict[str, Any] | None) -> Text:
    if snapshot is None:
        return Text("—", style="dim")
    armed = "armed" if snapshot["armed"] else "not armed"
    return Text(f"{snapshot['mode']}, {armed}", style="" if snapshot["armed"] else "yellow")


def _value(snapshot: dict[str, Any] | None, tag: str, factor: float, unit: str, form: str) -> Text:
    value = None if snapshot is None else snapshot["v"].get(tag)
    if value is None:
        return Text("—", style="red" if snapshot is not None else "dim")
    quality = "good" if snapshot is None else snapshot["q"].get(tag, "good")
    return Text(f"{form.format(value * factor)} {unit}", style=_STYLES[quality])


def _notices(picture: SectionPicture) -> list[tuple[str, str]]:
    said = []
    for cell in picture.cells:
        for notice in picture.notices[cell].values():
            if "priority" in notice:
                detail = f": {notice['detail']}" if notice["detail"] else ""
                style = "bold red" if notice["priority"] in ("critical", "high") else "yellow"
                said.append((f"{cell} alarm: {notice['text']}{detail}", style))
            else:
                said.append((f"{cell} please: {notice['what']} ({notice['why']})", "cyan"))
    return said


def _links(picture: SectionPicture) -> str:
    links = picture.health.get("links", {})
    if not links:
        return "links: —"
    up = sum(link["state"] == "up" for link in links.values())
    requests = sum(link["requests"] for link in links.values())
    errors = sum(link["errors"] for link in links.values())
    p99_ms = picture.health.get("scan_ms_p99")
    return f"links: {up} of {len(links)} up, {requests} requests, {errors} errors; scans take {p99_ms} ms (p99)"
