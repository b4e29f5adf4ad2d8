"""Every text is one segment of the alphabet that all telephones have, says DRILL first, and has no place for a name."""

from dataclasses import fields
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.errors import Refused
from crisis.notify.speech import Saying, said, said_back
from crisis.notify.wording import LONGEST, Filling, PageCode, SiteCode, Subject, language_of, notice, site_code, text
from crisis.vocabulary import Mode, Urgency

GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(ascii_letters + digits)
# Words on which a carrier acts by itself: a person who is told to use one would stop getting pages.
CARRIER_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START", "YES", "HELP"}

fillings = st.builds(
    Filling,
    mode=st.sampled_from(Mode),
    site=st.from_regex(r"[A-Z0-9]{2,6}", fullmatch=True).map(SiteCode),
    code=st.integers(10, 999).map(lambda number: PageCode(str(number))),
    urgency=st.sampled_from(Urgency),
    minutes=st.integers(0, 999),
)


@given(st.sampled_from(Subject), fillings, st.sampled_from(["en", "es", "ht", ""]))
def test_each_text_is_one_segment_f25(subject: Subject, filling: Filling, language: str) -> None:
    written = text(subject, filling, language)

    assert len(written) <= LONGEST
    assert set(written) <= GSM_7
    assert "None" not in written


@given(st.sampled_from(Subject), fillings)
def test_a_drill_says_so_in_its_first_word_i_22(subject: Subject, filling: Filling) -> None:
    first = {language: text(subject, filling, language).split(" ")[0] for language in ("en", "es")}
    spoken_first = said(Saying.PAGE, "en", filling).split(" ")[0]

    drill = filling.mode is Mode.DRILL
    assert (first["en"] == "DRILL.", first["es"] == "SIMULACRO.", spoken_first == "DRILL.") == (drill,) * 3


@given(st.sampled_from(Subject), fillings, st.sampled_from(["en", "es"]))
def test_no_text_suggests_a_word_that_stops_the_pages(subject: Subject, filling: Filling, language: str) -> None:
    words = {word.strip(".,:").upper() for word in text(subject, filling, language).split()}

    assert words & CARRIER_WORDS == set()


@given(st.text(max_size=60))
def test_whatever_a_school_is_called_its_code_is_a_site_code(name: str) -> None:
    Filling(mode=Mode.LIVE, site=site_code(name))


def test_the_places_of_a_text_are_a_closed_list_pr_12() -> None:
    assert [each.name for each in fields(Filling)] == ["mode", "site", "code", "urgency", "minutes", "link"]


@pytest.mark.parametrize(
    "values", [{"site": "Larkfield High"}, {"site": "ANA LÓPEZ"}, {"code": "Ana"}, {"code": "7"}, {"minutes": 1000}]
)
def test_a_name_does_not_fit_into_any_of_them_pr_12(values: dict[str, object]) -> None:
    with pytest.raises(Refused, match="PR-12"):
        Filling(mode=Mode.LIVE, **values)  # type: ignore[arg-type]  # that is what is refused


def test_an_effect_that_needs_no_words_of_its_own_says_that_something_waits() -> None:
    assert notice("deadline_missed") is Subject.NOTICE
    assert notice("nobody_answers") is Subject.NOBODY_ANSWERS


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es"), ("ES", "es"), ("en", "en"), ("ht", "en"), (None, "en"), ("", "en")]
)
def test_the_language_of_a_person_is_used_where_the_catalog_has_it(tag: str | None, language: str) -> None:
    assert language_of(tag) == language


@given(st.sampled_from(Subject), st.sampled_from(["en", "es"]))
def test_a_call_has_a_sentence_for_every_outcome(subject: Subject, language: str) -> None:
    assert said_back(subject, language)
