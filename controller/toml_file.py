"""A TOML file on its way in: small, text, and with a plain word for everything else a path may lead to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000


class NotReadable(Exception):
    """The file cannot be read as TOML at all; the text says why and where."""


def read_bytes(path: Path) -> bytes:
    """Raises NotReadable."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise NotReadable("is a directory; a plant file is one TOML file in it") from None
    except FileNotFoundError:
        raise NotReadable("cannot be read: there is no such file") from None
    except (OSError, ValueError) as error:
        raise NotReadable(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > MOST_BYTES:
        raise NotReadable(f"is longer than {MOST_BYTES} bytes: no plant file is")
    return raw


def parse_toml(raw: bytes) -> dict[str, Any]:
    """Raises NotReadable, with the line where TOML ends to be TOML."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotReadable(f"is no text in UTF-8 (line {line}, byte {error.start + 1} of the file)") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotReadable(f"is no TOML: {error}") from None
    except RecursionError:
        raise NotReadable("is no TOML: brackets stand too deep in each other") from None
    except ValueError as error:
        raise NotReadable(f"is no TOML: {error}") from None
