"""Profile files: found by name, checked whole, resolved for one instance."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from drivers.profiles.build import build, content_hash
from drivers.profiles.mistakes import Mistake, ProfileError
from drivers.profiles.parameters import example_values, instance_values, read_parameters
from drivers.profiles.schema import Parameter, Profile, ResolvedProfile
from drivers.profiles.toml_table import Notes
from drivers.profiles.vectors import check_vectors
from drivers.profiles.wire_time import minimum_timeout_s

__all__ = [
    "Mistake",
    "ProfileError",
    "find_profile",
    "load_profile",
    "minimum_timeout_s",
    "resolve",
    "shipped_profiles",
    "vector_mistakes",
]

# ``config`` holds no Python and lies beside ``drivers`` in the source tree and in an installed wheel alike.
SHIPPED = Path(__file__).resolve().parents[2] / "config" / "devices"


def shipped_profiles() -> Mapping[str, Path]:
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def find_profile(name_or_path: str | Path) -> Path:
    """A shipped profile by its name, or a path ending in ``.toml``. Raises ProfileError with the names there are."""
    text = str(name_or_path)
    shipped = shipped_profiles()
    if text in shipped:
        return shipped[text]
    path = Path(text)
    try:
        if path.is_file():
            return path
    except OSError as error:
        raise ProfileError((Mistake(text, "", "", f"cannot be read: {error.strerror or error}"),)) from None
    names = ", ".join(shipped) or "none"
    raise ProfileError(
        (Mistake(text, "", "", f"no such profile; shipped are {names}; a file of your own is a path ending in .toml"),)
    )


def load_profile(path: str | Path) -> Profile:
    """Read and check a file. Raises ProfileError with all its mistakes."""
    file = str(path)
    document = _read(Path(path), file)
    notes = Notes(file)
    parameters = read_parameters(document, notes)
    # Every choice of an enum is tried, so that a table that lacks one is found here and not on site.
    trials = [Notes(file, values) for values in _settings(parameters)]
    built, *_ = [build(document, trial) for trial in trials]
    for trial in trials:
        notes.mistakes += [mistake for mistake in trial.mistakes if mistake not in notes.mistakes]
    for number, vector in enumerate(built.vectors, start=1):
        instance_values(parameters, {**_own(parameters), **vector.parameters}, notes, f"[[vector]] {number} params")
    if notes.mistakes:
        raise ProfileError(tuple(notes.mistakes))
    return Profile(
        id=built.id,
        kind=built.kind,
        version=built.version,
        source=built.source,
        protocol=built.protocol,
        path=file,
        parameters=parameters,
        document=document,
        content_hash=content_hash(document),
    )


def resolve(profile: Profile, parameters: Mapping[str, Any]) -> ResolvedProfile:
    """Fill in an instance's parameters. Raises ProfileError for unknown, missing and unfitting ones."""
    notes = Notes(profile.path)
    notes.parameters = instance_values(profile.parameters, parameters, notes)
    if not notes.mistakes:
        resolved = build(profile.document, notes)
    if notes.mistakes:
        raise ProfileError(tuple(notes.mistakes))
    return resolved


def vector_mistakes(profile: Profile) -> tuple[Mistake, ...]:
    """Where decoder and encoder disagree with the profile's golden vectors."""
    notes = Notes(profile.path)
    notes.parameters = example_values(profile.parameters)
    vectors = build(profile.document, notes).vectors
    example = _own(profile.parameters)
    found: list[Mistake] = []
    check_vectors(
        vectors,
        lambda chosen: resolve(profile, {**example, **chosen}),
        lambda where, text: found.append(Mistake(profile.path, where, "", text)),
    )
    return tuple(found)


def _read(path: Path, file: str) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise ProfileError((Mistake(file, "", "", f"cannot be read: {error.strerror or error}"),)) from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError((Mistake(file, "", "", f"is no TOML: {error}"),)) from None
    except UnicodeDecodeError as error:
        raise ProfileError((Mistake(file, "", "", f"is no TOML: not UTF-8 at byte {error.start}"),)) from None


def _settings(parameters: Mapping[str, Parameter]) -> Iterator[Mapping[str, float | str]]:
    example = example_values(parameters)
    yield example
    for name, parameter in parameters.items():
        for choice in parameter.choices:
            if example.get(name) != choice:
                yield example_values({**parameters, name: dataclasses.replace(parameter, default=choice)})


def _own(parameters: Mapping[str, Parameter]) -> dict[str, float | str]:
    """Example values without those that follow from others."""
    return {n: v for n, v in example_values(parameters).items() if parameters[n].table_of is None}
