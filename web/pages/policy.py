"""Which law this district's decisions ask: what is in force, what is proposed, and who has answered for it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.policy.packs import FLOOR, counts
from crisis.protocols import loader
from crisis.protocols.pack_schema import PackFile, Sourced
from crisis.store import people
from crisis.store.policy_packs import Counsel, KeptPack
from crisis.vocabulary import PersonId
from web import policy_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import Language, translations
from web.words import N_

router = APIRouter(include_in_schema=False)

SAYS: dict[str, str] = {
    "eligible_student_age": N_("Age from which the rights are the student's"),
    "student_access_age": N_("Age from which the student may see the record too"),
    "student_access_grade": N_("Grade from which the student may see the record too, if that comes first"),
    "parent_notice": N_("Telling parents of care that the student agreed to alone"),
    "minor_consent": N_("Care that a minor may agree to alone"),
    "care_needs_parents": N_("Care at school needs the parents' consent, outside of an emergency"),
    "record_access_days": N_("Days until a parent has seen the record they asked for"),
    "temporary_record_years": N_("Years until temporary records are destroyed"),
    "disclosure_log_fields": N_("What is written down when something leaves the school"),
    "disclosure_log_requires": N_("Without this, nothing goes to somebody outside"),
    "no_access_when": N_("Court papers that end a parent's access"),
    "breach_notice_hours": N_("Hours until a breach is told"),
    "do_not_volunteer": N_("Staff may be told to keep a name to themselves"),
    "privileged_counselor_notes": N_("A counselor's notes are privileged"),
}
VALUES: dict[str, str] = {
    "permitted": N_("may be told"),
    "required": N_("must be told"),
    "forbidden_without_minor_consent": N_("are not told unless the student agrees"),
    "releaser_position": N_("the position of whoever releases it"),
    "recipient_name": N_("the name of the recipient"),
    "recipient_position": N_("the position of the recipient"),
    "recipient_affiliation": N_("the organisation of the recipient"),
    "parts": N_("which parts"),
    "purpose": N_("what for"),
    "True": N_("Yes"),
    "False": N_("No"),
}


class PolicyForm(Sent):
    def carry_out(self, desk: Desk) -> None:
        raise NotImplementedError


class Propose(PolicyForm):
    text: str = Field(title=N_("The pack"))

    def carry_out(self, desk: Desk) -> None:
        policy_orders.propose(desk, self.text)


class Approve(PolicyForm):
    pack: str
    counsel: str = Field(title=N_("Which lawyer has read it?"), max_length=120)
    reviewed_on: date = Field(title=N_("On which day?"))

    def carry_out(self, desk: Desk) -> None:
        policy_orders.approve(desk, self.pack, Counsel(name=self.counsel, reviewed_on=self.reviewed_on))


class End(PolicyForm):
    pack: str

    def carry_out(self, desk: Desk) -> None:
        policy_orders.end(desk, self.pack)


FORMS: dict[str, type[PolicyForm]] = {"propose": Propose, "approve": Approve, "end": End}


def show(desk: Desk, problem: FormState = FRESH, status: int = 200, begin: str = "") -> HTMLResponse:
    law, kept = policy_orders.seen(desk)
    with desk.store.read() as tx:
        names = people.names(tx, {who for each in kept for who in (each.proposed_by, each.approved_by) if who})
    day = policy_orders.today(desk)
    open_ones = [each for each in kept if each.ended_at is None]
    asked = next((each for each in open_ones if _is_asked(each, law.pack.id, law.pack.version, day)), None)
    values = {
        "here": "policy",
        "floor": law.is_floor,
        "lapsed": law.lapsed,
        "asked": None if asked is None else _shown(asked, desk, names),
        "says": _said(loader.pack(FLOOR.id) if asked is None else asked.file, desk.language),
        "waiting": [_shown(each, desk, names) for each in open_ones if each.approved_by is None],
        "others": [_shown(each, desk, names) for each in open_ones if each.approved_by is not None and each != asked],
        "drafts": [(each, loader.pack(each).title) for each in loader.packs() if each != FLOOR.id],
        "begin": loader.pack_text(begin) if begin in loader.packs() else "",
    }
    return console(desk, "pages/policy.html", values, path="/policy", status=status, problem=problem)


def _is_asked(kept: KeptPack, pack: str, version: str, day: date) -> bool:
    return (
        kept.approved_by is not None and (kept.file.id, kept.file.version) == (pack, version) and counts(kept.file, day)
    )


def _shown(kept: KeptPack, desk: Desk, names: Mapping[PersonId, str]) -> dict[str, object]:
    return {
        "id": kept.id,
        "title": kept.file.title,
        "version": kept.file.version,
        "jurisdiction": kept.file.jurisdiction,
        "from": kept.file.effective_from,
        "until": kept.file.expires_on,
        "by": names.get(kept.proposed_by, ""),
        "at": kept.proposed_at,
        "approved_by": "" if kept.approved_by is None else names.get(kept.approved_by, ""),
        "counsel": kept.counsel,
        "reviewed_on": kept.counsel_reviewed_on,
        "may_approve": kept.approved_by is None and kept.proposed_by != desk.person,
        "says": _said(kept.file, desk.language),
        "for_counsel": kept.file.for_counsel,
        "sha256": kept.sha256[:12],
    }


def _said(file: PackFile, language: Language) -> list[dict[str, object]]:
    """Each value in words, with where it comes from and whether anybody has compared it with the law."""
    translate = translations(language).gettext
    titles = {each.key: (each.title, each.url) for each in file.citations}
    return [
        {
            "what": translate(SAYS[name]),
            "value": _words(value, language),
            "source": titles.get(value.source, (translate(N_("a default of this program")), "")),
            "note": value.note,
            "checked": value.checked_on,
        }
        for name, value in file.values.items()
    ]


def _words(value: Sourced, language: Language) -> tuple[str, ...]:
    translate = translations(language).gettext
    said = value.model_dump(exclude=set(Sourced.model_fields))
    if "value" in said:
        return tuple(_one(each, translate) for each in _each(said["value"]))
    age = said["min_age"]
    return (*((f"{age}+",) if age is not None else ()), *said["services"], *said["conditions"])


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, tuple) else (value,)


def _one(value: object, translate: Callable[[str], str]) -> str:
    known = VALUES.get(str(value))
    return str(value) if known is None else translate(known)


@router.get("/policy")
def policy(desk: SignedIn, begin: Annotated[str, Query(max_length=48, pattern=r"^[a-z0-9-]*$")] = "") -> HTMLResponse:
    """For the privacy officer and the district crisis lead."""
    return show(desk, begin=begin)


@router.post("/policy/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse("/policy", status_code=303)
