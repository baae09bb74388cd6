"""One MQTT message, and the encoding all payloads share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode


class Message(NamedTuple):
    """An empty retained payload deletes what the broker retains for the topic."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


def encode_text(value: Any) -> str:
    """Compact JSON that always comes about: there is no NaN on the wire (it becomes null), and what JSON cannot hold is
    sent as its text, for a message is no place to fail a scan."""
    try:
        return _encode(value)
    except (TypeError, ValueError):
        return _encode(_plain(value))


def encode(value: Any) -> bytes:
    return encode_text(value).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
