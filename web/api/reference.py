"""`/api/v1`: what incidents refer to (protocols, students), who the token belongs to, and this documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request

from crisis.errors import NotFound
from crisis.policy import access
from crisis.store import audit, names, people, protocols
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, ProtocolHash, Role, SchoolId, StaffRole
from web.deps import ID, Anyone, TokenHolder

router = APIRouter(prefix="/api/v1", tags=["reference"])

HashPath = Annotated[ProtocolHash, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/openapi.json", dependencies=[Anyone], include_in_schema=False)
def documentation(request: Request) -> Mapping[str, object]:
    """The shapes of this API; they are no secret."""
    described: Mapping[str, object] = request.app.openapi()
    return described


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    person: PersonId
    name: str
    schools: list[SchoolId]
    posts: list[StaffRole]
    roles: list[Role]


@router.get("/me")
def who_am_i(desk: TokenHolder) -> Me:
    """Whose token this is, and what the district says of them now."""
    actor = desk.actor
    return Me(
        person=desk.person,
        name=desk.name,
        schools=sorted(actor.schools),
        posts=sorted(actor.posts),
        roles=sorted(actor.roles),
    )


@router.get("/protocols/{protocol_hash}")
def show_protocol(desk: TokenHolder, protocol_hash: HashPath) -> Mapping[str, object]:
    """A protocol as it was published; an incident names the one that it is pinned to."""
    with desk.store.read() as tx:
        return protocols.by_hash(tx, protocol_hash).model_dump(mode="json", exclude_none=True)


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    school: Annotated[SchoolId, StringConstraints(pattern=ID)]
    name: Annotated[str, StringConstraints(min_length=2, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.post("/students/find")
def find_students(desk: TokenHolder, wanted: Wanted) -> list[StudentView]:
    """Students of a school by a part of their name. Every look-up is on record, without what was typed.

    Posted, since a name is never part of an address: those are kept by proxies and in logs.
    """
    with desk.store.read() as tx:
        asked = people.school(tx, wanted.school)
        if not access.may_keep_record(desk.actor, asked.district, asked.id):
            raise NotFound
        found = names.found(tx, desk.store.keys, desk.actor, wanted.school, wanted.name)
    with desk.store.write() as tx:
        detail = {"found": len(found)}
        audit.record(
            tx, at=desk.at, actor=desk.person, action="students looked up", subject=wanted.school, detail=detail
        )
    return found
