"""Which text of the catalog may go to a family, and by which way down the ladder it reaches one of them.

A text is signed for in a district, stage by stage; each signature holds the digests of the source and of the text, so a
change of either takes it back by itself (`privacy-and-culture.md` 5.4). Nothing that is not published is ever used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis.errors import Reason
from crisis.message_words import Blank, Rung, TextState
from crisis.protocols.languages import SOURCE, is_general, primary, right_to_left
from crisis.protocols.message_check import END_ISOLATE, ISOLATE
from crisis.protocols.message_schema import Message, digest
from crisis.vocabulary import PersonId

OF_SOURCE = (TextState.REVIEWED, TextState.APPROVED, TextState.PUBLISHED)
OF_TRANSLATION = (
    TextState.TRANSLATED,
    TextState.REVIEWED,
    TextState.COMMUNITY_READ,
    TextState.APPROVED,
    TextState.PUBLISHED,
)
READERS = 2  # speakers of the community who say back what they understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`who` did it: names of translators, reviewers, speakers; `by` recorded it. `source` and `text` are digests."""

    stage: TextState
    who: tuple[str, ...]
    by: PersonId
    at: datetime
    source: str
    text: str


def stages(tag: str) -> tuple[TextState, ...]:
    return OF_SOURCE if tag == SOURCE else OF_TRANSLATION


def standing(message: Message, tag: str, signed: Sequence[Signature]) -> TextState:
    """How far this text has come, as it reads now."""
    reached, known = message.asset(tag).state, {each.stage for each in _of_now(message, tag, signed)}
    if reached is TextState.EMPTY:
        return reached
    for stage in stages(tag):
        if stage in known:
            reached = stage
        elif stage is not reached:
            break
    was_out = any(each.stage is TextState.PUBLISHED for each in signed)
    return TextState.STALE if was_out and reached is not TextState.PUBLISHED else reached


def next_stage(message: Message, tag: str, signed: Sequence[Signature]) -> TextState | None:
    """None where there is nothing to sign for: an empty slot, or a text that is out."""
    if message.asset(tag).empty:
        return None
    known = {message.asset(tag).state, *(each.stage for each in _of_now(message, tag, signed))}
    return next((stage for stage in stages(tag) if stage not in known), None)


def _of_now(message: Message, tag: str, signed: Sequence[Signature]) -> list[Signature]:
    now = (digest(message.source), digest(message.asset(tag)))
    return [each for each in signed if (each.source, each.text) == now]


def against_signing(
    message: Message, tag: str, signed: Sequence[Signature], new: Signature, *, source_is_out: bool
) -> list[Reason]:
    """Why a signature may not be put under a text as it reads now."""
    now = {each.stage: each for each in _of_now(message, tag, signed)}
    found = []
    if (new.source, new.text) != (digest(message.source), digest(message.asset(tag))):
        found.append(Reason("PR-71", "The text has changed since you read it; read it again"))
    if new.stage is not next_stage(message, tag, signed):
        found.append(Reason("PR-71", "Something else comes first, or somebody has recorded this before"))
    if not all(name.strip() for name in new.who) or not new.who:
        found.append(Reason("PR-71", "Say who did it: a name and what qualifies them"))
    if new.stage is TextState.REVIEWED and _same(new.who, _first_hand(message, tag, now)):
        found.append(Reason("PR-71", "The second reviewer is somebody else than whoever translated it"))
    if new.stage is TextState.COMMUNITY_READ and len({_plain(name) for name in new.who}) < READERS:
        found.append(Reason("PR-71", "Two speakers read it and say back what it means; name both"))
    if new.stage is TextState.PUBLISHED:
        found += _against_publishing(tag, now, new, source_is_out)
    return found


def _against_publishing(
    tag: str, now: Mapping[TextState, Signature], new: Signature, source_is_out: bool
) -> Iterator[Reason]:
    approved = now.get(TextState.APPROVED)
    if approved is not None and approved.by == new.by:
        yield Reason("PR-64", "A second person publishes it: somebody else than who recorded the approval")
    if tag != SOURCE and not source_is_out:
        yield Reason("PR-71", "Publish the English text first: it is what this one was compared with")


def _first_hand(message: Message, tag: str, now: Mapping[TextState, Signature]) -> tuple[str, ...]:
    named = message.asset(tag).translator
    if named is not None:
        return (named,)
    translated = now.get(TextState.TRANSLATED)
    return () if translated is None else translated.who


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return bool({_plain(name) for name in one} & {_plain(name) for name in other})


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One adult. `reads` in the order of preference; a general tag in it (`pt`) says that any form of it is fine."""

    reads: Sequence[str] = ()
    speaks: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a district has for one message: BCP 47 tags of what is published, recorded, and of the line that goes with
    an English text; whether there is an interpreter to call.
    """

    published: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()
    line: frozenset[str] = frozenset()
    interpreter: bool = False
    staff_speak: frozenset[str] = frozenset({SOURCE})


@dataclass(frozen=True, slots=True)
class Reached:
    """`tag` is the language of the text, the recording or the line; `passed` says why each better way was not it."""

    rung: Rung
    tag: str | None
    passed: tuple[Reason, ...]


NOT_KNOWN = Reason("PR-72", "Nobody has recorded which language they speak; ask them first")
NOT_OUT = Reason("PR-71", "No text is published in a language that they read")
NOT_RECORDED = Reason("PR-78", "Nobody has recorded it aloud in their language")
NO_INTERPRETER = Reason("PR-73", "No interpreter line is on record for the district")
NO_LINE = Reason("PR-73", "No checked line in their language can go with an English text; a person finds the way")


def language_ladder(reader: Reader, ready: Ready) -> Reached:
    """Total, for one adult at a time (PR-72). English alone is never an answer to somebody who does not read it."""
    passed: list[Reason] = []
    exact = next((tag for tag in reader.reads if tag in ready.published), None)
    if exact is not None:
        return Reached(Rung.EXACT, exact, ())
    accepted = _accepted(reader.reads, ready.published)
    if accepted is not None:
        return Reached(Rung.ACCEPTED, accepted, ())
    understood = tuple(dict.fromkeys((*reader.reads, *((reader.speaks,) if reader.speaks else ()))))
    passed.append(NOT_OUT if understood else NOT_KNOWN)
    aloud = next((tag for tag in understood if tag in ready.recorded), None)
    if aloud is not None:
        return Reached(Rung.RECORDING, aloud, tuple(passed))
    passed.append(NOT_RECORDED)
    shared = any(primary(tag) in ready.staff_speak for tag in understood)
    if shared or ready.interpreter or not understood:
        return Reached(Rung.LIVE_CALL, None, tuple(passed))
    passed.append(NO_INTERPRETER)
    line = next((tag for tag in reader.reads if tag in ready.line), None) or _accepted(reader.reads, ready.line)
    if line is not None and SOURCE in ready.published:
        return Reached(Rung.ENGLISH_AND_LINE, line, tuple(passed))
    return Reached(Rung.PERSON, None, (*passed, NO_LINE))


def can_read(reads: Sequence[str], published: frozenset[str], lines: frozenset[str]) -> bool:
    """Whether a text reaches them at all: in a language of theirs, or in English with a checked line in one."""
    if set(reads) & published or _accepted(reads, published) is not None:
        return True
    return SOURCE in published and bool(set(reads) & lines or _accepted(reads, lines))


def _accepted(reads: Sequence[str], there: frozenset[str]) -> str | None:
    """Only where the person gave the general form, and where it leaves no choice: of two scripts neither is taken."""
    for tag in filter(is_general, reads):
        found = [each for each in sorted(there) if primary(each) == tag]
        if len(found) == 1:
            return found[0]
    return None


def rendered(text: str, tag: str, values: Mapping[Blank, str]) -> str:
    """In a language that runs from right to left each value stands in an isolate, so that a number keeps its order."""
    kept = {
        str(name): f"{ISOLATE}{value}{END_ISOLATE}" if right_to_left(tag) else value for name, value in values.items()
    }
    return text.format_map(kept)
