"""What must be true of a message before anybody can use it: places, length, neutrality, reading level, direction.

Every fault is a sentence with its language. Counted with the longest that each place may hold (PR-77, 79, 80, PR-8).
"""

from collections.abc import Iterator, Mapping, Sequence

from crisis.message_words import Blank, MessageWay
from crisis.protocols import reading_level
from crisis.protocols.languages import LANGUAGES, SOURCE
from crisis.protocols.message_schema import FOUND_BY_ANYBODY, Asset, Message, Neutral, blanks_of, digest
from crisis.protocols.segments import MOST, Length, length

LONGEST: Mapping[Blank, str] = {
    Blank.SCHOOL_NAME: "Dr. Martin L. King Jr. Elementary School",
    Blank.STAFF_CALLBACK: "(617) 555-0123",
    Blank.INTERPRETER_LINE: "(617) 555-0199",
    Blank.TIME: "mié 30 sep, 10:30 a. m. AKT",
    Blank.PLACE_PUBLIC: "1600 Dr. Martin Luther King Jr Boulevard",
}
PLAIN: Mapping[Blank, str] = {  # as words, for those who count how hard a text is to read
    Blank.SCHOOL_NAME: "Oak School",
    Blank.STAFF_CALLBACK: "",
    Blank.INTERPRETER_LINE: "",
    Blank.TIME: "",
    Blank.PLACE_PUBLIC: "Oak",
}
ISOLATE, END_ISOLATE = "\u2066", "\u2069"
FIRST_STRONG = "\u2067\u2068"
SMART = frozenset("‘’“”–—…\u00a0\u200b")
PICTURES = (
    0x2190  # from here on: arrows, pictures, emoji; letters of living scripts that we use lie below or in _LETTERS
)
_LETTERS = ((0x2C00, 0x2DFF), (0x3000, 0xD7FF), (0xF900, 0xFDFF), (0xFE70, 0xFEFF))


def faults(message: Message, neutral: Mapping[str, Neutral]) -> list[str]:
    """Everything that is wrong with it, in every language."""
    wrong = list(_places(message))
    if wrong:
        return wrong  # what cannot be filled in cannot be measured
    return [
        f"{tag}: {fault}" for tag, asset in message.assets.items() for fault in _asset(message, tag, asset, neutral)
    ]


def _asset(message: Message, tag: str, asset: Asset, neutral: Mapping[str, Neutral]) -> Iterator[str]:
    if asset.empty:
        return
    yield from _whole(message, asset)
    yield from _travels(message, asset)
    yield from _neutral(message, tag, asset, neutral)
    yield from _readable(tag, asset)
    yield from _directed(asset)
    if asset.recording is not None and asset.recording.spoken_of != digest(asset):
        yield "the recording is of another text; record it again"


def _forms(asset: Asset) -> Iterator[tuple[str, str]]:
    for name, text in (("written", asset.written), ("spoken", asset.spoken)):
        if text is not None:
            yield name, text


def _places(message: Message) -> Iterator[str]:
    """PR-79: the same places in each language, and those that the message declares."""
    declared, used = set(message.blanks), set()
    for tag, asset in message.assets.items():
        for name, text in _forms(asset):
            try:
                here = blanks_of(text)
            except ValueError as error:
                yield f"{tag}: {name}: {error}"
                continue
            used |= set(here)
            source = getattr(message.source, name)
            if source is not None and sorted(here) != sorted(blanks_of(source)):
                yield f"{tag}: {name}: its places are not those of the English text; use the same, each as often"
    for name in sorted({str(each) for each in declared} ^ {str(each) for each in used}):
        yield f"blanks: “{name}” is declared and not used, or used and not declared"


def _whole(message: Message, asset: Asset) -> Iterator[str]:
    """Each form that the source has and the ways need, in each language."""
    for name in ("written", "spoken"):
        if (getattr(message.source, name) is None) != (getattr(asset, name) is None):
            yield f"{name}: the English text has it and this one has not, or the other way round"
    if (MessageWay.CALL in message.ways) != (asset.spoken is not None):
        yield "`spoken` goes with the way `call`"
    if (set(message.ways) != {MessageWay.CALL}) != (asset.written is not None):
        yield "`written` goes with every way but `call`"


def _travels(message: Message, asset: Asset) -> Iterator[str]:
    """PR-77, with values in the small alphabet as declared, and with those that are not, such as an accented name."""
    if MessageWay.TEXT not in message.ways or asset.written is None:
        return
    longest = worst(asset)
    if longest.encoding is not asset.encoding:
        yield f"encoding: it travels as {longest.encoding}; say so"
    accented = length(filled(asset.written, LONGEST).replace("School", "Schoól"))
    for found in (longest, accented):
        if found.segments > MOST:
            yield f"written: {found.segments} segments as {found.encoding}, at most {MOST}; make it shorter"
            return


def worst(asset: Asset) -> Length:
    return length(filled(asset.written or "", LONGEST))


def filled(text: str, values: Mapping[Blank, str]) -> str:
    return text.format_map({str(name): value for name, value in values.items()})


def _neutral(message: Message, tag: str, asset: Asset, neutral: Mapping[str, Neutral]) -> Iterator[str]:
    """PR-8: what anybody may find has no pronoun, no word that tells of a child, and no word of health."""
    if not FOUND_BY_ANYBODY & set(message.ways) or asset.written is None:
        return
    barred = neutral.get(tag) or neutral.get(tag.partition("-")[0])
    if barred is None:
        yield "there is no list of words that its texts may not hold; add one to `neutral` first"
        return
    text = filled(asset.written, dict.fromkeys(Blank, " "))
    for word in barred.found_in(text) if not message.health_content else ():
        yield f"written: “{word}” may not stand in a text or a voicemail"
    for letter in sorted(set(asset.written)):
        if letter in SMART or _is_picture(letter):
            yield f"written: “{letter}” makes a text longer and is not read aloud well; write it plainly"


def _is_picture(letter: str) -> bool:
    point = ord(letter)
    return point >= PICTURES and not any(first <= point <= last for first, last in _LETTERS)


def _readable(tag: str, asset: Asset) -> Iterator[str]:
    """PR-80."""
    known = LANGUAGES.get(tag)
    for name, text in _forms(asset):
        plain = filled(text, PLAIN)
        if tag == SOURCE and (grade := reading_level.english(plain).grade) > reading_level.HARDEST_GRADE:
            yield f"{name}: grade {grade:.1f} (Flesch-Kincaid), at most {reading_level.HARDEST_GRADE}; plainer words"
        elif tag == "es" and (ease := reading_level.spanish(plain).ease) < reading_level.LEAST_EASE:
            yield f"{name}: {ease:.0f} (Fernández-Huerta), at least {reading_level.LEAST_EASE:.0f}; plainer words"
        elif known is not None and known.spaced:
            longest = reading_level.counted(plain).longest
            if longest > reading_level.LONGEST_SENTENCE:
                yield f"{name}: a sentence of {longest} words, at most {reading_level.LONGEST_SENTENCE}; cut it"


def _directed(asset: Asset) -> Iterator[str]:
    """Each isolate that opens is closed, in its order."""
    for name, text in _forms(asset):
        depth = 0
        for letter in text:
            depth += (letter in ISOLATE + FIRST_STRONG) - (letter == END_ISOLATE)
            if depth < 0:
                break
        if depth:
            yield f"{name}: an isolate (U+2066 to U+2068) without its end (U+2069), or an end without its beginning"


def of_all(messages: Sequence[Message], neutral: Mapping[str, Neutral]) -> list[str]:
    """The faults of a whole catalog, each with its message."""
    return [f"{each.id}: {fault}" for each in messages for fault in faults(each, neutral)]
