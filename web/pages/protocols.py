"""The protocols of the district: what is in force, what is being changed, and a draft as it stands."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request

from crisis.draft_words import ChangeKind, CheckState
from crisis.errors import NotFound
from crisis.policy import protocols as policy
from crisis.protocols import difference
from crisis.protocols.explain import is_reviewed
from crisis.protocols.plain_yaml import written
from crisis.store.protocol_drafts import LARGEST, Edition
from crisis.vocabulary import ProtocolHash
from web import draft_orders
from web.deps import ID, Desk, SignedIn
from web.draft_orders import OneDraft
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages import protocol_signing
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/protocols"
DRAFTS = HERE + "/drafts"
CHANGES: dict[ChangeKind, tuple[str, str]] = {  # in words, and how the tag looks
    ChangeKind.SAFER: (N_("Safer"), "ok"),
    ChangeKind.LOOSER: (N_("Looser"), "late"),
    ChangeKind.WORDS: (N_("Words only"), ""),
    ChangeKind.LOOK: (N_("Read this"), "warn"),
}
CHECKS: dict[CheckState, tuple[str, str]] = {
    CheckState.NONE: (N_("Not checked yet"), "warn"),
    CheckState.WAITING: (N_("Waiting for the checker"), "live"),
    CheckState.RUNNING: (N_("Being checked"), "live"),
    CheckState.HOLDS: (N_("Checked: it holds"), "ok"),
    CheckState.FAILS: (N_("Checked: it does not hold"), "late"),
    CheckState.OLD: (N_("Checked by an earlier version of this program"), "warn"),
}
WAYS = (
    ("", N_("How it stands")),
    ("/steps", N_("Step by step")),
    ("/picture", N_("Picture")),
    ("/try", N_("Try it")),
    ("/text", N_("As text (YAML)")),
    ("/lines", N_("Line by line")),
)
NOT_UTF_8 = N_("This is not a text file in UTF-8; save it as UTF-8 and send it again.")
NO_FILE = N_("Choose a file.")
DraftPath = Annotated[str, Path(pattern=ID)]
Text = Annotated[str, Field(max_length=LARGEST)]


class Begin(Sent):
    of: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Save(Sent):
    edition: int
    text: Text = Field(default="", title=N_("The protocol"))


class Back(Sent):
    edition: int
    to: int


def show_list(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    shelf = draft_orders.shelf(desk)
    values = {
        "here": "protocols",
        "in_force": [(known, hashed, is_reviewed(known)) for known, hashed in shelf.in_force],
        "drafts": [
            (draft, base, shelf.names.get(draft.latest.by, ""), draft.latest.hash is not None)
            for draft, base in shelf.drafts
        ],
        **protocol_signing.of_district(desk),
        "may_write": policy.may_write(desk.actor),
        "may_read_drafts": policy.may_read_drafts(desk.actor),
    }
    return console(desk, "pages/protocols.html", values, path=HERE, status=status, problem=problem)


def framed(desk: Desk, one: OneDraft) -> dict[str, object]:
    """What every page of a draft shows."""
    known, translate = one.read.protocol, translations(desk.language).gettext
    return {
        "here": "protocols",
        "ways": [(part, translate(words)) for part, words in WAYS],
        "draft": one.draft,
        "address": f"{DRAFTS}/{one.draft.id}",
        "title": (known or one.base).title.in_language(desk.language),
        "version": None if known is None else known.version,
        "base": one.base,
        "may_write": policy.may_write(desk.actor),
        "faults": one.read.faults,
    }


def show(desk: Desk, draft: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    translate, known = translations(desk.language).gettext, one.read.protocol
    found = [] if known is None else difference.differences(one.base, known, desk.language)
    words, tone = CHECKS[one.checked.state]
    values = {
        **framed(desk, one),
        "changes": [(each, translate(CHANGES[each.kind][0]), CHANGES[each.kind][1]) for each in found],
        "loud": sum(each.loud for each in found),
        "checked": one.checked,
        "check": (translate(words), tone),
        "may_check": known is not None and one.checked.state in (CheckState.NONE, CheckState.OLD),
        "going_on": one.checked.state in (CheckState.WAITING, CheckState.RUNNING),
        "by": one.names.get(one.draft.latest.by, ""),
        **protocol_signing.shown(desk, draft),
    }
    return console(desk, "pages/protocol_draft.html", values, path=f"{DRAFTS}/{draft}", status=status, problem=problem)


def show_text(desk: Desk, draft: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    values = {**framed(desk, one), "text": one.draft.latest.text, "edition": one.draft.latest.number}
    where = f"{DRAFTS}/{draft}/text"
    return console(desk, "pages/protocol_text.html", values, path=where, status=status, problem=problem)


def show_lines(desk: Desk, draft: str, since: int) -> HTMLResponse:
    """The lines that differ from the published one (0), or from an earlier saving; and all savings."""
    one = draft_orders.seen(desk, draft)
    old = _text_of(one, since)
    values = {
        **framed(desk, one),
        "since": since,
        "lines": difference.lines(old, one.draft.latest.text),
        "editions": [(each, one.names.get(each.by, "")) for each in one.editions],
    }
    return console(desk, "pages/protocol_lines.html", values, path=f"{DRAFTS}/{draft}/lines")


def _text_of(one: OneDraft, number: int) -> str:
    """Number 0 is what it came from, as the first edition had it but for its version."""
    if number == 0:
        return written(one.base.model_dump(mode="json", exclude_unset=True))
    return _edition(one, number).text


def _edition(one: OneDraft, number: int) -> Edition:
    found = next((each for each in one.editions if each.number == number), None)
    if found is None:
        raise NotFound
    return found


@router.get(HERE)
def protocols(desk: SignedIn) -> HTMLResponse:
    """For every member of staff; drafts for those who write them or may sign for them."""
    return show_list(desk)


@router.post(HERE + "/begin")
def begin(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    new = draft_orders.begin(desk, ProtocolHash(posted.read(Begin).of))
    return RedirectResponse(f"{DRAFTS}/{new}", status_code=303)


@router.get(DRAFTS + "/{draft}")
def one_draft(desk: SignedIn, draft: DraftPath) -> HTMLResponse:
    return show(desk, draft)


@router.get(DRAFTS + "/{draft}/text")
def text(desk: SignedIn, draft: DraftPath) -> HTMLResponse:
    return show_text(desk, draft)


@router.get(DRAFTS + "/{draft}/file")
def download(desk: SignedIn, draft: DraftPath) -> Response:
    """The text as it stands, to work on with an editor."""
    known = draft_orders.seen(desk, draft).draft
    name = f"protocol-draft-{known.latest.number}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(known.latest.text, media_type="application/yaml", headers=headers)


@router.get(DRAFTS + "/{draft}/lines")
def lines(desk: SignedIn, draft: DraftPath, since: Annotated[int, Query(ge=0, le=100_000)] = 0) -> HTMLResponse:
    return show_lines(desk, draft, since)


async def uploaded(request: Request) -> bytes | None:
    """What was chosen under `file`; None where nothing was."""
    content = None
    for name, file in (await request.form()).multi_items():
        if isinstance(file, UploadFile):
            content = await file.read() if name == "file" else content
            await file.close()
    return content


@router.post(DRAFTS + "/{draft}/upload")
def upload(
    desk: SignedIn, draft: DraftPath, posted: FormPost, content: Annotated[bytes | None, Depends(uploaded)]
) -> RedirectResponse:
    form = posted.read(Save)
    try:
        sent = None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _at_file(NOT_UTF_8) from None
    if not sent:
        raise _at_file(NO_FILE)
    draft_orders.save(desk, draft, sent, form.edition)
    return RedirectResponse(f"{DRAFTS}/{draft}", status_code=303)


def _at_file(text: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", "file"), "msg": text, "type": "file"}])


@router.post(DRAFTS + "/{draft}/{action}")
def change(desk: SignedIn, draft: DraftPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> Response:
    """One form, one change; then back to the draft."""
    to = f"{DRAFTS}/{draft}"
    match action:
        case "save":
            form = posted.read(Save)
            draft_orders.save(desk, draft, form.text, form.edition)
        case "back":
            wanted = posted.read(Back)
            draft_orders.save(desk, draft, _edition(draft_orders.seen(desk, draft), wanted.to).text, wanted.edition)
        case "check":
            posted.read(Sent)
            draft_orders.check(desk, draft)
            to += "#h-check"
        case "throw-away":
            posted.read(Sent)
            draft_orders.throw_away(desk, draft)
            to = HERE
        case _:
            raise NotFound
    return RedirectResponse(to, status_code=303)


def again(desk: Desk, draft: str, action: str, problem: FormState, status: int) -> HTMLResponse:
    """After a refusal: where it was typed."""
    if action in ("save", "upload"):
        return show_text(desk, draft, problem, status)
    return show(desk, draft, problem, status)
