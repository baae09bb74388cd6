from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_plain_pip_and_uv_pin_the_same_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    plain = [line for line in lines if line and not line.startswith("#")]
    assert plain == pyproject()["tool"]["uv"]["constraint-dependencies"]
    assert len(plain) > 20


def test_every_direct_dependency_is_bounded_above_and_pinned() -> None:
    project = pyproject()["project"]
    direct = project["dependencies"] + [d for extra in project["optional-dependencies"].values() for d in extra]
    pinned = {line.split("==")[0].lower() for line in pyproject()["tool"]["uv"]["constraint-dependencies"]}
    for requirement in direct:
        name = re.split(r"[<>=!~ ]", requirement, maxsplit=1)[0]
        assert "<" in requirement or "==" in requirement, requirement
        assert name.lower() in pinned, requirement
