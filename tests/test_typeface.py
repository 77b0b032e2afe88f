"""The typeface: the file that pages load is small, whole, and has every letter of ours."""

import re

import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from heymarket.settings import BASE_DIR
from heymarket.typeface import NAME

FROM_THE_SYSTEM = set("▸▾⋯")  # symbols that the typeface does not draw


@pytest.fixture(scope="module")
def path() -> str:
    found = finders.find(NAME)
    assert isinstance(found, str)
    return found


def test_the_file_is_small_and_names_its_licence(path: str) -> None:
    font = TTFont(path)
    with open(path, "rb") as file:
        assert len(file.read()) < 100_000
    assert "SIL Open Font License" in font["name"].getDebugName(13)
    (weight,) = font["fvar"].axes
    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 400, 600)


def test_it_has_figures_of_equal_width(path: str) -> None:
    font = TTFont(path)
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


def test_it_has_the_letters_of_names_and_of_our_pages(path: str) -> None:
    words = "Łukasz Nguyễn Þórður Çağla Müller – “quoted” … € £ ₹ ↑ ↓ ▲ ▼ ⌘ −"
    pages = "".join(
        re.sub(r"{%.*?%}|{#.*?#}", "", file.read_text(), flags=re.DOTALL)
        for file in (BASE_DIR / "templates").rglob("*.html")
    )
    drawn = {chr(code) for code in TTFont(path).getBestCmap()}
    assert set(words + pages) - drawn - FROM_THE_SYSTEM - {"\n"} == set()


def test_style_sheets_name_the_file() -> None:
    assert f'url("../{NAME}")' in (BASE_DIR / "static/css/base.css").read_text()
