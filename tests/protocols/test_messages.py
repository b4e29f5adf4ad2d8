"""The catalog of what families are written, told and given: what ships is whole, and each fault is found by itself."""

import hashlib
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.message_words import Blank, Encoding, MessageWay, TextState
from crisis.protocols import loader, reading_level
from crisis.protocols.languages import LANGUAGES, SLOTS, has_voice
from crisis.protocols.message_check import LONGEST, PLAIN, filled, worst
from crisis.protocols.message_schema import FOUND_BY_ANYBODY, Asset, Message, digest
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.protocols.segments import MOST, WANTED, length

CATALOG = loader.messages()
TEXTS = [(each, tag, asset) for each in CATALOG.values() for tag, asset in each.assets.items()]
FOUND = [(each, tag, asset) for each, tag, asset in TEXTS if FOUND_BY_ANYBODY & set(each.ways)]
OWN = """
id: f4
title: {en: Come, es: Venga}
use: {en: Now, es: Ahora}
purpose: pickup
consent: emergency
ways: [text, voicemail]
health_content: false
blanks: [school_name]
needs: {en: A reviewer, es: Revisor}
assets:
  en: {written: "This is {school_name}. Please come.", encoding: gsm-7}
  es: {written: "Somos {school_name}. Venga, por favor.", encoding: gsm-7}
"""

LAST_IS_UCS = ('favor.", encoding: gsm-7', 'favor.", encoding: ucs-2')


def own(*changes: tuple[str, str]) -> Message:
    text = OWN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return loader.message_from_text(text, "own.yaml")


def fault_of(*changes: tuple[str, str]) -> str:
    with pytest.raises(ProtocolFault) as found:
        own(*changes)
    return str(found.value)


def names(of: tuple[Message, str, Asset]) -> str:
    return f"{of[0].id}-{of[1]}"


def test_sixteen_messages_and_the_line_ship_in_english_and_spanish_and_the_rest_are_empty_slots() -> None:
    assert list(CATALOG) == [*(f"f{number}" for number in range(1, 17)), "line"]
    for message in CATALOG.values():
        assert [tag for tag in SLOTS if not message.asset(tag).empty] == ["en", "es"]
        assert set(message.slots) == set(SLOTS)
        assert "second human reviewer" in message.needs.en


def test_no_text_that_ships_claims_that_anybody_has_signed_for_it() -> None:
    assert {asset.state for _, _, asset in TEXTS} == {TextState.DRAFT}


@pytest.mark.parametrize("of", FOUND, ids=names)
def test_no_name_no_pronoun_no_word_of_health_is_left_where_anybody_finds_it_pr_8(
    of: tuple[Message, str, Asset],
) -> None:
    """What is not the same for every student is filled into a closed place, and none of these is a person's."""
    message, tag, asset = of
    text = asset.written or ""

    assert {each for _, each, _, _ in Formatter().parse(text) if each} <= {str(each) for each in message.blanks}
    assert set(Blank) == {"school_name", "staff_callback", "interpreter_line", "time", "place_public"}
    assert loader.neutral()[tag].found_in(filled(text, dict.fromkeys(Blank, " "))) == ()


@pytest.mark.parametrize(
    "word", ["suicidal", "Psychologist", "therapy", "988", "hospital", "he", "Their", "daughter", "overdosed"]
)
def test_a_word_that_tells_is_found_in_whatever_form_pr_8(word: str) -> None:
    assert f"“{word.lower()}” may not stand" in fault_of(("Please come.", f"Please come, {word}."))


@pytest.mark.parametrize("word", ["suicidio", "Psicóloga", "salud", "911", "urgente", "ella", "hijo", "estudiante"])
def test_a_word_that_tells_is_found_in_spanish_too_pr_8(word: str) -> None:
    fault = fault_of(("Venga, por favor.", f"Venga, {word}."), ("encoding: gsm-7}\n", "encoding: gsm-7}\n"))

    assert f"“{word.lower()}” may not stand" in fault


def test_a_language_without_its_list_of_words_cannot_be_checked_and_is_refused_pr_8() -> None:
    fault = fault_of(("  es:", "  ht: {written: 'Isit {school_name}. Vini.', encoding: gsm-7}\n  es:"))

    assert "ht: there is no list of words" in fault


@pytest.mark.parametrize("way", ["text", "voicemail", "email"])
def test_what_speaks_of_health_is_never_left_behind_pr_8(way: str) -> None:
    assert "said by a person or given on paper" in fault_of(
        ("health_content: false", "health_content: true"), ("[text, voicemail]", f"[{way}]")
    )


def test_where_the_child_is_taken_to_is_only_ever_said_by_a_person() -> None:
    assert CATALOG["f5"].ways == (MessageWay.CALL,)
    assert all(asset.written is None for asset in CATALOG["f5"].assets.values())


@pytest.mark.parametrize("of", [each for each in TEXTS if MessageWay.TEXT in each[0].ways], ids=names)
def test_each_text_fits_its_segments_with_the_longest_values_pr_77(of: tuple[Message, str, Asset]) -> None:
    _, _, asset = of
    found = worst(asset)
    accented = length(filled(asset.written or "", {**LONGEST, Blank.SCHOOL_NAME: "Á" * 40}))

    assert found.encoding is asset.encoding
    assert found.segments <= WANTED
    assert accented.segments <= MOST


def test_a_text_that_is_too_long_or_says_the_wrong_encoding_is_a_fault_pr_77() -> None:
    assert "4 segments" in fault_of(LAST_IS_UCS, ("Venga, por favor.", "Así. " + "Venga ya. " * 18))
    assert "travels as ucs-2" in fault_of(("Venga, por favor.", "Venga aquí."))


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("a" * 160, Encoding.GSM_7, 160, 1),
        ("a" * 161, Encoding.GSM_7, 161, 2),
        ("a" * 306, Encoding.GSM_7, 306, 2),
        ("a" * 307, Encoding.GSM_7, 307, 3),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, 3),  # the two places of € are not cut in two
        ("ñüéèàòìùÇ", Encoding.GSM_7, 9, 1),
        ("á", Encoding.UCS_2, 1, 1),
        ("’" + "a" * 72, Encoding.UCS_2, 73, 2),  # one curly apostrophe in 73 letters
        ("ا" * 70, Encoding.UCS_2, 70, 1),
        ("ا" * 66 + "👋" + "ا" * 66, Encoding.UCS_2, 134, 3),  # a pair is not cut either
        ("", Encoding.GSM_7, 0, 0),
    ],
)
def test_segments_are_counted_as_carriers_do_pr_77(text: str, encoding: Encoding, units: int, segments: int) -> None:
    found = length(text)

    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


@given(st.text(alphabet="aé€á👋", max_size=400))
def test_no_text_is_ever_counted_as_less_than_its_room_pr_77(text: str) -> None:
    found = length(text)
    alone, part = (160, 153) if found.encoding is Encoding.GSM_7 else (70, 67)

    assert found.segments == (min(len(text), 1) if found.units <= alone else found.segments)
    assert found.segments * (alone if found.segments == 1 else part) >= found.units


@pytest.mark.parametrize("letter", ["’", "“", "–", "…", "🙂", "→", "\u00a0"])
def test_smart_signs_and_pictures_are_faults_pr_77(letter: str) -> None:
    assert "write it plainly" in fault_of(("Please come.", f"Please come{letter}"), ("gsm-7}\n", "ucs-2}\n"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Somos {school_name}.", "Somos.", "es: written: its places are not those of the English text"),
        ("Somos {school_name}.", "{school_name}: {school_name}.", "es: written: its places"),
        ("Somos {school_name}.", "Somos {student_name}.", "“student_name” is no place"),
        ("Somos {school_name}.", "Somos {school_name!r}.", "is no place"),
        ("Somos {school_name}.", "Somos {school_name.owner}.", "is no place"),
        ("Somos {school_name}.", "Somos {}.", "is no place"),
        ("blanks: [school_name]", "blanks: [school_name, time]", "“time” is declared and not used"),
        ("blanks: [school_name]", "blanks: [school_name, student]", "blanks.1"),
    ],
)
def test_the_places_are_closed_and_the_same_in_each_language_pr_79(old: str, new: str, said: str) -> None:
    assert said in fault_of((old, new))


def test_isolates_are_closed_where_they_were_opened_pr_79() -> None:
    opened = ("Venga, por favor.", "Venga, \u2066por favor.")
    closed = ("Venga, por favor.", "Venga, \u2069por\u2066 favor.")
    whole = own(LAST_IS_UCS, ("Venga, por favor.", "Venga, \u2066por\u2069 favor."))

    assert "without its end" in fault_of(LAST_IS_UCS, opened)
    assert "without its end" in fault_of(LAST_IS_UCS, closed)
    assert not whole.asset("es").empty


@pytest.mark.parametrize("of", TEXTS, ids=names)
def test_families_read_plain_words_pr_80(of: tuple[Message, str, Asset]) -> None:
    _, tag, asset = of
    for text in filter(None, (asset.written, asset.spoken)):
        plain = filled(text, PLAIN)
        if tag == "en":
            assert reading_level.english(plain).grade <= 6.0
        else:
            assert reading_level.spanish(plain).ease >= 80


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Please come.", "Immediate notification regarding academic responsibilities.", "Flesch-Kincaid"),
        ("Venga, por favor.", "Notificaciones administrativas correspondientes.", "Fernández-Huerta"),
    ],
)
def test_hard_words_are_faults_pr_80(old: str, new: str, said: str) -> None:
    assert said in fault_of((old, new))


def test_in_other_languages_a_sentence_is_short_pr_80() -> None:
    long = "ale " * 16
    fault = fault_of(
        ("ways: [text, voicemail]", "ways: [paper]"),
        ("  es:", f"  ht: {{written: '{{school_name}}. {long}.'}}\n  es:"),
    )

    assert "ht: written: a sentence of 16 words" in fault


SYLLABLES = {"school": 1, "interpreter": 4, "important": 3, "people": 2, "please": 1, "table": 2, "idea": 3, "being": 2}
SILABAS = {"escuela": 3, "teléfono": 4, "día": 2, "país": 2, "guerra": 2, "aéreo": 4, "oír": 2, "ciudad": 2, "muy": 1}


def test_syllables_by_rule_as_dictionaries_have_them_pr_80() -> None:
    assert {word: reading_level.english_syllables(word) for word in SYLLABLES} == SYLLABLES
    assert {word: reading_level.spanish_syllables(word) for word in SILABAS} == SILABAS


def test_the_two_formulas_with_a_sum_done_by_hand_pr_80() -> None:
    """Two sentences, ten words, eleven syllables: 0.39 * 5 + 11.8 * 1.1 - 15.59; 206.84 - 66 - 5.1."""
    found = reading_level.Counted(sentences=2, words=10, syllables=11, longest=6)

    assert round(found.grade, 2) == -0.66
    assert round(found.ease, 2) == 135.74


@pytest.mark.parametrize("tag", ["ht", "kea", "so", "ne", "sw", "km", "ur", "ps", "fa-AF", "xx", "cv"])
def test_no_voice_reads_a_language_that_is_not_its_own_pr_78(tag: str) -> None:
    assert not has_voice(tag)
    assert "cv" not in LANGUAGES  # that is Chuvash


def test_a_recording_is_of_the_text_that_stands_there_pr_78() -> None:
    read_aloud = digest(own().asset("es"))
    made = (
        f"recording: {{file: f4-es.mp3, sha256: {'0' * 64}, seconds: 6, speaker: M. Lopez, recorded_on: 2026-09-01, "
        f"spoken_of: {read_aloud}}}"
    )
    with_it = ('por favor.", encoding: gsm-7}', f'por favor.", encoding: gsm-7, {made}}}')

    assert own(with_it).asset("es").recording is not None
    assert "the recording is of another text" in fault_of(with_it, ("Venga, por favor.", "Venga ya, por favor."))


def test_a_file_whose_recording_is_not_there_or_another_is_refused_pr_78(tmp_path: Path) -> None:
    sound, asset = b"ID3", own().asset("es")
    made = (
        f"recording: {{file: f4-es.ogg, sha256: {hashlib.sha256(sound).hexdigest()}, seconds: 6, speaker: M. Lopez, "
        f"recorded_on: 2026-09-01, spoken_of: {digest(asset)}}}"
    )
    file, audio = tmp_path / "f4.yaml", tmp_path / "audio"
    file.write_text(OWN.replace('por favor.", encoding: gsm-7}', f'por favor.", encoding: gsm-7, {made}}}'))
    audio.mkdir()

    for content in (None, b"another"):
        if content is not None:
            (audio / "f4-es.ogg").write_bytes(content)
        with pytest.raises(ProtocolFault, match=r"es: f4-es\.ogg is not in `audio`"):
            loader.message_from_file(file)
    (audio / "f4-es.ogg").write_bytes(sound)
    assert loader.message_from_file(file).asset("es").recording is not None


def test_what_a_machine_wrote_stays_a_draft_until_a_person_makes_it_their_own_pr_71() -> None:
    by_machine = ('por favor.", encoding: gsm-7}', 'por favor.", encoding: gsm-7, by_machine: true}')
    named = ('por favor.", encoding: gsm-7}', 'por favor.", encoding: gsm-7, translator: M. Lopez}')

    assert own(by_machine).asset("es").state is TextState.DRAFT
    assert own(named).asset("es").state is TextState.TRANSLATED
    assert "is a draft" in fault_of((by_machine[0], by_machine[1].replace("true}", "true, translator: M. Lopez}")))


def test_a_state_beyond_that_cannot_be_written_into_a_file_pr_71() -> None:
    assert "not known here" in fault_of(
        ('por favor.", encoding: gsm-7}', 'por favor.", encoding: gsm-7, state: published}')
    )


def test_a_digest_covers_both_forms() -> None:
    asset = CATALOG["f1"].asset("en")

    assert digest(asset) == hashlib.sha256(f"{asset.written}\x1f{asset.spoken}".encode()).hexdigest()


def test_every_file_of_the_catalog_is_read() -> None:
    assert {path.stem for path in Path(loader.MESSAGES).glob("*.yaml")} == set(CATALOG)


def test_no_message_says_mental_health_so_that_none_needs_a_variant() -> None:
    """Field 17: also what is said by a person or given on paper."""
    said = [(each.id, tag, f"{asset.written} {asset.spoken}".lower()) for each, tag, asset in TEXTS]

    assert [each for each in said if "mental" in each[2]] == []
