"""Tables on a terminal with rich, as aligned text anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from drivers.profiles.sections import Row, Section


def print_sections(sections: Iterable[Section], stream: TextIO | None = None) -> None:
    out = stream if stream is not None else sys.stdout
    if out.isatty():
        _print_rich(sections, out)
        return
    for section in sections:
        if section.title:
            out.write(f"\n{section.title}\n")
        rows = ([section.headers] if section.headers else []) + list(section.rows)
        for line in _aligned(rows):
            out.write(f"  {line}\n")


def _aligned(rows: list[Row]) -> Iterable[str]:
    if not rows:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width).rstrip()


def _print_rich(sections: Iterable[Section], out: TextIO) -> None:
    from rich.console import Console  # noqa: PLC0415 - half a second of import that no pipe needs
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console(file=out, highlight=False)
    for section in sections:
        table = Table(
            title=escape(section.title) or None,
            title_justify="left",
            title_style="bold",
            show_header=bool(section.headers),
            box=None,
            pad_edge=False,
        )
        used = [i for i in range(len(section.rows[0])) if any(row[i] for row in section.rows)] if section.rows else []
        for i in used:
            table.add_column(escape(section.headers[i]) if section.headers else "", overflow="fold")
        for row in section.rows:
            table.add_row(*(escape(row[i]) for i in used))
        console.print(table)
        console.print()
