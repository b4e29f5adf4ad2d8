"""Where a hospital or a crisis unit tells a school of an admission or of a return."""

from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis import clock
from crisis.referral_words import ReturnNews
from crisis.store import people
from crisis.vocabulary import SchoolId
from web import return_orders
from web.deps import Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.return_orders import News
from web.words import N_
from web.words_of_referrals import NEWS

router = APIRouter(include_in_schema=False)

HERE = "/return-news"


class Tell(Sent):
    news: ReturnNews = Field(title=N_("What do you tell the school?"))
    school: str = Field(title=N_("Which school?"))
    given: str = Field(title=N_("Given name, as the school has it"))
    family: str = Field(title=N_("Family name, as the school has it"))
    born: date = Field(title=N_("Date of birth"))
    words: str = Field(title=N_("Where the student is, when they come back, and whom to ask"))


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    return_orders.must_be_let(desk)
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
    translate = translations(desk.language).gettext
    values = {
        "kinds": [(each.value, translate(said)) for each, said in NEWS.items()],
        "schools": [(str(each.id), each.name) for each in schools],
    }
    return console(desk, "pages/return_news.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def show_form(desk: SignedIn) -> HTMLResponse:
    """For whoever works for an agency whose agreement covers it."""
    return show(desk)


@router.post(f"{HERE}/tell")
def tell(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(Tell)
    said = form.model_dump(include={"news", "given", "family", "born", "words"})
    return_orders.tell(desk, News(**said, school=SchoolId(form.school)), key=form.key or clock.new_id())
    return RedirectResponse(f"{HERE}/taken", status_code=303)


@router.get(f"{HERE}/taken")
def taken(desk: SignedIn) -> HTMLResponse:
    return_orders.must_be_let(desk)
    return console(desk, "pages/return_news_taken.html", {}, path=f"{HERE}/taken")
