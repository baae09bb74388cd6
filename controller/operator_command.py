"""``didymium command``: what a person asks of a running daemon, through its local socket."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from pathlib import Path
from typing import Any

from controller.command_socket import ask
from controller.process_image.modes import Mode
from controller.process_image.requests import Verb

_NUMBERS = {
    Verb.CURRENT: ("AMPERE", "line current set-point, A"),
    Verb.DOSE: ("KG", "oxide to drop in now, kg"),
    Verb.TAPPED: ("KG", "metal taken out, kg"),
    Verb.ANODE_CHANGED: ("POSITION", "which anode: 1, 2, 3 …"),
}
_HELP = {
    Verb.ARM: "let the daemon write to this cell's devices; refused with every reason that speaks against it",
    Verb.DISARM: "stop writing; the rectifier falls to its hold current by its own watchdog",
    Verb.MODE: "change the operating mode",
    Verb.CURRENT: "set the line current; ramped up at the plant file's rate, lowered at once",
    Verb.HOLD: "go to the hold current now and stay there",
    Verb.STOP: "current to zero and rectifier off now; the bath starts to freeze",
    Verb.DOSE: "drop one dose of oxide",
    Verb.ANODE_CHANGED: "record that an anode was changed, so that its wear starts anew",
    Verb.TAPPED: "record tapped metal",
}
ANSWER_WITHIN_S = 10.0


class OperatorCommand:
    name = "command"
    help = "ask something of a running daemon: arm, mode, current, hold, stop, dose, anode-changed, tapped, status"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = "Example: didymium command plant.toml ce1 current 24500 --reason 'bath too warm'"
        parser.add_argument("plant", metavar="PLANT", help="plant file of the daemon, for the path of its socket")
        parser.add_argument("cell", metavar="CELL", help="name of the cell")
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        for verb in Verb:
            word = verbs.add_parser(verb.value, help=_HELP[verb], description=_HELP[verb])
            if verb in _NUMBERS:
                metavar, meaning = _NUMBERS[verb]
                word.add_argument("value", type=float, metavar=metavar, help=meaning)
            if verb is Verb.MODE:
                modes = [mode.value for mode in Mode]
                word.add_argument("text", type=str.upper, choices=modes, metavar="MODE", help=", ".join(modes))
            if verb is Verb.ANODE_CHANGED:
                word.add_argument("--serial", dest="text", default="", help="serial number of the new anode")
            word.add_argument("--reason", default="", help="why; it goes on the record")
            word.add_argument("--json", action="store_true", help="print the daemon's answer as JSON")
        status = verbs.add_parser("status", help="what the cell does now")
        status.add_argument("--json", action="store_true", help="print it as JSON")

    def run(self, args: argparse.Namespace) -> int:
        try:
            path = _socket_path(Path(args.plant))
            reply = _ask(path, _message(args))
        except (OSError, ValueError) as error:
            print(f"didymium command: {error}", file=sys.stderr)
            return 2
        if args.json:
            print(json.dumps(reply, ensure_ascii=False))
        elif args.verb == "status" and reply.get("accepted"):
            _print_status(reply["status"])
        else:
            print(f"{'done' if reply['accepted'] else 'refused'} ({reply['code']}): {reply['message']}")
        return 0 if reply["accepted"] else 1


def _message(args: argparse.Namespace) -> dict[str, Any]:
    message: dict[str, Any] = {"cell": args.cell, "verb": args.verb}
    value = getattr(args, "value", None)
    if value is not None and not math.isfinite(value):
        raise ValueError(f"{args.verb} {value}: a finite number is wanted")
    for key in ("value", "text", "reason"):
        if getattr(args, key, None) not in (None, ""):
            message[key] = getattr(args, key)
    return message


def _socket_path(plant: Path) -> Path:
    """Only the socket is read from the plant file: a mistake elsewhere in it must not keep anybody from stopping."""
    try:
        document = tomllib.loads(plant.read_text(encoding="utf-8"))
        return plant.parent / str(document["command"]["socket"])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{plant}: is no TOML: {error}") from None
    except (KeyError, TypeError):
        raise ValueError(f"{plant}: [command] socket is missing") from None


def _ask(path: Path, message: dict[str, Any]) -> dict[str, Any]:
    line = json.dumps(message, allow_nan=False).encode() + b"\n"
    try:
        answer = ask(path, line, timeout_s=ANSWER_WITHIN_S)
    except FileNotFoundError:
        raise OSError(f"no daemon listens at {path}; start it with `didymium run`") from None
    except ConnectionRefusedError:
        raise OSError(f"the daemon at {path} is gone; start it with `didymium run`") from None
    except PermissionError:
        raise OSError(f"{path} may only be opened by the account the daemon runs under") from None
    except TimeoutError:
        raise OSError(f"no answer within {ANSWER_WITHIN_S:g} s; what became of it shows in the cell's events") from None
    if not answer:
        raise OSError("the daemon closed the connection without an answer; look at the cell before trying again")
    reply = json.loads(answer)
    assert isinstance(reply, dict)
    return reply


def _print_status(status: dict[str, Any]) -> None:
    print(f"{status['cell']}: {status['mode']}, {'armed' if status['armed'] else 'not armed'}, scan {status['scan']}")
    for name, tag in status["tags"].items():
        value = "—" if tag["v"] is None else f"{tag['v']:.6g}" if isinstance(tag["v"], float) else str(tag["v"])
        note = "" if tag["q"] == "good" else f"  ({tag['q']}{': ' + tag['r'] if tag.get('r') else ''})"
        print(f"  {name:36} {value:>12} {tag['u']}{note}")
    for alarm in status["alarms"]:
        print(f"  alarm: {alarm}")


COMMAND = OperatorCommand()
