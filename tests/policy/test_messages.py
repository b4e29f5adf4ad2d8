"""Which text may go to a family, and how it reaches one adult: signatures, and the ladder of languages."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.message_words import Blank, Rung, TextState
from crisis.policy.messages import (
    NO_INTERPRETER,
    NO_LINE,
    NOT_KNOWN,
    NOT_OUT,
    NOT_RECORDED,
    Reader,
    Ready,
    Signature,
    against_signing,
    language_ladder,
    next_stage,
    rendered,
    stages,
    standing,
)
from crisis.protocols import loader
from crisis.protocols.message_schema import Asset, Message, digest
from crisis.vocabulary import PersonId

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
F1 = loader.messages()["f1"]
ONE, TWO = PersonId("p-one"), PersonId("p-two")
NAMES = {
    TextState.TRANSLATED: ("Rosa Paz, court interpreter",),
    TextState.REVIEWED: ("Leo Vidal, translator",),
    TextState.COMMUNITY_READ: ("Ana", "Luis"),
    TextState.APPROVED: ("Dr. Mora",),
    TextState.PUBLISHED: ("Office",),
}
TAGS = ("en", "es", "es-MX", "pt", "pt-BR", "pt-PT", "zh", "zh-Hans", "zh-Hant", "ht", "ar", "kea")


def signature(stage: TextState, tag: str = "es", by: PersonId = ONE, message: Message = F1) -> Signature:
    who = NAMES[stage]
    source, text = digest(message.source), digest(message.asset(tag))
    return Signature(stage=stage, who=who, by=by, at=AT, source=source, text=text)


def signed(tag: str, until: TextState = TextState.PUBLISHED) -> list[Signature]:
    every = stages(tag)
    return [
        signature(stage, tag, TWO if stage is TextState.PUBLISHED else ONE) for stage in every[: every.index(until) + 1]
    ]


def changed(tag: str) -> Message:
    assets = F1.assets | {tag: F1.asset(tag).model_copy(update={"written": "Something else."})}
    return F1.model_copy(update={"assets": assets})


def refused(new: Signature, before: list[Signature], tag: str = "es", *, source_is_out: bool = True) -> list[str]:
    return [each.text for each in against_signing(F1, tag, before, new, source_is_out=source_is_out)]


@pytest.mark.parametrize("tag", ["en", "es"])
def test_only_the_last_signature_of_all_publishes_a_text_pr_71(tag: str) -> None:
    for stage in stages(tag):
        before = signed(tag)[: stages(tag).index(stage)]
        assert standing(F1, tag, before) is not TextState.PUBLISHED
        assert next_stage(F1, tag, before) is stage
        assert standing(F1, tag, signed(tag, stage)) is stage
    assert next_stage(F1, tag, signed(tag)) is None


@given(st.permutations(signed("es")), st.integers(0, 4))
def test_with_any_signature_missing_in_whatever_order_it_is_not_published_pr_71(
    order: list[Signature], left_out: int
) -> None:
    assert standing(F1, "es", order) is TextState.PUBLISHED
    assert standing(F1, "es", order[:left_out] + order[left_out + 1 :]) is not TextState.PUBLISHED


@pytest.mark.parametrize("what", ["en", "es"])
def test_a_change_of_the_source_or_of_the_text_takes_it_back_pr_71(what: str) -> None:
    assert standing(changed(what), "es", signed("es")) is TextState.STALE
    assert standing(changed("en"), "en", signed("en")) is TextState.STALE


def test_a_change_of_one_language_leaves_the_others_out_pr_72() -> None:
    assert standing(changed("es"), "en", signed("en")) is TextState.PUBLISHED


def test_an_empty_slot_has_nothing_to_sign_pr_71() -> None:
    assert standing(F1, "ht", signed("es")) is TextState.EMPTY
    assert next_stage(F1, "ht", []) is None


def test_signatures_come_in_their_order_and_from_people_who_are_named_pr_71() -> None:
    reviewed = signature(TextState.REVIEWED)

    assert refused(reviewed, []) == ["Something else comes first, or somebody has recorded this before"]
    assert refused(reviewed, signed("es", TextState.TRANSLATED)) == []
    assert refused(reviewed, signed("es", TextState.REVIEWED)) != []
    assert refused(replace(reviewed, who=(" ",)), signed("es", TextState.TRANSLATED)) == [
        "Say who did it: a name and what qualifies them"
    ]
    assert refused(replace(reviewed, text="0" * 64), signed("es", TextState.TRANSLATED)) == [
        "The text has changed since you read it; read it again"
    ]


def test_the_second_reviewer_is_not_the_translator_pr_71() -> None:
    same = replace(signature(TextState.REVIEWED), who=("rosa  paz, court INTERPRETER",))

    assert refused(same, signed("es", TextState.TRANSLATED)) == [
        "The second reviewer is somebody else than whoever translated it"
    ]


def test_two_speakers_read_it_pr_71() -> None:
    alone = replace(signature(TextState.COMMUNITY_READ), who=("Ana", "ana "))

    assert refused(alone, signed("es", TextState.REVIEWED)) == [
        "Two speakers read it and say back what it means; name both"
    ]


def test_a_second_person_publishes_and_the_source_first_pr_64() -> None:
    approved = signed("es", TextState.APPROVED)

    assert refused(signature(TextState.PUBLISHED, by=ONE), approved) == [
        "A second person publishes it: somebody else than who recorded the approval"
    ]
    assert refused(signature(TextState.PUBLISHED, by=TWO), approved, source_is_out=False) == [
        "Publish the English text first: it is what this one was compared with"
    ]
    assert refused(signature(TextState.PUBLISHED, by=TWO), approved) == []


def test_the_ladder_rung_by_rung_each_with_why_the_better_ones_were_not_it_pr_73() -> None:
    haitian = Reader(reads=("ht",), speaks="ht")
    out = frozenset({"en", "es"})
    calls = Ready(published=out, interpreter=True)

    def at(ready: Ready, reader: Reader = haitian) -> tuple[Rung, str | None, tuple[object, ...]]:
        found = language_ladder(reader, ready)
        return found.rung, found.tag, found.passed

    assert at(replace(calls, published=out | {"ht"})) == (Rung.EXACT, "ht", ())
    assert at(replace(calls, published=out | {"ht-HT"})) == (Rung.ACCEPTED, "ht-HT", ())
    assert at(replace(calls, recorded=frozenset({"ht"}))) == (Rung.RECORDING, "ht", (NOT_OUT,))
    assert at(calls) == (Rung.LIVE_CALL, None, (NOT_OUT, NOT_RECORDED))
    without = Ready(published=out, line=frozenset({"ht"}))
    assert at(without) == (Rung.ENGLISH_AND_LINE, "ht", (NOT_OUT, NOT_RECORDED, NO_INTERPRETER))
    nothing = (Rung.PERSON, None, (NOT_OUT, NOT_RECORDED, NO_INTERPRETER, NO_LINE))
    assert at(replace(without, line=frozenset())) == nothing
    assert at(replace(without, published=frozenset())) == nothing
    assert at(calls, Reader()) == (Rung.LIVE_CALL, None, (NOT_KNOWN, NOT_RECORDED))


def test_a_general_form_is_taken_only_where_the_person_said_so_pr_73() -> None:
    ready = Ready(published=frozenset({"pt-BR", "es"}), interpreter=True)

    assert language_ladder(Reader(reads=("pt",)), ready).tag == "pt-BR"
    assert language_ladder(Reader(reads=("pt-PT",)), ready).rung is Rung.LIVE_CALL
    assert language_ladder(Reader(reads=("es-MX",)), ready).rung is Rung.LIVE_CALL
    assert language_ladder(Reader(reads=("es-MX", "es")), ready).tag == "es"


def test_of_two_scripts_neither_is_guessed_pr_73() -> None:
    ready = Ready(published=frozenset({"zh-Hans", "zh-Hant"}), interpreter=True)

    assert language_ladder(Reader(reads=("zh",)), ready).rung is Rung.LIVE_CALL
    assert language_ladder(Reader(reads=("zh-Hant",)), ready).tag == "zh-Hant"


tags = st.lists(st.sampled_from(TAGS), max_size=3, unique=True)
some = tags.map(frozenset)
readers = st.builds(Reader, reads=tags.map(tuple), speaks=st.none() | st.sampled_from(TAGS))
readies = st.builds(Ready, published=some, recorded=some, line=some, interpreter=st.booleans())


@given(readers, readies)
def test_nobody_gets_english_alone_who_does_not_read_it_pr_73(reader: Reader, ready: Ready) -> None:
    found = language_ladder(reader, ready)

    if found.rung in (Rung.EXACT, Rung.ACCEPTED):
        assert found.tag in ready.published
        assert found.tag in reader.reads or (found.tag or "").partition("-")[0] in reader.reads
    if found.rung is Rung.ENGLISH_AND_LINE:
        assert found.tag in ready.line
        assert "en" in ready.published
    if found.rung is Rung.RECORDING:
        assert found.tag in ready.recorded & {*reader.reads, reader.speaks}
    assert (found.rung in (Rung.EXACT, Rung.ACCEPTED)) == (found.passed == ())


@given(readers, readers, readies)
def test_each_adult_has_their_own_and_changes_nothing_of_anothers_pr_72(
    one: Reader, other: Reader, ready: Ready
) -> None:
    before = language_ladder(one, ready)
    language_ladder(other, ready)

    assert language_ladder(one, ready) == before


def test_a_number_keeps_its_order_where_the_text_runs_from_right_to_left_pr_79() -> None:
    values = {Blank.SCHOOL_NAME: "Oak School", Blank.STAFF_CALLBACK: "+1 617 555 0123"}

    assert rendered("من {school_name}. {staff_callback}", "ar", values) == (
        "من \u2066Oak School\u2069. \u2066+1 617 555 0123\u2069"
    )
    assert rendered("{school_name}", "en", values) == "Oak School"
    assert Asset().empty
