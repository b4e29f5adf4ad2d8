"""OneRoster archives written row by row, so that each test shows the one cell that matters."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns"
)
USERS_1_1 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password"
)
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
)
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex,asian"
SESSIONS = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"

Rows = Sequence[Mapping[str, str]]


def a_csv(header: str, rows: Rows) -> bytes:
    """A row may leave columns out; they are empty then."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header.split(","), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def a_zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def org(source_id: str, name: str, type_: str = "school", parent: str = "d") -> dict[str, str]:
    return {"sourcedId": source_id, "name": name, "type": type_, "parentSourcedId": parent}


def user(source_id: str, given: str, family: str, **cells: str) -> dict[str, str]:
    return {"sourcedId": source_id, "enabledUser": "true", "givenName": given, "familyName": family, **cells}


def role(user_id: str, name: str, at: str = "s1", **cells: str) -> dict[str, str]:
    made = {"sourcedId": f"r-{user_id}-{name}-{at}", "userSourcedId": user_id, "roleType": "primary", "role": name}
    return {**made, "orgSourcedId": at, **cells}


A_DISTRICT = (org("d", "Harbor District", "district", ""), org("s1", "Harbor High"), org("s2", "Harbor Middle"))
A_FAMILY = (
    user("p1", "Rosa", "Silva", sms="(617) 555-0101", agentSourcedIds="k1"),
    user("k1", "Ana", "Silva", grades="09", primaryOrgSourcedId="s1", agentSourcedIds="p1"),
    user("t1", "Lena", "Ito", phone="617-555-0110"),
)
THEIR_ROLES = (role("p1", "parent"), role("k1", "student"), role("t1", "counselor"))


def an_export(
    users: Rows = A_FAMILY,
    roles: Rows = THEIR_ROLES,
    orgs: Rows = A_DISTRICT,
    *,
    kind: str = "bulk",
    extra: Mapping[str, bytes] | None = None,
    without: Sequence[str] = (),
) -> bytes:
    """A small 1.2 export that is right, except for what the test gives it."""
    manifest = [
        {"propertyName": name, "value": value}
        for name, value in (
            ("manifest.version", "1.0"),
            ("oneroster.version", "1.2"),
            ("file.orgs", "bulk"),
            ("file.users", kind),
            ("file.roles", kind),
        )
    ]
    files = {
        "manifest.csv": a_csv("propertyName,value", manifest),
        "orgs.csv": a_csv(ORGS, orgs),
        "users.csv": a_csv(USERS, users),
        "roles.csv": a_csv(ROLES, roles),
        **(extra or {}),
    }
    return a_zip({name: content for name, content in files.items() if name not in without})
