"""``didymium profile``: check, show, list and read device profiles."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence

from drivers.profiles.load import find_profile, load_profile, resolve, shipped_profiles, vector_mistakes
from drivers.profiles.mistakes import Mistake, ProfileError
from drivers.profiles.printing import print_sections
from drivers.profiles.schema import Profile, ResolvedProfile
from drivers.profiles.sections import Section, profile_sections


class ProfileCommand:
    name = "profile"
    help = "check, show and try device profiles; reading a live device writes nothing to it"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Example: didymium profile show genesys. Exit code 0: as wanted. 2: something is wrong, and it is printed."
        )
        words = parser.add_subparsers(dest="profile_word", metavar="WORD", required=True)

        check = words.add_parser(
            "check",
            help="report every mistake of profile files, golden vectors included",
            epilog="Example: didymium profile check ours/feeder.toml",
        )
        check.add_argument("files", metavar="FILE", nargs="+", help="profile file (TOML), or the name of a shipped one")
        check.set_defaults(word=_check)

        show = words.add_parser(
            "show",
            help="print a profile as a table",
            epilog="Example: didymium profile show rectifier_plc --parameter i_rated=40000",
        )
        show.add_argument("profile", metavar="NAME|FILE")
        show.set_defaults(word=_show)

        listing = words.add_parser("list", help="list the shipped profiles", epilog="Example: didymium profile list")
        listing.set_defaults(word=_list)

        read = words.add_parser(
            "read",
            help="read a live device through a profile and write nothing",
            epilog="Example: didymium profile read load_cell --link tcp://127.0.0.1:502 --unit 3 --watch",
        )
        read.add_argument("profile", metavar="NAME|FILE")
        read.add_argument("--link", metavar="URL", required=True, help="tcp://HOST:PORT, serial:/dev/PORT?baud=9600 …")
        read.add_argument("--unit", metavar="N", type=int, default=1, help="unit or module address (default 1)")
        read.add_argument("--watch", action="store_true", help="read again every second until interrupted")
        read.set_defaults(word=_read)

        for word in (show, read):
            word.add_argument(
                "--parameter", metavar="K=V", action="append", default=[], help="a parameter, e.g. i_rated=40000"
            )
        for word in (check, show, listing, read):
            word.add_argument("--json", action="store_true", help="print JSON")

    def run(self, args: argparse.Namespace) -> int:
        try:
            code: int = args.word(args)
        except ProfileError as error:
            print(error, file=sys.stderr)
            return 2
        return code


COMMAND = ProfileCommand()


def _check(args: argparse.Namespace) -> int:
    found = {file: _mistakes_of(file) for file in args.files}
    if args.json:
        files = [
            {"file": file, "ok": not mistakes, "mistakes": [mistake._asdict() for mistake in mistakes]}
            for file, mistakes in found.items()
        ]
        print(json.dumps({"ok": not any(found.values()), "files": files}, ensure_ascii=False))
    else:
        for file, mistakes in found.items():
            for mistake in mistakes:
                print(mistake, file=sys.stderr)
            if not mistakes:
                print(f"{file}: nothing wrong")
    return 2 if any(found.values()) else 0


def _mistakes_of(file: str) -> Sequence[Mistake]:
    try:
        return vector_mistakes(load_profile(find_profile(file)))
    except ProfileError as error:
        return error.mistakes


def _show(args: argparse.Namespace) -> int:
    profile = _resolved(args)
    if args.json:
        print(json.dumps(dataclasses.asdict(profile), allow_nan=False, ensure_ascii=False))
    else:
        print_sections(profile_sections(profile))
    return 0


def _list(args: argparse.Namespace) -> int:
    profiles = {name: load_profile(path) for name, path in shipped_profiles().items()}
    if args.json:
        print(
            json.dumps([{"name": name, **_summary(profile)} for name, profile in profiles.items()], ensure_ascii=False)
        )
        return 0
    rows = [
        (name, profile.kind, profile.protocol, profile.version, profile.source) for name, profile in profiles.items()
    ]
    print_sections([Section("", ("name", "kind", "protocol", "version", "source"), rows)])
    return 0


def _summary(profile: Profile) -> dict[str, object]:
    return {key: getattr(profile, key) for key in ("id", "kind", "protocol", "version", "source", "content_hash")} | {
        "parameters": [dataclasses.asdict(parameter) for parameter in profile.parameters.values()]
    }


def _read(args: argparse.Namespace) -> int:
    # The links and masters load only here: check and show work without them.
    from drivers.profiles.read_command import read_command  # noqa: PLC0415

    return read_command(_resolved(args), args)


def _resolved(args: argparse.Namespace) -> ResolvedProfile:
    profile = load_profile(find_profile(args.profile))
    return resolve(profile, _parameters(profile, args.parameter))


def _parameters(profile: Profile, given: Sequence[str]) -> Mapping[str, float | str]:
    values: dict[str, float | str] = {}
    for item in given:
        name, mark, text = item.partition("=")
        if not mark or not name:
            raise ProfileError((Mistake(profile.path, "--parameter", item, "write NAME=VALUE, e.g. i_rated=40000"),))
        parameter = profile.parameters.get(name)
        textual = parameter is not None and (parameter.choices or isinstance(parameter.default, str))
        try:
            values[name] = text if textual else float(text)
        except ValueError:
            values[name] = text
    return values
