from __future__ import annotations

from pathlib import Path

import pytest

from controller.chemistry.conductivity import LAW_BAND_DEGC, MEASURED_AT_DEGC
from controller.chemistry.couples import ANODE_ONSET_BAND_DEGC
from controller.chemistry.laws import LAWS, Grade, markdown_table, worst
from controller.chemistry.viscosity import LAW_BAND_DEGC as VISCOSITY_BAND_DEGC

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "chemistry.md").read_text(encoding="utf-8")


def test_the_page_shows_every_law_as_the_program_knows_it() -> None:
    assert markdown_table() in PAGE


@pytest.mark.parametrize("name", LAWS)
def test_a_law_owes_its_reader_a_source_and_a_statement(name: str) -> None:
    law = LAWS[name]
    assert law.about
    assert law.says
    assert law.source
    assert "|" not in f"{name}{law.about}{law.says}{law.uncertainty}{law.source}"


def test_the_worst_grade_counts() -> None:
    assert worst([Grade.MEASURED, Grade.ASSUMED, Grade.COMPUTED]) is Grade.ASSUMED
    assert worst([Grade.MEASURED, Grade.COMPUTED]) is Grade.COMPUTED
    assert worst([Grade.RECALLED, Grade.COMPUTED]) is Grade.RECALLED


def test_bands_are_those_the_flags_use() -> None:
    assert LAWS["conductivity of LiF–REF3"].band_degc == LAW_BAND_DEGC
    assert LAWS["viscosity"].band_degc == VISCOSITY_BAND_DEGC
    assert LAWS["anode onsets"].band_degc == ANODE_ONSET_BAND_DEGC
    band = LAWS["conductivity in LiF–CaF2 and LiF–NaF"].band_degc
    assert band is not None
    assert sum(band) / 2.0 == MEASURED_AT_DEGC
