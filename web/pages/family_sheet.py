"""The sheet on the tablet that staff handed to a family: no sign-in, no script, nothing of the record, once.

Whoever holds the address is taken for the family of one student; neither the page nor its answer says of which.
"""

import hmac
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.record_words import IntakeQuestion
from crisis.store import intake
from crisis.store.intake import OpenSheet
from web.deps import Anyone, Language, form_token, language_of, store_of
from web.intake_words import INTRO, PICKS, QUESTIONS
from web.rendering import page, translations

router = APIRouter(prefix="/sheet", include_in_schema=False)

Token = Annotated[str, Path(pattern="^[A-Za-z0-9]{1,64}$")]
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
Fields = Mapping[str, tuple[str, ...]]


async def written(request: Request) -> Fields:
    """What was typed, as it came; the size of the whole is limited for every form."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value)
    return found


@router.get("/done", dependencies=[Anyone])
def done(language: Annotated[Literal["en", "es"], Query()] = "en") -> HTMLResponse:
    """The same for everybody, whatever was written; in the language of the sheet."""
    return _plain("pages/family_sheet_done.html", language, 200)


@router.get("/{token}", dependencies=[Anyone])
def show_sheet(request: Request, token: Token) -> HTMLResponse:
    with store_of(request).read() as tx:
        sheet = intake.of_token(tx, token, clock.now())
    return _gone(request) if sheet is None else _shown(sheet, token)


@router.post("/{token}", dependencies=[Anyone], response_model=None)
def send_sheet(request: Request, token: Token, fields: Annotated[Fields, Depends(written)]) -> Response:
    """One draft; the address leads nowhere afterwards."""
    store, at = store_of(request), clock.now()
    with store.read() as tx:
        sheet = intake.of_token(tx, token, at)
    if sheet is None:
        return _gone(request)
    if not hmac.compare_digest(fields.get("csrf", ("",))[-1].encode(), form_token(token).encode()):
        raise HTTPException(403)
    said = answers(fields, spoken(sheet.language))
    with store.write() as tx:
        sent = intake.send(tx, store.keys, token, said, at=at)
    if not sent:
        return _gone(request)
    return RedirectResponse(
        f"/sheet/done?language={spoken(sheet.language)}", 303, headers={**PRIVATE, "Clear-Site-Data": '"cache"'}
    )


def answers(fields: Fields, language: Language) -> dict[IntakeQuestion, str]:
    """What was ticked, in the words of the sheet, before what was written."""
    translate = translations(language).gettext
    found = {}
    for question in IntakeQuestion:
        ticked = set(fields.get(f"{question.value}.pick", ()))
        picks = [translate(words) for turn, words in enumerate(PICKS.get(question, ())) if str(turn) in ticked]
        text = " ".join(" ".join(fields.get(question.value, ())).split())
        found[question] = " · ".join(filter(None, (*picks, text)))
    return {question: text for question, text in found.items() if text}


def spoken(language: str) -> Language:
    return "es" if language == "es" else "en"


def _shown(sheet: OpenSheet, token: str) -> HTMLResponse:
    language = spoken(sheet.language)
    translate = translations(language).gettext
    made = page(
        "pages/family_sheet.html",
        language,
        csrf=form_token(token),
        here=f"/sheet/{token}",
        intro=[translate(each) for each in INTRO],
        questions=questions(language),
        longest=intake.LONGEST,
        district_line=None,
    )
    made.headers.update(PRIVATE)
    return made


def questions(language: Language) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """For the page and the paper: the name of the field, the question, and what can be ticked."""
    translate = translations(language).gettext
    return [
        (each.value, translate(words), [(str(turn), translate(pick)) for turn, pick in enumerate(PICKS.get(each, ()))])
        for each, words in QUESTIONS.items()
    ]


def _gone(request: Request) -> HTMLResponse:
    """One answer for every address that leads nowhere: sent, too old, mistyped or made up."""
    return _plain("pages/family_sheet_gone.html", language_of(request), 404)


def _plain(template: str, language: Language, status: int) -> HTMLResponse:
    made = page(template, language, status=status, district_line=None)
    made.headers.update(PRIVATE)
    return made
