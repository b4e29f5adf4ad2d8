"""A person's turns for their own calendar program, at an address that is the secret."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from crisis import clock
from crisis.errors import NotFound
from crisis.store import feeds, people
from crisis.store.outlook import turns_of_person
from web import ical
from web.deps import Anyone, store_of

router = APIRouter(include_in_schema=False)

BEHIND, AHEAD = timedelta(days=7), timedelta(days=60)
Secret = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{43}$")]


@router.get("/feeds/{secret}.ics", dependencies=[Anyone])
def show_feed(request: Request, secret: Secret) -> Response:
    """Turns alone; a wrong and a revoked address get one and the same answer."""
    at = clock.now()
    with store_of(request).read() as tx:
        reader = feeds.reader(tx, secret)
        if reader is None:
            raise NotFound
        turns = turns_of_person(tx, reader.district, reader.person, at - BEHIND, at + AHEAD)
        schools = {each.id: each.name for each in people.schools(tx, reader.district)}
        district = people.district_name(tx, reader.district)
        spoken = people.language(tx, reader.person) or "en"
    body = ical.turns_out(turns, schools, district, "es" if spoken.startswith("es") else "en", at)
    return Response(body, media_type=ical.MEDIA_TYPE)
