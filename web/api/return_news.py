"""`/api/v1/return-news`: a hospital or a crisis unit tells a school of an admission or of a return."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response

from crisis.referral_words import ReturnNews
from crisis.vocabulary import SchoolId
from web import return_orders
from web.api.incidents import Key
from web.api.orders import Body, Code, Id, Words
from web.deps import TokenHolder
from web.return_orders import News

router = APIRouter(prefix="/api/v1", tags=["return-news"])


class NewsBody(Body):
    """`words`: where the student is, when they are expected back, whom the school asks. No therapy content."""

    news: ReturnNews
    school: Id
    given: Code
    family: Code
    born: date
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The school has it. Whether the student is known there is not said."""

    taken: bool = True


@router.post("/return-news", status_code=201, responses={200: {"description": "This key was sent before"}})
def tell(desk: TokenHolder, body: NewsBody, key: Key, response: Response) -> Taken:
    """For whoever works for an agency whose agreement covers it. The same key is the same news, however often."""
    said = News(**body.model_dump() | {"school": SchoolId(body.school)})
    response.status_code = 200 if return_orders.tell(desk, said, key=key) else 201
    return Taken()
