"""What families are written: who may look at the catalog and sign for its texts, asked once for every way in."""

from collections.abc import Mapping

from crisis.message_words import TextState
from crisis.policy import access
from crisis.policy.messages import Signature
from crisis.store import message_texts, people, school_lines
from crisis.store.message_texts import OneText, Signed
from crisis.store.people import SchoolView
from crisis.store.school_lines import SchoolLine
from crisis.vocabulary import PersonId, SchoolId
from web.deps import Desk


def seen(desk: Desk) -> tuple[Signed, Mapping[PersonId, str], str | None]:
    """All signatures of the district, who recorded them, and its interpreter line."""
    access.must_keep_policy(desk.actor)
    with desk.store.read() as tx:
        signed = message_texts.signed(tx, desk.actor.district)
        names = people.names(tx, {each.by for every in signed.values() for each in every})
        return signed, names, message_texts.interpreter_line(tx, desk.actor.district)


def sign(desk: Desk, of: OneText, stage: TextState, who: tuple[str, ...], read: tuple[str, str]) -> None:
    """`read`: the digests of the source and of the text as they stood on the page."""
    access.must_keep_policy(desk.actor)
    source, text = read
    new = Signature(stage=stage, who=who, by=desk.person, at=desk.at, source=source, text=text)
    with desk.store.write() as tx:
        message_texts.sign(tx, desk.actor.district, of, new)


def school_lines_of(desk: Desk) -> list[tuple[SchoolView, SchoolLine]]:
    """Of each school of the district, what a text may name of it."""
    access.must_keep_policy(desk.actor)
    with desk.store.read() as tx:
        known = school_lines.of_district(tx, desk.actor.district)
        return [(each, known.get(each.id, SchoolLine())) for each in people.schools(tx, desk.actor.district)]


def set_school_line(desk: Desk, school: SchoolId, new: SchoolLine, seen: int | None) -> None:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        school_lines.set_line(tx, desk.actor.district, school, new, by=desk.person, at=desk.at, seen=seen)


def set_line(desk: Desk, number: str) -> None:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        message_texts.set_interpreter_line(tx, desk.actor.district, number, by=desk.person, at=desk.at)
