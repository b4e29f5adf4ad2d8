"""Which words of an instrument may be read here, and in which languages: ours, or those that a district brought."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crisis.errors import Reason
from crisis.protocols.instrument_schema import Instrument, TextPack
from crisis.protocols.scoring import SHOWABLE, not_showable

NO_WORDS = Reason("LICENCE", "The words of this instrument are not installed here; your district can bring them")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """The forms of one instrument by language, the best first; without words it is a paper form's numbers, or none.

    `reason`: why there are no words.
    """

    forms: tuple[Instrument, ...]
    reason: Reason | None

    def in_language(self, language: str | None) -> Instrument | None:
        """The student's own where there is an official form, else the first: then an interpreter works with it."""
        short = (language or "").split("-")[0]
        return next((form for form in self.forms if form.language.split("-")[0] == short), next(iter(self.forms), None))


def readable(known: Instrument, packs: Sequence[TextPack], *, permitted: bool) -> Readable:
    """`packs` are those that the district has installed and not taken back. Protected ones need a permission too."""
    withheld = not_showable(known.licence, permitted=permitted)
    if withheld is not None:
        return Readable(forms=(known,) if known.from_paper else (), reason=withheld)
    brought = tuple(with_words(known, pack) for pack in packs if pack.instrument == known.id)
    shipped = (known,) if known.has_words and known.language not in {form.language for form in brought} else ()
    forms = tuple(sorted((*shipped, *brought), key=lambda form: form.language != known.language))
    if forms:
        return Readable(forms=forms, reason=None)
    return Readable(forms=(known,) if known.from_paper else (), reason=NO_WORDS)


def with_words(known: Instrument, pack: TextPack) -> Instrument:
    items = tuple(item.model_copy(update={"text": pack.items.get(item.id, "")}) for item in known.items)
    licence = known.licence.model_copy(update={"notice": pack.notice})
    words = {"language": pack.language, "introduction": pack.introduction, "scale": pack.scale or known.scale}
    return known.model_copy(update={**words, "items": items, "licence": licence})


def faults(known: Instrument, pack: TextPack) -> Iterator[Reason]:
    """Why a pack does not fit its instrument: every item once, by key, in an official wording."""
    ids, optional = {item.id for item in known.items}, optional_items(known)
    missing, strange = sorted(ids - optional - set(pack.items)), sorted(set(pack.items) - ids)
    if known.kind == "interview":
        yield Reason("PACK", "This instrument is an interview in our own words; it takes no text pack")
    if missing:
        yield Reason("PACK", "These items have no words: %(items)s", (("items", ", ".join(missing)),))
    if strange:
        yield Reason("PACK", "These are no items of it: %(items)s", (("items", ", ".join(strange)),))
    if known.scale and len(pack.scale) != len(known.scale):
        count = str(len(known.scale))
        yield Reason("PACK", "Write the words of all %(count)s answers, from the lowest up", (("count", count),))
    if (pack.language == known.language) != (pack.translation == "original"):
        yield Reason("PACK", "Another language than the original needs the owner's official translation")


def optional_items(known: Instrument) -> set[str]:
    """Those that some published forms leave out; where all words are ours they are the ones without."""
    return {item.id for item in known.items if not item.text} if known.has_words else set()


def needs_permission(known: Instrument) -> bool:
    return known.licence.status not in SHOWABLE
