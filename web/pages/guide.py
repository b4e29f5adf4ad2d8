"""How to do one's work with this program: the guides by role, in the reader's language where there is one."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from crisis.commands import Actor
from crisis.errors import NotFound
from crisis.policy.access import COUNSELORS, PRINCIPALS, may_see_readiness
from crisis.vocabulary import StaffRole
from web import guides
from web.deps import SignedIn
from web.pages.frame import console

router = APIRouter(include_in_schema=False)

HERE = "/guide"
OF_POSTS: dict[str, frozenset[StaffRole]] = {
    "counselor": COUNSELORS | {StaffRole.NURSE, StaffRole.TEACHER},
    "families": COUNSELORS | {StaffRole.NURSE},
    "clinician": frozenset({StaffRole.CLINICIAN}),
    "administrator": PRINCIPALS | {StaffRole.DISTRICT_LEAD},
    "drills-and-reviews": PRINCIPALS | {StaffRole.DISTRICT_LEAD},
    "privacy-officer": frozenset({StaffRole.PRIVACY_OFFICER}),
    "operator": frozenset({StaffRole.OPERATOR}),
    "sign-in-providers": frozenset({StaffRole.OPERATOR}),
}


def own(actor: Actor) -> list[str]:
    """Those for the reader's posts; whoever plans reads how to plan as well."""
    found = {name for name, posts in OF_POSTS.items() if actor.posts & posts}
    if may_see_readiness(actor):
        found.add("planner")
    return [name for name in guides.NAMES if name in found]


@router.get(HERE)
def all_guides(desk: SignedIn) -> HTMLResponse:
    """For everybody who is signed in: no guide holds a secret."""
    mine = own(desk.actor)
    known = [guides.guide(name, desk.language) for name in (*mine, *(n for n in guides.NAMES if n not in mine))]
    values = {"here": "guide", "mine": known[: len(mine)], "others": known[len(mine) :]}
    return console(desk, "pages/guides.html", values, path=HERE)


@router.get(HERE + "/{role}")
def one_guide(desk: SignedIn, role: Annotated[str, Path(pattern="^[a-z-]{1,40}$")]) -> HTMLResponse:
    if role not in guides.NAMES:
        raise NotFound
    found = guides.guide(role, desk.language)
    values = {"here": "guide", "guide": found, "others": [guides.guide(name, desk.language) for name in guides.NAMES]}
    return console(desk, "pages/guide.html", values, path=f"{HERE}/{role}")
