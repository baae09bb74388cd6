"""What is wrong with the form of a table (a key, a type, a bound), in words a plant engineer can act on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

LONGEST_VALUE = 60
_WORDS = {
    "float_type": "a number is wanted, without quotes",
    "finite_number": "a number is wanted that is neither infinite nor nan",
    "int_type": "a whole number is wanted, without quotes",
    "int_from_float": "a whole number is wanted, without a decimal point",
    "string_type": 'a text is wanted, in quotes: "…"',
    "string_too_short": "at least {min_length} characters are wanted",
    "string_pattern_mismatch": "lower-case letters, digits, - and _ are wanted, a letter or digit first, at most 32",
    "bool_type": "true or false is wanted, without quotes",
    "literal_error": "must be {expected}",
    "list_type": "numbers in square brackets are wanted: [low, high]",
    "too_short": "{min_length} numbers are wanted: [low, high]",
    "too_long": "{max_length} numbers are wanted: [low, high]",
    "dict_type": "a table is wanted: {{ key = value, … }}",
    "model_type": "a table is wanted",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "value_error": "{error}",
}


def form_mistakes(error: ValidationError, model: type[BaseModel], data: object, here: str) -> list[str]:
    """One line each: place, key, value, what is wanted. ``here`` names the table."""
    return [_line(dict(item), model, data, here) for item in error.errors()]


def shown(value: object) -> str:
    """A value as TOML writes it, cut where it is long."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"' if value.isprintable() and '"' not in value else repr(value)
    else:
        try:
            text = repr(value)
        except ValueError:  # an integer of more digits than Python cares to write
            text = "a number of thousands of digits"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def unknown_key(key: str, known: Mapping[str, Any] | list[str]) -> str:
    """What to say of a key that does not exist: the nearest one, or all of them."""
    near = difflib.get_close_matches(key, list(known), n=1)
    return f"no such key here; did you mean {near[0]}?" if near else f"no such key here; there are {', '.join(known)}"


def _line(item: dict[str, Any], model: type[BaseModel], data: object, here: str) -> str:
    location = [part for part in item["loc"] if part != "[key]"]
    key = " ".join(f"number {part + 1}" if isinstance(part, int) else str(part) for part in location)
    place = " ".join(part for part in (here, key) if part)
    inner, name = _innermost(model, location)
    if item["type"] == "missing":
        field = inner.model_fields.get(name)
        example = f"; write for example {name} = {shown(field.examples[0])}" if field and field.examples else ""
        return f"{place}: is missing{example}"
    value = f" = {shown(_found(data, location))}" if location else ""
    if item["type"] == "extra_forbidden":
        return f"{place}{value}: {unknown_key(name, inner.model_fields)}"
    words = _WORDS.get(item["type"])
    text = item["msg"] if words is None else words.format(**item.get("ctx", {}))
    return f"{place}{value}: {text}"


def _innermost(model: type[BaseModel], location: list[Any]) -> tuple[type[BaseModel], str]:
    """The model a location ends in (``envelope`` is a table of its own), and the last key."""
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return model, str(location[-1]) if location else ""


def _found(node: Any, location: list[Any]) -> object:
    for part in location:
        node = node[part]
    return node
