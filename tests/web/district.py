"""Two districts with a few people, on a real database, and clients for the API and the socket that act for them."""

from dataclasses import dataclass
from datetime import time

from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.settings import Settings
from crisis.store import accounts, protocols, roster
from crisis.store.engine import Store
from crisis.vocabulary import DistrictId, PersonId, ProtocolHash, SchoolId, StaffRole, StudentId
from tests.cheap import HASHING
from tests.factories import DISTRICT, SCHOOL, STUDENT, suicide_risk

ELSEWHERE, FAR_SCHOOL, OTHER_SCHOOL = DistrictId("d-2"), SchoolId("s-9"), SchoolId("s-2")
COUNSELOR, NURSE, TEACHER = PersonId("p-counselor"), PersonId("p-nurse"), PersonId("p-teacher")
NEIGHBOUR, STRANGER, OFFICER = PersonId("p-neighbour"), PersonId("p-stranger"), PersonId("p-officer")
POSTS: dict[PersonId, tuple[DistrictId, StaffRole, SchoolId | None]] = {
    COUNSELOR: (DISTRICT, StaffRole.COUNSELOR, SCHOOL),
    NURSE: (DISTRICT, StaffRole.NURSE, SCHOOL),
    TEACHER: (DISTRICT, StaffRole.TEACHER, SCHOOL),
    NEIGHBOUR: (DISTRICT, StaffRole.COUNSELOR, OTHER_SCHOOL),
    STRANGER: (ELSEWHERE, StaffRole.COUNSELOR, FAR_SCHOOL),
    OFFICER: (DISTRICT, StaffRole.PRIVACY_OFFICER, None),
}
PASSPHRASE = "a lamp under seven quiet stairs"
SETTINGS = Settings(public_url="http://testserver")


@dataclass(frozen=True, slots=True)
class District:
    store: Store
    protocol_hash: ProtocolHash

    def token(self, person: PersonId) -> str:
        with self.store.write() as tx:
            return accounts.create_token(tx, person, "a test", clock.now())

    def session(self, person: PersonId) -> str:
        with self.store.write() as tx:
            accounts.create_account(tx, person, person, PASSPHRASE, at=clock.now(), hashing=HASHING)
        token = accounts.sign_in(self.store, person, PASSPHRASE, clock.now(), hashing=HASHING)
        assert token is not None
        return token


def a_district(store: Store) -> District:
    at = clock.now()
    with store.write() as tx:
        for district, schools in ((DISTRICT, (SCHOOL, OTHER_SCHOOL)), (ELSEWHERE, (FAR_SCHOOL,))):
            roster.add_district(tx, district, f"District {district}")
            for school in schools:
                name = f"School {school}"
                roster.add_school(tx, district, school, name, zone="America/New_York", opens=time(8), closes=time(15))
        for person, (district, post, school) in POSTS.items():
            roster.add_person(tx, district, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, district, person, post, school)
        roster.add_student(tx, (DISTRICT, SCHOOL), STUDENT, ("Ximena", "Quetzal"))
        roster.add_student(tx, (ELSEWHERE, FAR_SCHOOL), StudentId("st-9"), ("Ximena", "Faraway"))
        protocol_hash = protocols.publish(tx, suicide_risk(), at)
        protocols.publish(tx, loader.protocol("missing_student"), at)
    return District(store, protocol_hash)


def acting(client: TestClient, token: str) -> "Api":
    return Api(client, {"Authorization": f"Bearer {token}"})


@dataclass(frozen=True, slots=True)
class Api:
    """The API as one person's program calls it."""

    client: TestClient
    headers: dict[str, str]

    def get(self, path: str) -> "Answer":
        found = self.client.get(f"/api/v1{path}", headers=self.headers)
        return Answer(found.status_code, found.json())

    def post(self, path: str, body: object, **headers: str) -> "Answer":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        found = self.client.post(f"/api/v1{path}", json=body, headers=self.headers | named)
        return Answer(found.status_code, found.json())

    def open(self, key: str = "key-00000001", **changes: object) -> "Answer":
        body = {"mode": "live", "school": SCHOOL, "crisis_type": "suicide_ideation", "beside": "me", **changes}
        return self.post("/incidents", body, Idempotency_Key=key)

    def opened(self, **changes: object) -> tuple[str, int]:
        receipt = self.open(**changes).body
        return receipt["incident"], receipt["seq"]

    def order(self, incident: str, command: str, seen: int, **fields: object) -> "Answer":
        return self.post(f"/incidents/{incident}/commands/{command}", {"seen": seen, **fields})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict  # type: ignore[type-arg]  # JSON of any shape
