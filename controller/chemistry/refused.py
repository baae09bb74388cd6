"""The route gate: elements that are not made by oxide–fluoride electrolysis in these cells, and what makes them."""

from __future__ import annotations

import re

_SYMBOLS = {
    "scandium": "Sc", "yttrium": "Y", "lanthanum": "La", "cerium": "Ce", "praseodymium": "Pr", "neodymium": "Nd",
    "promethium": "Pm", "samarium": "Sm", "europium": "Eu", "gadolinium": "Gd", "terbium": "Tb", "dysprosium": "Dy",
    "holmium": "Ho", "erbium": "Er", "thulium": "Tm", "ytterbium": "Yb", "lutetium": "Lu", "iron": "Fe",
    "cobalt": "Co", "nickel": "Ni", "aluminium": "Al", "magnesium": "Mg", "oxygen": "O",
}  # fmt: skip
_SYMBOL_BY_LOWER = {symbol.lower(): symbol for symbol in _SYMBOLS.values()}

_METALLOTHERMIC = {"Sm": "samarium", "Eu": "europium", "Tm": "thulium", "Yb": "ytterbium"}
_NOT_HERE = {"Sc": "scandium", "Y": "yttrium", "Ho": "holmium", "Er": "erbium", "Lu": "lutetium", "Pm": "promethium"}
_IRON_ALLOY_ONLY = {"Dy": "dysprosium", "Gd": "gadolinium", "Tb": "terbium"}


def gate(product_or_element: str) -> str | None:
    """Why this product or element is refused, naming the route that makes it; None where nothing speaks against it.

    Understands symbols, names and compounds of them in any case: "Sm", "samarium", "Sm2O3", "dy-fe", "DyFe". A word it
    cannot take apart completely into elements passes: whether such a product exists is the loader's question.
    """
    elements = _elements(product_or_element)
    for element in elements:
        if element in _METALLOTHERMIC:
            return (
                f"{_METALLOTHERMIC[element]} ({element}) is not made by electrolysis: its divalent ion shuttles "
                "between the electrodes, so that current efficiency tends to zero, and its metal has a high vapour "
                "pressure at bath temperature; its route is metallothermic reduction of the oxide with "
                "lanthanum (lanthanothermic), from which it distils off"
            )
        if element in _NOT_HERE:
            return (
                f"{_NOT_HERE[element]} ({element}) is not electrolysed here: there is no recipe for it in this kind of "
                "cell; its usual route is metallothermic reduction of the fluoride with calcium"
            )
    for element in elements:
        if element in _IRON_ALLOY_ONLY and "Fe" not in elements:
            return (
                f"{_IRON_ALLOY_ONLY[element]} ({element}) is electrolysed here only as an iron alloy on a consumable "
                f"iron cathode ({element.lower()}fe): the pure metal melts above 1300 °C"
            )
    return None


def _elements(text: str) -> tuple[str, ...]:
    word = re.sub(r"[^a-z]", "", text.lower())
    for name, symbol in sorted(_SYMBOLS.items(), key=lambda item: -len(item[0])):
        word = word.replace(name, symbol.lower())
    for ending in ("metal", "oxide", "alloy"):
        word = word.removesuffix(ending)
    return _split(word) or ()


def _split(word: str) -> tuple[str, ...] | None:
    """The word as a run of known symbols; None where that cannot be done."""
    if not word:
        return ()
    for length in (2, 1):
        symbol = _SYMBOL_BY_LOWER.get(word[:length])
        if symbol is not None and len(word) >= length:
            rest = _split(word[length:])
            if rest is not None:
                return (symbol, *rest)
    return None
