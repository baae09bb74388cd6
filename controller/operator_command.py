"""``didymium command``: what a person asks of a running daemon, through its local socket."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from controller.command_socket import ask
from controller.process_image.modes import Mode
from controller.process_image.requests import Verb
from controller.status_lines import status_lines
from controller.toml_file import NotReadable, parse_toml, read_bytes

_LOOK = "look at the cell before trying again"


class NoAnswer(Exception):
    """The daemon was not asked, or did not answer; the text says why and what to do."""


ANSWER_WITHIN_S = 10.0


class _Verb(NamedTuple):
    help: str
    example: str
    number: tuple[str, str] | None = None
    """Metavar and meaning of the number the verb takes."""


_VERBS: Mapping[Verb, _Verb] = {
    Verb.ARM: _Verb("let the daemon write to this cell's devices; refused with every reason against it", "arm"),
    Verb.DISARM: _Verb("stop writing; the rectifier goes to its hold current if it has a watchdog", "disarm"),
    Verb.MODE: _Verb("change the operating mode", "mode automatic"),
    Verb.CURRENT: _Verb(
        "set the line current; ramped up at the plant file's rate, lowered at once",
        "current 24500 --reason 'bath too warm'",
        ("AMPERE", "line current set-point, A"),
    ),
    Verb.HOLD: _Verb("go to the hold current now and stay there; needs no arming", "hold --reason 'crust broken'"),
    Verb.STOP: _Verb(
        "current to zero and rectifier off now; needs no arming; the bath starts to freeze", "stop --reason 'leak'"
    ),
    Verb.DOSE: _Verb("drop one dose of oxide", "dose 1.0", ("KG", "oxide to drop in now, kg")),
    Verb.ANODE_CHANGED: _Verb(
        "record that an anode was changed, so that its wear starts anew",
        "anode-changed 7 --serial A-1093",
        ("POSITION", "which anode: 1, 2, 3 …"),
    ),
    Verb.TAPPED: _Verb("record tapped metal", "tapped 180", ("KG", "metal taken out, kg")),
}


class OperatorCommand:
    name = "command"
    help = "ask something of a running daemon: arm, mode, current, hold, stop, dose, anode-changed, tapped, status"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium command plant.toml ce1 current 24500 --reason 'bath too warm'. Exit code 0: done. "
            "1: refused, with the reason. 2: asked wrongly, or no daemon answered. docs/commands.md explains each verb."
        )
        parser.add_argument("plant", metavar="PLANT", help="plant file of the daemon, for the path of its socket")
        parser.add_argument("cell", metavar="CELL", help="name of the cell")
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        for verb, about in _VERBS.items():
            word = _word(verbs, verb.value, about.help, about.example)
            if about.number is not None:
                metavar, meaning = about.number
                word.add_argument("value", type=_number, metavar=metavar, help=meaning)
            if verb is Verb.MODE:
                modes = [mode.value for mode in Mode]
                word.add_argument("text", type=str.upper, choices=modes, metavar="MODE", help=", ".join(modes))
            if verb is Verb.ANODE_CHANGED:
                word.add_argument("--serial", dest="text", default="", help="serial number of the new anode")
            word.add_argument("--reason", default="", help="why; it goes on the record")
        _word(verbs, "status", "what the cell does now, with quality and reason of every value", "status")

    def run(self, args: argparse.Namespace) -> int:
        try:
            reply = _ask(_socket_path(Path(args.plant)), _message(args))
        except NoAnswer as error:
            if args.json:
                print(json.dumps({"id": "", "accepted": False, "code": "no_answer", "message": str(error)}))
            else:
                print(f"didymium command: {error}", file=sys.stderr)
            return 2
        if args.json:
            print(json.dumps(reply, ensure_ascii=False))
        elif reply["accepted"] and "status" in reply:
            print("\n".join(status_lines(reply["status"])))
        else:
            print(f"{'done' if reply['accepted'] else 'refused'} ({reply['code']}): {reply['message']}")
        return 0 if reply["accepted"] else 1


def _word(verbs: Any, name: str, text: str, example: str) -> argparse.ArgumentParser:
    word: argparse.ArgumentParser = verbs.add_parser(
        name, help=text, description=text, epilog=f"Example: didymium command plant.toml ce1 {example}"
    )
    word.add_argument("--json", action="store_true", help="print the daemon's answer as JSON")
    return word


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write it without its unit, e.g. 24500") from None
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text} is no number a cell can be given")
    return value


def _message(args: argparse.Namespace) -> dict[str, Any]:
    message: dict[str, Any] = {"cell": args.cell, "verb": args.verb}
    for key in ("value", "text", "reason"):
        if getattr(args, key, None) not in (None, ""):
            message[key] = getattr(args, key)
    return message


def _socket_path(plant: Path) -> Path:
    """Only the socket is read from the plant file: a mistake elsewhere in it must not keep anybody from stopping."""
    try:
        document = parse_toml(read_bytes(plant))
    except NotReadable as error:
        raise NoAnswer(f"{plant}: {error}") from None
    table = document.get("command")
    socket = table.get("socket") if isinstance(table, dict) else None
    if not isinstance(socket, str) or not socket:
        raise NoAnswer(f"{plant}: [command] socket is missing: it says where the daemon listens")
    return plant.parent / socket


def _ask(path: Path, message: dict[str, Any]) -> dict[str, Any]:
    line = json.dumps(message, allow_nan=False).encode() + b"\n"
    try:
        answer = ask(path, line, timeout_s=ANSWER_WITHIN_S)
    except FileNotFoundError:
        raise NoAnswer(f"no daemon listens at {path}; start it with `didymium run`") from None
    except ConnectionRefusedError:
        raise NoAnswer(f"the daemon at {path} is gone; start it with `didymium run`") from None
    except PermissionError:
        raise NoAnswer(f"{path} may only be opened by the account the daemon runs under") from None
    except TimeoutError:
        raise NoAnswer(f"no answer within {ANSWER_WITHIN_S:g} s; {_LOOK}") from None
    except ConnectionError:
        raise NoAnswer(f"the daemon closed the connection; {_LOOK}") from None
    except (OSError, ValueError) as error:
        raise NoAnswer(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if not answer.endswith(b"\n"):
        raise NoAnswer(f"the daemon closed the connection without an answer; {_LOOK}")
    try:
        reply = json.loads(answer)
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or not {"accepted", "code", "message"} <= set(reply):
        raise NoAnswer(f"what listens at {path} does not answer like a daemon of ours; {_LOOK}")
    return reply


COMMAND = OperatorCommand()
