"""The one checksum of both ASCII families: the 8-bit sum of the characters, as two upper-case hexadecimal digits."""

from __future__ import annotations


def sum8(text: str) -> str:
    """``sum8("#05") == "88"``. Raises UnicodeEncodeError for text outside ASCII, which no device of ours speaks."""
    return f"{sum(text.encode('ascii')) & 0xFF:02X}"
