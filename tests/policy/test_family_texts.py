"""What exactly would be written: published words alone, what may stand in them, in the language that was reached."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.message_words import Blank, Encoding, MeetingPlace, MessageWay, Rung
from crisis.policy.family_texts import (
    ANSWER,
    BY_LEAVE,
    LETTERS,
    MEETINGS,
    MISSING,
    NO_TEXT,
    NOT_A_LETTER,
    NOT_A_TEXT,
    NOT_GIVEN,
    NOT_SHORT,
    SAYS_TOO_MUCH,
    TEXTS,
    TOO_LONG,
    Form,
    Places,
    written,
)
from crisis.policy.meetings import (
    AT_NIGHT,
    NO_ADDRESS,
    NO_PLACE,
    NO_TIME,
    NOT_SAID,
    OVER,
    SPEECH,
    TOO_FAR,
    WITHIN,
    Meeting,
    Speech,
    said,
)
from crisis.policy.messages import Reached
from crisis.protocols import loader
from crisis.protocols.message_check import LONGEST
from crisis.protocols.message_schema import Asset, Message
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
GIVEN = Form(mode=Mode.LIVE, number_given=True)
NOW, EASTERN = datetime(2026, 11, 30, 15, tzinfo=UTC), "America/New_York"
NONE = Meeting()
MEETING = Meeting(at=datetime(2026, 12, 2, 15, 30, tzinfo=UTC), place=MeetingPlace.ADDRESS)
TAGS, WORD = ("en", "es"), r"[^\W\d_]+"
ZONES = ("America/New_York", "America/Los_Angeles", "America/Anchorage", "America/Phoenix", "Pacific/Honolulu")
SENT = (*TEXTS, ANSWER, APOLOGY)


def of(
    message: str,
    rung: Rung = Rung.EXACT,
    tag: str | None = "en",
    values: Mapping[Blank, str] = VALUES,
    form: Form = LIVE,
    meeting: Meeting = NONE,
    zone: str = EASTERN,
):  # type: ignore[no-untyped-def]  # of one message, as it would go out
    line, places = CATALOG["line"], Places(recorded=values, at=NOW, zone=ZoneInfo(zone), meeting=meeting)
    return written(CATALOG[message], Reached(rung, tag, ()), places, line=line, neutral=NEUTRAL, form=form)


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


@pytest.mark.parametrize("message", ["f5", "f7", "f12"])
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


def test_a_time_is_said_by_the_schools_clock_as_people_of_that_language_say_it() -> None:
    said = {
        (message, tag): of(message, tag=tag, form=GIVEN, meeting=MEETING).body for message in MEETINGS for tag in TAGS
    }

    assert said == {
        ("f6", "en"): "Larkfield High School. Let us meet: Wednesday, December 2, 10:30 a.m. Eastern Time, 40 Elm St. "
        "Bad time? Call (617) 555-0142.",
        ("f6", "es"): "Larkfield High School. Nos reunimos: miércoles 2 de diciembre, 10:30 a. m. (hora del Este), "
        "40 Elm St. ¿No puede? Llame: (617) 555-0142.",
        (
            "f10",
            "en",
        ): "Larkfield High School. Plan with us: Wednesday, December 2, 10:30 a.m. Eastern Time, 40 Elm St. "
        "Bad time? Call (617) 555-0142.",
        ("f10", "es"): "Larkfield High School. Para planear: miércoles 2 de diciembre, 10:30 a. m. (hora del Este), "
        "40 Elm St. ¿No puede? Llame: (617) 555-0142.",
    }
    assert of("f6", tag="es", form=GIVEN, meeting=MEETING).english == said["f6", "en"]


@pytest.mark.parametrize(
    ("zone", "at", "tag", "words"),
    [
        (EASTERN, datetime(2027, 1, 4, 17, 5, tzinfo=UTC), "en", "Monday, January 4, 12:05 p.m. Eastern Time"),
        (
            "America/Chicago",
            datetime(2026, 12, 1, 0, 0, tzinfo=UTC),
            "en",
            "Monday, November 30, 6:00 p.m. Central Time",
        ),
        (
            "America/Phoenix",
            datetime(2026, 12, 2, 15, 30, tzinfo=UTC),
            "es",
            "miércoles 2 de diciembre, 8:30 a. m. (MST)",
        ),
        ("America/Los_Angeles", datetime(2026, 12, 2, 17, 30, tzinfo=UTC), "es", "mié 2 dic, 9:30 a. m. PT"),
        (EASTERN, datetime(2026, 12, 5, 15, 0, tzinfo=UTC), "es", "5 dic, 10:00 a. m. ET"),
        ("Asia/Kathmandu", datetime(2026, 12, 2, 5, 0, tzinfo=UTC), "en", "Wednesday, December 2, 10:45 a.m. UTC+0545"),
    ],
)
def test_where_the_small_alphabet_lacks_a_letter_the_time_is_said_without_it_pr_77(
    zone: str, at: datetime, tag: str, words: str
) -> None:
    """No accent is left out: the text says the day without that word, and stays one part."""
    found = of("f6", tag=tag, form=GIVEN, zone=zone, meeting=Meeting(at=at, place=MeetingPlace.OFFICE))

    assert words in found.body
    assert (found.against, found.length.segments) == ((), 1)


def test_an_e_mail_says_every_day_in_full() -> None:
    saturday = Meeting(at=datetime(2026, 12, 5, 15, tzinfo=UTC), place=MeetingPlace.TELEPHONE)

    found = of("f10", tag="es", form=LETTER, meeting=saturday)

    assert "sábado 5 de diciembre, 10:00 a. m. (hora del Este), por teléfono, le llamamos." in found.body


@pytest.mark.parametrize("message", MEETINGS)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_written(message: str) -> None:
    def against(form: Form = GIVEN, values: Mapping[Blank, str] = VALUES, **chosen: object) -> list[tuple[object, str]]:
        found = of(message, form=form, values=values, meeting=replace(MEETING, **chosen))
        assert found.body == ""
        return [(each, each.at) for each in found.against]

    bare = {key: value for key, value in VALUES.items() if key is not Blank.PLACE_PUBLIC}
    assert against(at=None) == [(NO_TIME, "meets_at")]
    assert against(place=None) == [(NO_PLACE, "place")]
    assert against(at=NOW) == [(OVER, "meets_at")]
    assert against(at=NOW + WITHIN + timedelta(minutes=1)) == [(TOO_FAR, "meets_at")]
    assert against(at=datetime(2026, 12, 2, 3, 30, tzinfo=UTC)) == [(AT_NIGHT, "meets_at")]
    assert against(values=bare) == [(NO_ADDRESS, "place")]
    assert against(form=LIVE) == [(NOT_GIVEN, "number_given")]
    assert of(message, values=bare, form=GIVEN, meeting=replace(MEETING, place=MeetingPlace.OFFICE)).against == ()
    assert of(message, form=LETTER, meeting=MEETING).against == ()


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("message", [each for each in BY_LEAVE if each not in MEETINGS])
def test_what_names_no_time_goes_by_text_to_a_number_that_they_gave_themselves(message: str, tag: str) -> None:
    """47 CFR 64.1200, as a meeting does: to talk again, and whether it was clear, are no emergency."""
    found = of(message, tag=tag, form=GIVEN, values=LONGEST)

    assert (found.against, found.length.segments) == ((), 1)
    assert of(message, tag=tag, form=LIVE).against == (NOT_GIVEN,)


def test_a_language_that_cannot_say_a_time_is_called() -> None:
    told = replace_assets("f6", "ht", "{school_name} {time} {place_public} {staff_callback}")
    places = Places(recorded=VALUES, at=NOW, zone=ZoneInfo(EASTERN), meeting=MEETING)

    found = written(told, Reached(Rung.EXACT, "ht", ()), places, line=CATALOG["line"], neutral=NEUTRAL, form=GIVEN)

    assert (found.against, found.body) == ((NOT_SAID,), "")


@given(
    message=st.sampled_from(MEETINGS),
    tag=st.sampled_from(TAGS),
    minutes=st.integers(1, int(WITHIN / timedelta(minutes=1))),
    place=st.sampled_from(MeetingPlace),
    zone=st.sampled_from(sorted(available_timezones())),
    way=st.sampled_from([MessageWay.TEXT, MessageWay.EMAIL]),
)
def test_nothing_but_a_day_an_hour_and_a_place_of_the_school_fits_pr_8_pr_20(
    message: str, tag: str, minutes: int, place: MeetingPlace, zone: str, way: MessageWay
) -> None:
    """Whatever is chosen, each word of the text is of the catalog, on record, or one of the closed words of time."""
    meeting = Meeting(at=NOW + timedelta(minutes=minutes), place=place)

    found = of(message, tag=tag, zone=zone, meeting=meeting, form=Form(mode=Mode.LIVE, way=way, number_given=True))

    written_once = re.sub(r"\{\w+\}", " ", CATALOG[message].asset(tag).written or "")
    known = set(re.findall(WORD, " ".join([written_once, *VALUES.values(), *closed_words(tag), "UTC"])))
    there = meeting.at.astimezone(ZoneInfo(zone)) if meeting.at else NOW
    abbreviation = there.tzname() or ""
    assert set(re.findall(WORD, found.body)) - known <= {abbreviation}
    assert set(re.sub(WORD, "", found.body)) <= set("0123456789 .,:?¿()-+")
    assert found.against in ((), (AT_NIGHT,))


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("message", MEETINGS)
def test_with_the_longest_of_everything_it_is_one_part_of_the_small_alphabet_pr_77(message: str, tag: str) -> None:
    longest = {**LONGEST, Blank.STAFF_CALLBACK: "(617) 555-0142"}
    for day, zone, place in product(range(1, 60), ZONES, MeetingPlace):
        meeting = Meeting(at=NOW.replace(hour=19, minute=45) + timedelta(days=day), place=place)

        found = of(message, tag=tag, values=longest, form=GIVEN, meeting=meeting, zone=zone)

        assert (found.against, found.length.encoding, found.length.segments) == ((), Encoding.GSM_7, 1), found.body


def test_the_longest_time_that_the_check_of_the_catalog_knows_is_the_longest_there_is() -> None:
    year = [datetime(2026, 1, 1, 22, 30, tzinfo=UTC) + timedelta(days=day) for day in range(365)]
    times = {
        said(Meeting(at=at, place=MeetingPlace.OFFICE), ZoneInfo(zone), tag, {}, short=True)[Blank.TIME]  # type: ignore[index]
        for at, zone, tag in product(year, ZONES, TAGS)
    }

    assert max(map(len, times)) <= len(LONGEST[Blank.TIME])
    assert all(
        len(each) <= len(LONGEST[Blank.PLACE_PUBLIC]) for speech in SPEECH.values() for each in places_of(speech)
    )


def test_another_time_has_another_digest_pr_71() -> None:
    other = replace(MEETING, at=datetime(2026, 12, 2, 16, 30, tzinfo=UTC))

    digests = {
        of("f6", form=GIVEN, meeting=each).shown
        for each in (MEETING, other, replace(MEETING, place=MeetingPlace.OFFICE))
    }

    assert len(digests) == 3


def closed_words(tag: str) -> list[str]:
    speech = SPEECH[tag]
    words = [*speech.weekdays, *speech.months, *speech.short_months, *speech.halves, speech.long, *places_of(speech)]
    return [*words, *(each for each in speech.short_weekdays if each), *speech.zones, *speech.zones.values()]


def places_of(speech: Speech) -> tuple[str, str]:
    return speech.office, speech.telephone


def replace_assets(message: str, tag: str, text: str) -> Message:
    known = CATALOG[message]
    return known.model_copy(update={"assets": {**known.assets, tag: Asset(written=text)}})
