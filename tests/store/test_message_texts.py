"""What a district has signed for: each stage once, bound to the text as it reads, nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crisis import clock
from crisis.errors import NotFound, Refused
from crisis.message_words import TextState
from crisis.policy.messages import Signature, stages
from crisis.protocols import loader
from crisis.protocols.message_schema import digest
from crisis.store import audit, message_texts
from crisis.store.engine import Store
from crisis.store.message_tables import MESSAGE_SIGNATURE
from crisis.store.message_texts import OneText
from crisis.store.tables import AUDIT
from crisis.vocabulary import DistrictId, PersonId
from tests.factories import DISTRICT
from tests.policy.test_messages import NAMES
from tests.web.district import COUNSELOR, ELSEWHERE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
F1 = loader.messages()["f1"]


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    return store


def signature(stage: TextState, tag: str, by: PersonId = OFFICER) -> Signature:
    source, text = digest(F1.source), digest(F1.asset(tag))
    return Signature(stage=stage, who=NAMES[stage], by=by, at=AT, source=source, text=text)


def publish(store: Store, tag: str, message: str = "f1") -> None:
    """Every stage, in order; the last by another account."""
    known = loader.messages()[message]
    for stage in stages(tag):
        by = COUNSELOR if stage is TextState.PUBLISHED else OFFICER
        new = replace(signature(stage, tag, by), source=digest(known.source), text=digest(known.asset(tag)))
        with store.write() as tx:
            message_texts.sign(tx, DISTRICT, OneText(message=message, language=tag), new)


def published(store: Store, district: DistrictId = DISTRICT) -> frozenset[str]:
    with store.read() as tx:
        return message_texts.ready(tx, district, "f1").published


def test_a_text_is_out_when_all_have_signed_and_in_this_district_alone_pr_71(place: Store) -> None:
    assert published(place) == frozenset()
    publish(place, "en")
    assert published(place) == {"en"}
    publish(place, "es")

    assert published(place) == {"en", "es"}
    assert published(place, ELSEWHERE) == frozenset()
    with place.read() as tx:
        assert audit.verify(tx).ok
        actions = tx.execute(select(AUDIT.c.actor).where(AUDIT.c.action == "message text signed")).scalars().all()
    assert actions == [OFFICER, OFFICER, COUNSELOR, *[OFFICER] * 4, COUNSELOR]


def test_out_of_order_or_twice_is_refused_and_nothing_written_pr_71(place: Store) -> None:
    of = OneText(message="f1", language="es")
    for new in (signature(TextState.APPROVED, "es"), signature(TextState.TRANSLATED, "en")):
        with place.write() as tx, pytest.raises(Refused):
            message_texts.sign(tx, DISTRICT, of, new)
    with place.write() as tx, pytest.raises(NotFound):
        message_texts.sign(tx, DISTRICT, OneText(message="f99", language="es"), signature(TextState.TRANSLATED, "es"))

    with place.read() as tx:
        assert message_texts.signed(tx, DISTRICT) == {}


@pytest.mark.parametrize("stage", [TextState.EMPTY, TextState.DRAFT, TextState.STALE])
def test_the_database_takes_no_signature_for_what_nobody_signs_pr_71(place: Store, stage: TextState) -> None:
    row = {"id": clock.new_id(), "district": DISTRICT, "message": "f1", "language": "es", "stage": stage}
    row |= {"who": "A", "source": "0" * 64, "text": "0" * 64, "signed_by": OFFICER, "signed_at": AT}

    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(MESSAGE_SIGNATURE.insert().values(**row))


def test_the_interpreter_line_is_a_number_that_can_be_called_pr_73(place: Store) -> None:
    def said(number: str) -> str | None:
        with place.write() as tx:
            message_texts.set_interpreter_line(tx, DISTRICT, number, by=OFFICER, at=AT)
        with place.read() as tx:
            assert message_texts.interpreter_line(tx, ELSEWHERE) is None
            return message_texts.interpreter_line(tx, DISTRICT)

    assert said("(617) 555-0199") == "+16175550199"
    with pytest.raises(Refused, match="no number that can be called"):
        said("ask at the office")
    assert said("617 555 0198") == "+16175550198"
    assert said("") is None
