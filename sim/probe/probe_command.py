"""``didymium sim probe``: one cell open loop, all truths with units."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from controller.cell_files import CellFileError
from sim.cell_words import configure_arguments
from sim.physics.cell import LONGEST_STEP_S
from sim.physics.setup import load_setup
from sim.probe.attended import DEEDS, TimedSetting, check_later
from sim.probe.panels import PANELS
from sim.probe.plot import PlotMissing, draw, require
from sim.probe.report import as_json, as_text
from sim.probe.run import Plan, Record, run, started
from sim.probe.settings import Setting, SettingRefused, applied, setting

_LONGEST_H = 20_000.0
_MOST_SAMPLES = 100_000
_USUAL_SAMPLES = 60
_SAY_EVERY_S = 2.0
_INTERRUPTED = 130


def run_probe(args: argparse.Namespace) -> int:
    try:
        plan, asked = _plan(args)
        panels = _panels(args)
        cell, record = started(plan)
    except (SettingRefused, CellFileError, PlotMissing) as error:
        return _refused(str(error))
    except ValueError as error:
        return _refused(f"these values make no cell: {error}")
    code = 0
    try:
        run(plan, cell, record, _Progress(plan.hours))
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if not record.samples:
        return code
    _print(args, plan, record, asked)
    if args.plot is not None:
        try:
            draw(record.samples, _title(args), panels, args.plot)
        except OSError as error:
            return _refused(f"--plot {args.plot}: {error.strerror or error}")
    return code


def plan_of(words: Sequence[str]) -> tuple[Plan, dict[str, str]]:
    """The plan of what was typed after ``probe``. Raises SettingRefused, CellFileError; SystemExit for its form."""
    parser = argparse.ArgumentParser(prog="didymium sim probe")
    configure_arguments(parser)
    return _plan(parser.parse_args(words))


def _refused(text: str) -> int:
    print(f"didymium sim probe: {text}", file=sys.stderr)
    return 2


def _plan(args: argparse.Namespace) -> tuple[Plan, dict[str, str]]:
    if not 0.0 < args.hours <= _LONGEST_H:
        raise SettingRefused(f"--hours {args.hours:g}: must be above 0 and at most {_LONGEST_H:g}")
    if not 0.05 <= args.step <= LONGEST_STEP_S:
        raise SettingRefused(f"--step {args.step:g}: must lie in 0.05–{LONGEST_STEP_S:g} s")
    every_s = 3600.0 * args.hours / _USUAL_SAMPLES if args.every is None else args.every
    if not every_s > 0.0 or 3600.0 * args.hours / every_s > _MOST_SAMPLES:
        raise SettingRefused(f"--every {every_s:g}: must be above 0 and make at most {_MOST_SAMPLES} samples")
    settings = [setting(text) for text in args.set]
    setup = load_setup(args.cell)
    at_start = [item for item in settings if item.path in DEEDS and item.path != "current"]
    setup = applied(setup, [item for item in settings if item not in at_start])
    later = [_timed(hours, text, args.hours) for hours, text in args.at]
    plan = Plan(
        setup,
        args.hours,
        every_s,
        _level(args.feed, setup.design.oxide_target_wt_pct),
        hold=args.hold == "temperature",
        service=args.service == "on",
        step_s=args.step,
        later=later,
        at_start=[TimedSetting(0.0, item) for item in at_start],
        seed=args.seed,
    )
    check_later(setup, [*plan.at_start, *later])
    asked = {item.path: item.value for item in settings}
    return plan, asked | {f"{item.setting.path} at {item.hours:g} h": item.setting.value for item in later}


def _level(text: str | None, usual: float) -> float | None:
    if text is None:
        return usual
    if text == "none":
        return None
    try:
        level = float(text)
    except ValueError:
        raise SettingRefused(f"--feed {text}: must be wt% of dissolved oxide, or none") from None
    if not 0.0 <= level <= 20.0:
        raise SettingRefused(f"--feed {text}: must lie in 0–20 wt%")
    return level


def _timed(hours: str, text: str, last_h: float) -> TimedSetting:
    try:
        at = float(hours)
    except ValueError:
        raise SettingRefused(f"--at {hours}: must be hours from the start") from None
    if not 0.0 <= at <= last_h:
        raise SettingRefused(f"--at {hours}: must lie in the run, 0–{last_h:g} h")
    item: Setting = setting(text)
    return TimedSetting(at, item)


def _panels(args: argparse.Namespace) -> tuple[str, ...]:
    if args.plot is None:
        return ()
    require()
    names = tuple(args.panels.split(","))
    for name in names:
        if name not in PANELS:
            raise SettingRefused(f"--panels {name}: there are {', '.join(PANELS)}")
    return names


def _print(args: argparse.Namespace, plan: Plan, record: Record, asked: dict[str, str]) -> None:
    if args.json:
        print(json.dumps(as_json(plan, record, asked), allow_nan=False, ensure_ascii=False))
        return
    for line in as_text(plan, record, asked):
        print(line)


def _title(args: argparse.Namespace) -> str:
    changes = [f"{text} at {hours} h" for hours, text in args.at]
    return ", ".join([args.cell, *args.set, *changes])


class _Progress:
    """Says how far a run that takes long has come."""

    def __init__(self, hours: float) -> None:
        self._hours = hours
        self._said_s = time.monotonic()

    def __call__(self, done_h: float) -> None:
        now_s = time.monotonic()
        if now_s - self._said_s >= _SAY_EVERY_S:
            self._said_s = now_s
            print(f"probe: {done_h:.3g} of {self._hours:g} h", file=sys.stderr, flush=True)
