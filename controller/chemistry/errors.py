"""What chemistry says when a question has no answer here, and near matches for a name it does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ChemistryError(ValueError):
    """A question outside what is known: one sentence that names the bound or the way out."""


def near_matches(word: str, known: Iterable[str]) -> str:
    """``did you mean Nd or PrNd?``, or all known names where nothing is near."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(by_lower[match] for match in close)}?"
    return f"known are {', '.join(by_lower.values())}."
