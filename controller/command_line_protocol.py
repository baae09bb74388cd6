"""What crosses the local command socket: one JSON object a line, checked here and nowhere trusted."""

from __future__ import annotations

import json
import math
import uuid
from typing import Any

from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verb, Verdict

LONGEST_LINE_BYTES = 4096
LONGEST_TEXT = 200
STATUS = "status"
_KEYS = {"id", "cell", "verb", "value", "text", "reason"}
_WITH_NUMBER = {
    Verb.CURRENT: "a set-point in A",
    Verb.DOSE: "a mass in kg",
    Verb.TAPPED: "a mass in kg",
    Verb.ANODE_CHANGED: "an anode position, 1, 2, 3 …",
}


class CommandError(Exception):
    """A command that is malformed; ``code`` is a stable word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StatusQuery:
    """Somebody wants to know, not to do."""


def parse_command(line: bytes, *, actor: str) -> tuple[str, Request | StatusQuery]:
    """The cell and what a line asks of it. Raises CommandError; never lets a non-finite number through."""
    message = _object(line)
    unknown = sorted(set(message) - _KEYS)
    if unknown:
        raise CommandError("malformed", f"unknown keys: {', '.join(unknown)}")
    cell, word = message.get("cell"), message.get("verb")
    if not isinstance(cell, str) or not isinstance(word, str):
        raise CommandError("malformed", "cell and verb are wanted, both as text")
    if word == STATUS:
        return cell, StatusQuery()
    try:
        verb = Verb(word)
    except ValueError:
        raise CommandError("unknown_verb", f"{word!r}: the verbs are {', '.join(v.value for v in Verb)}") from None
    identity = message.get("id", "")
    texts = {key: message.get(key, "") for key in ("text", "reason")}
    for key, text in {"cell": cell, "id": identity, **texts}.items():
        # What is not printable would break the lines of a log; half a surrogate pair would not even be recorded.
        if not isinstance(text, str) or len(text) > LONGEST_TEXT or not text.isprintable():
            raise CommandError("malformed", f"{key} is a printable text of at most {LONGEST_TEXT} characters")
    return cell, Request(
        id=identity or uuid.uuid4().hex,
        verb=verb,
        actor=actor,
        value=_value(verb, message.get("value")),
        text=_mode(texts["text"]) if verb is Verb.MODE else texts["text"],
        reason=texts["reason"],
    )


def encode_verdict(verdict: Verdict) -> bytes:
    return encode_reply(
        {
            "id": verdict.request.id,
            "accepted": verdict.accepted,
            "code": verdict.code,
            "message": verdict.message,
        }
    )


def encode_reply(reply: dict[str, Any]) -> bytes:
    return json.dumps(reply, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise CommandError("malformed", "a key is given twice")
        return dict(pairs)

    def refuse(constant: str) -> float:
        raise CommandError("malformed", f"{constant} is no number here")

    if len(line) > LONGEST_LINE_BYTES:
        raise CommandError("malformed", f"longer than {LONGEST_LINE_BYTES} bytes")
    try:
        message = json.loads(line.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CommandError("malformed", f"is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise CommandError("malformed", "a JSON object is wanted")
    return message


def _value(verb: Verb, value: object) -> float | None:
    wanted = _WITH_NUMBER.get(verb)
    if wanted is None:
        if value is not None:
            raise CommandError("malformed", f"{verb.value} takes no value")
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise CommandError("malformed", f"{verb.value} needs {wanted}")
    return float(value)


def _mode(text: str) -> str:
    try:
        return Mode(text.upper()).value
    except ValueError:
        raise CommandError("unknown_mode", f"{text!r}: the modes are {', '.join(m.value for m in Mode)}") from None
