"""Where the catalog of messages to families stands: each message in each language, and who signs for it next."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from crisis.errors import NotFound
from crisis.message_words import MessageWay, TextState
from crisis.policy.messages import next_stage, stages, standing
from crisis.protocols import loader, message_check, reading_level
from crisis.protocols.languages import SOURCE, right_to_left
from crisis.protocols.message_schema import TAG, Asset, Message, digest
from crisis.store.message_texts import OneText, Signed
from crisis.store.school_lines import SchoolLine
from crisis.vocabulary import PersonId, SchoolId
from web import message_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import Language, babel_language, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

PAGE = "/messages"
STATES: dict[TextState, tuple[str, str]] = {  # in words, and how the tag looks
    TextState.EMPTY: (N_("Empty"), ""),
    TextState.DRAFT: (N_("Draft"), "warn"),
    TextState.TRANSLATED: (N_("Translated"), "warn"),
    TextState.REVIEWED: (N_("Reviewed by a second person"), "warn"),
    TextState.COMMUNITY_READ: (N_("Read by two speakers"), "warn"),
    TextState.APPROVED: (N_("Approved by a clinician"), "warn"),
    TextState.PUBLISHED: (N_("Published"), "ok"),
    TextState.STALE: (N_("Changed since it was published: not used"), "late"),
}
ASKED: dict[TextState, str] = {
    TextState.TRANSLATED: N_("Which qualified translator answers for it?"),
    TextState.REVIEWED: N_("Which second qualified person has reviewed it?"),
    TextState.COMMUNITY_READ: N_("Which two speakers have read it, and said back what it means?"),
    TextState.APPROVED: N_("Which clinician, who speaks the language, approves it?"),
    TextState.PUBLISHED: N_("Who publishes it for the district?"),
}
WAYS: dict[MessageWay, str] = {
    MessageWay.TEXT: N_("Text message"),
    MessageWay.VOICEMAIL: N_("Voicemail"),
    MessageWay.EMAIL: N_("E-mail"),
    MessageWay.CALL: N_("Said by a person"),
    MessageWay.PAPER: N_("On paper"),
}


class MessageForm(Sent):
    def carry_out(self, desk: Desk) -> str:
        """Returns where to go next."""
        raise NotImplementedError


class Sign(MessageForm):
    message: str
    language: str
    stage: TextState
    source: str
    text: str
    who: str = Field(title=N_("Name, and what qualifies them"), max_length=120)
    other: str = Field(default="", title=N_("The second speaker"), max_length=120)

    def carry_out(self, desk: Desk) -> str:
        who = tuple(name for name in (self.who, self.other) if name)
        of = OneText(message=self.message, language=self.language)
        message_orders.sign(desk, of, self.stage, who, (self.source, self.text))
        return f"{PAGE}?message={self.message}#{self.language}"


class Line(MessageForm):
    number: str = Field(default="", title=N_("Number of the interpreter line"), max_length=40)

    def carry_out(self, desk: Desk) -> str:
        message_orders.set_line(desk, self.number)
        return PAGE


class OfSchool(MessageForm):
    school: str
    callback: str = Field(default="", title=N_("Number that families call back"), max_length=40)
    place: str = Field(default="", title=N_("Where families come to"), max_length=80)

    def carry_out(self, desk: Desk) -> str:
        new = SchoolLine(callback=self.callback, place=self.place)
        message_orders.set_school_line(desk, SchoolId(self.school), new, self.seen)
        return f"{PAGE}#schools"


FORMS: dict[str, type[MessageForm]] = {"sign": Sign, "line": Line, "school": OfSchool}


def show(desk: Desk, problem: FormState = FRESH, status: int = 200, message: str = "") -> HTMLResponse:
    signed, names, line = message_orders.seen(desk)
    catalog = loader.messages()
    chosen = catalog.get(message or problem.typed("message"))
    values = {
        "here": "messages",
        "rows": [_row(each, signed, desk.language) for each in catalog.values()],
        "line": line,
        "school_lines": message_orders.school_lines_of(desk),
        "chosen": None if chosen is None else _whole(chosen, signed, names, desk.language),
    }
    return console(desk, "pages/messages.html", values, path=PAGE, status=status, problem=problem)


def _row(message: Message, signed: Signed, language: Language) -> dict[str, object]:
    written = [tag for tag in message.slots if not message.asset(tag).empty]
    return {
        "id": message.id,
        "title": message.title.in_language(language),
        "states": [_one(message, tag, signed, language) for tag in written],
        "empty": [babel_language(tag, language) for tag in message.slots if tag not in written],
    }


def _one(message: Message, tag: str, signed: Signed, language: Language) -> dict[str, object]:
    words, tone = _state(standing(message, tag, signed.get((message.id, tag), ())), language)
    segments = _segments(message, message.asset(tag))
    return {"language": babel_language(tag, language), "words": words, "tone": tone, "segments": segments}


def _state(state: TextState, language: Language) -> tuple[str, str]:
    words, tone = STATES[state]
    return translations(language).gettext(words), tone


def _segments(message: Message, asset: Asset) -> int | None:
    """At most, with the longest values; None where it is no text message."""
    if MessageWay.TEXT not in message.ways or asset.written is None:
        return None
    return message_check.worst(asset).segments


def _whole(message: Message, signed: Signed, names: Mapping[PersonId, str], language: Language) -> dict[str, object]:
    translate = translations(language).gettext
    return {
        "id": message.id,
        "title": message.title.in_language(language),
        "use": message.use.in_language(language),
        "needs": message.needs.in_language(language),
        "ways": [translate(WAYS[way]) for way in message.ways],
        "sources": message.sources,
        "texts": [_text(message, tag, signed, names, language) for tag in message.slots],
    }


def _text(
    message: Message, tag: str, signed: Signed, names: Mapping[PersonId, str], language: Language
) -> dict[str, object]:
    translate, asset = translations(language).gettext, message.asset(tag)
    mine = signed.get((message.id, tag), ())
    state, following = standing(message, tag, mine), next_stage(message, tag, mine)
    now = (digest(message.source), digest(asset))
    return {
        "tag": tag,
        "language": babel_language(tag, language),
        "direction": "rtl" if right_to_left(tag) else "ltr",
        "forms": [each.split("\n") for each in (asset.written, asset.spoken) if each is not None],
        "state": _state(state, language),
        "draft": state is TextState.DRAFT,
        "recording": None if asset.recording is None else f"{PAGE}/{message.id}/{tag}/recording",
        "segments": _segments(message, asset),
        "level": _level(tag, asset),
        "next": None if following is None else following.value,
        "asked": "" if following is None else translate(ASKED[following]),
        "two": following is TextState.COMMUNITY_READ,
        "source": now[0],
        "text": now[1],
        "signed": [
            {
                "stage": _state(each.stage, language)[0],
                "who": each.who,
                "by": names.get(each.by, ""),
                "at": each.at,
                "old": (each.source, each.text) != now,
            }
            for each in sorted(mine, key=lambda each: (each.at, stages(tag).index(each.stage)))
        ],
    }


def _level(tag: str, asset: Asset) -> str:
    """Of both forms together; empty for a language that is not counted."""
    whole = message_check.filled("\n".join(filter(None, (asset.written, asset.spoken))), message_check.PLAIN)
    if tag == SOURCE:
        return f"Flesch-Kincaid {max(reading_level.english(whole).grade, 0):.1f}"
    return f"Fernández-Huerta {min(reading_level.spanish(whole).ease, 100):.0f}" if tag == "es" else ""


@router.get(PAGE)
def messages(desk: SignedIn, message: Annotated[str, Query(max_length=8, pattern=r"^[a-z0-9]*$")] = "") -> HTMLResponse:
    """For the privacy officer and the district crisis lead."""
    return show(desk, message=message)


@router.get(PAGE + "/{message}/{language}/recording")
def recording(
    desk: SignedIn,
    message: Annotated[str, Path(pattern=r"^[a-z0-9]{2,8}$")],
    language: Annotated[str, Path(pattern=TAG)],
) -> Response:
    """For everybody who is signed in: it is the same for every family, and says nothing of any."""
    found = loader.recording(message, language)
    if found is None:
        raise NotFound
    return Response(found.content, media_type=found.media_type)


@router.post(PAGE + "/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    return RedirectResponse(posted.read(FORMS[action]).carry_out(desk), status_code=303)
