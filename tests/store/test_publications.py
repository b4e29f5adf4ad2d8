"""From its day on a district's own protocol answers for its new incidents, and for nobody else's."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crisis.draft_words import ReviewKind
from crisis.errors import NotFound, Refused
from crisis.policy.protocols import Signature
from crisis.protocols.loader import content_hash
from crisis.store import audit, protocol_checks, protocol_drafts, protocols, publications, roster
from crisis.store.engine import Store
from crisis.store.publications import Wanted
from crisis.vocabulary import PersonId, ProtocolHash
from tests.store.a_log import AT
from tests.store.test_protocol_drafts import ANN, BUILT_IN, ELSEWHERE, HERE, begun, one, place, saved

__all__ = ["place"]
KIND = next(iter(BUILT_IN.crisis_types))
CAT = PersonId("p-cat")
ZONE = "America/Los_Angeles"
TODAY = AT.astimezone(ZoneInfo(ZONE)).date()
WEEK, DAY = timedelta(days=7), timedelta(days=1)


@pytest.fixture
def here(place: Store) -> Store:
    with place.write() as tx:
        roster.add_school(tx, HERE, "s-1", "School", zone=ZONE, opens=AT.time(), closes=AT.time())  # type: ignore[arg-type]
    return place


def ready(here: Store, minutes: int = 4) -> str:
    """A draft with one other length of time, checked and signed by two; saved by Ann."""
    draft = begun(here)
    text = one(here, draft).latest.text.replace("within: PT5M", f"within: PT{minutes}M", 1)
    saved(here, draft, text, 1)
    known = protocol_drafts.read(protocol_drafts.tidy(text)).protocol
    assert known is not None
    with here.write() as tx:
        protocol_checks.ask(tx, HERE, known, by=ANN, at=AT)
    for kind in ReviewKind:
        signs(here, draft, kind)
    return draft


def signs(here: Store, draft: str, kind: ReviewKind, until: date = date(2028, 1, 1)) -> None:
    hashed = one(here, draft).latest.hash
    assert hashed is not None
    new = Signature(
        kind=kind,
        hash=hashed,
        name=f"A. {kind}",
        qualification="Licensed",
        signed_on=TODAY,
        holds_until=until,
        paper="Binder 3",
    )
    with here.write() as tx:
        publications.sign(tx, HERE, draft, new, by=CAT, at=AT)


def publishes(here: Store, draft: str, first_day: date = TODAY, by: PersonId = CAT) -> ProtocolHash:
    with here.write() as tx:
        return publications.publish(tx, HERE, draft, Wanted(first_day=first_day, by=by, at=AT))


def counts(here: Store, at: datetime, district: str = HERE) -> ProtocolHash:
    with here.read() as tx:
        return protocols.current(tx, KIND, district, at)[1]  # type: ignore[arg-type]


def test_it_counts_from_the_beginning_of_its_day_by_the_districts_clock_and_nowhere_else(here: Store) -> None:
    built_in = content_hash(BUILT_IN)
    own = publishes(here, ready(here), TODAY + WEEK)
    begins = datetime.combine(TODAY + WEEK, datetime.min.time(), ZoneInfo(ZONE))

    assert counts(here, begins - timedelta(seconds=1)) == built_in
    assert counts(here, begins) == own
    assert counts(here, begins, ELSEWHERE) == built_in
    with here.read() as tx:
        review = protocols.by_hash(tx, own).review
    assert (review.clinical.name, review.clinical.on) == ("A. clinical, Licensed", TODAY)
    assert (review.legal.name, review.expires) == ("A. legal, Licensed", date(2028, 1, 1))


def test_today_means_from_this_moment_on_and_what_was_pinned_stays_readable(here: Store) -> None:
    own = publishes(here, ready(here))

    assert counts(here, AT) == own
    assert counts(here, AT - timedelta(seconds=1)) == content_hash(BUILT_IN)
    with here.read() as tx:
        assert protocols.by_hash(tx, content_hash(BUILT_IN)) == BUILT_IN
        assert protocol_drafts.open_ones(tx, HERE) == []


def test_a_change_after_signing_takes_the_signatures_and_the_check_away(here: Store) -> None:
    draft = ready(here)
    saved(here, draft, one(here, draft).latest.text.replace("within: PT4M", "within: PT3M", 1), 2)

    with pytest.raises(Refused) as refused:
        publishes(here, draft)

    texts = [reason.text for reason in refused.value.reasons]
    assert [any(part in text for text in texts) for part in ("The checker", "No clinician", "No counsel")] == [True] * 3


def test_who_saved_it_last_publishes_it_not_and_a_version_number_is_used_once(here: Store) -> None:
    first, second = ready(here), ready(here, 3)
    with pytest.raises(Refused, match="You saved it last"):
        publishes(here, first, by=ANN)
    publishes(here, first)

    text = one(here, second).latest.text
    number = one(here, second).latest.number
    with here.read() as tx:
        taken = publications.of_district(tx, HERE)[0].protocol.version
    line = next(line for line in text.splitlines() if line.startswith("version:"))
    same = text.replace(line, f"version: {taken}", 1)
    saved(here, second, same, number)

    with pytest.raises(Refused, match="This version number is taken"):
        publishes(here, second)


def test_it_is_taken_back_before_its_day_and_an_earlier_one_comes_again(here: Store) -> None:
    first = publishes(here, ready(here))
    second = publishes(here, ready(here, 3), TODAY + WEEK)
    later = AT + WEEK + DAY
    assert counts(here, later) == second

    with here.read() as tx:
        newest, oldest = publications.of_district(tx, HERE)
    with here.write() as tx:
        publications.end(tx, HERE, newest.id, by=ANN, at=AT)
    assert counts(here, later) == first
    with here.write() as tx:
        publications.again(tx, HERE, newest.id, Wanted(first_day=TODAY + DAY, by=ANN, at=AT))
    assert counts(here, later) == second
    with here.write() as tx:
        publications.end(tx, HERE, oldest.id, by=ANN, at=AT)
    assert counts(here, AT) == content_hash(BUILT_IN)

    with here.write() as tx, pytest.raises(Refused, match="ended before"):
        publications.end(tx, HERE, oldest.id, by=ANN, at=AT)
    with here.write() as tx, pytest.raises(Refused, match="Its review has run out"):
        publications.again(tx, HERE, newest.id, Wanted(first_day=date(2028, 1, 2), by=ANN, at=AT))
    with here.write() as tx, pytest.raises(NotFound):
        publications.end(tx, ELSEWHERE, newest.id, by=ANN, at=AT)
    with here.read() as tx:
        assert [each.action for each in audit.of(tx, newest.id)] == ["protocol publication ended"]
