"""What exactly would be written: published words alone, what may stand in them, in the language that was reached."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.message_words import Blank, MessageWay, Rung
from crisis.policy.family_texts import (
    ANSWER,
    LETTERS,
    MISSING,
    NO_TEXT,
    NOT_A_LETTER,
    NOT_A_TEXT,
    NOT_SHORT,
    SAYS_TOO_MUCH,
    TEXTS,
    TOO_LONG,
    Form,
    written,
)
from crisis.policy.messages import Reached
from crisis.protocols import loader
from crisis.protocols.segments import MOST, length
from crisis.statemachine.texting import APOLOGY
from crisis.vocabulary import Mode

CATALOG, NEUTRAL = loader.messages(), loader.neutral()
VALUES = {
    Blank.SCHOOL_NAME: "Larkfield High School",
    Blank.STAFF_CALLBACK: "(617) 555-0142",
    Blank.INTERPRETER_LINE: "(617) 555-0199",
    Blank.PLACE_PUBLIC: "40 Elm St",
}
LIVE, LETTER = Form(mode=Mode.LIVE), Form(mode=Mode.LIVE, way=MessageWay.EMAIL)
SHORTLY = Form(mode=Mode.LIVE, short=True)
SENT = (*TEXTS, ANSWER, APOLOGY)


def of(
    message: str,
    rung: Rung = Rung.EXACT,
    tag: str | None = "en",
    values: Mapping[Blank, str] = VALUES,
    form: Form = LIVE,
):  # type: ignore[no-untyped-def]  # of one message, as it would go out
    line = CATALOG["line"]
    return written(CATALOG[message], Reached(rung, tag, ()), values, line=line, neutral=NEUTRAL, form=form)


@pytest.mark.parametrize("message", SENT)
@pytest.mark.parametrize("tag", ["en", "es"])
def test_each_is_its_published_words_with_what_is_on_record_and_fits_pr_8_pr_77(message: str, tag: str) -> None:
    found = of(message, tag=tag)

    assert found.against == ()
    assert found.body == (CATALOG[message].asset(tag).written or "").format_map({str(k): v for k, v in VALUES.items()})
    assert (found.length, found.length.segments <= MOST) == (length(found.body), True)
    assert NEUTRAL[tag].found_in(found.body) == ()


def test_what_is_not_on_record_is_not_made_up_pr_8_pr_20() -> None:
    for message, blank in (("f1", Blank.STAFF_CALLBACK), ("f3", Blank.INTERPRETER_LINE), ("f4", Blank.PLACE_PUBLIC)):
        found = of(message, values={key: value for key, value in VALUES.items() if key is not blank})

        assert (found.against, found.body) == ((MISSING[blank],), "")


def test_what_a_district_fills_in_may_not_say_it_either_pr_8() -> None:
    said = of("f1", values={**VALUES, Blank.SCHOOL_NAME: "Larkfield Psychiatric Day School"})
    endless = of("f1", values={**VALUES, Blank.SCHOOL_NAME: "x" * 500})

    assert (said.against, endless.against) == ((SAYS_TOO_MUCH,), (TOO_LONG,))


@pytest.mark.parametrize("rung", [Rung.RECORDING, Rung.LIVE_CALL, Rung.PERSON])
def test_where_the_ladder_ends_in_a_voice_nothing_is_written_pr_73(rung: Rung) -> None:
    assert (of("f1", rung, None).against, of("f1", rung, None).body) == ((NO_TEXT,), "")


def test_english_goes_with_a_line_of_theirs_and_never_alone_pr_73() -> None:
    found = of("f1", Rung.ENGLISH_AND_LINE, "es")

    assert found.body.split("\n") == [of("f1").body, CATALOG["line"].asset("es").written]


@pytest.mark.parametrize("message", ["f5", "f6", "f7"])
def test_what_is_said_by_a_person_or_on_paper_is_no_text(message: str) -> None:
    assert NOT_A_TEXT in of(message).against


@given(st.sampled_from(SENT), st.sampled_from(["en", "es"]))
def test_each_text_of_a_drill_says_so_first_i_22_pr_57(message: str, tag: str) -> None:
    live, drill = of(message, tag=tag), of(message, tag=tag, form=Form(mode=Mode.DRILL))

    assert drill.body == {"en": "DRILL. ", "es": "SIMULACRO. "}[tag] + live.body
    assert drill.shown != live.shown


@pytest.mark.parametrize("message", LETTERS)
@pytest.mark.parametrize("tag", ["en", "es"])
def test_an_e_mail_is_the_same_words_under_the_name_of_the_school_alone_pr_8_pr_72(message: str, tag: str) -> None:
    found = of(message, tag=tag, form=LETTER)

    assert (found.against, found.subject) == ((), "Larkfield High School")
    assert found.body == (CATALOG[message].asset(tag).written or "").format_map({str(k): v for k, v in VALUES.items()})
    assert NEUTRAL[tag].found_in(f"{found.subject}\n{found.body}") == ()
    assert found.shown != of(message, tag=tag, form=LETTER, values={**VALUES, Blank.SCHOOL_NAME: "Another"}).shown


@pytest.mark.parametrize("message", ["f5", "f7", "f8", "f11", "f13", "f16"])
def test_what_speaks_of_health_is_no_e_mail_either_pr_8(message: str) -> None:
    assert NOT_A_LETTER in of(message, form=LETTER).against


def test_a_subject_that_says_something_of_health_is_not_sent_pr_8() -> None:
    assert of("f1", values={**VALUES, Blank.SCHOOL_NAME: "Psychiatric School"}, form=LETTER).against == (SAYS_TOO_MUCH,)


def test_whoever_wants_short_texts_gets_none_of_two_parts_and_is_called() -> None:
    long = {
        **VALUES,
        Blank.SCHOOL_NAME: "Larkfield Regional High School of the Three Rivers, the Upper Valley and the Lake District",
    }

    assert (of("f1", form=SHORTLY).against, of("f1", values=long).against) == ((), ())
    assert of("f4", values=long, form=SHORTLY).against == (NOT_SHORT,)
    assert of("f12", form=Form(mode=Mode.LIVE, way=MessageWay.EMAIL, short=True)).against == (NOT_SHORT,)
