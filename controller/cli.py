"""The program ``didymium``: the controller's own commands, and those of other packages found by entry point."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points, version
from typing import Protocol

from controller import check_command, operator_command, run_command

GROUP = "didymium.commands"
ORDER = ("demo", "run", "check", "command", "profile", "sim", "bench")


class Command(Protocol):
    """One word after ``didymium``. ``run`` returns the exit code: 0 well, 1 failed at work, 2 asked for wrongly."""

    name: str
    help: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        return _run(build_parser(), arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python would complain once more while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="didymium",
        description="Controls rare-earth molten-salt electrolysis cells, and simulates them.",
        epilog="New here? `didymium demo` runs two simulated cells, the daemon and a broker on this machine.",
    )
    parser.add_argument("--version", action="version", version=f"didymium {version('didymium')}")
    words = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in sorted(_commands(), key=_place):
        word = words.add_parser(command.name, help=command.help, description=command.help)
        command.configure(word)
        word.set_defaults(run=command.run)
    return parser


def _run(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no "°" is no reason to fail
    try:
        args = parser.parse_args(arguments)
        return int(args.run(args))
    finally:
        sys.stdout.flush()


def _commands() -> Iterator[Command]:
    yield from (run_command.COMMAND, check_command.COMMAND, operator_command.COMMAND)
    for entry in entry_points(group=GROUP):
        try:
            command: Command = entry.load()
        except ImportError as error:
            print(f"didymium: the command {entry.name!r} is missing here: {error}", file=sys.stderr)
            continue
        yield command


def _place(command: Command) -> tuple[int, str]:
    return (ORDER.index(command.name) if command.name in ORDER else len(ORDER), command.name)


if __name__ == "__main__":
    sys.exit(main())
