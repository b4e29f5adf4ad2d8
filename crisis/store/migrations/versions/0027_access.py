"""Whom each incident names, for lists, and who must see nothing of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

AFTERWARDS = timedelta(hours=24)
Given = tuple[str | None, str, datetime | None]


def upgrade() -> None:
    op.create_table(
        "incident_person",
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("how", _words("involvement", "called_in", "paged", "reported"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["incident"], ["incident.id"], name=op.f("fk_incident_person_incident")),
        sa.PrimaryKeyConstraint("incident", "person", "how", name=op.f("pk_incident_person")),
    )
    op.create_index("ix_incident_person_person", "incident_person", ["person", "until"])
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", _words("conflictkind", "related", "named"), nullable=False),
        sa.Column("student", sa.String(), nullable=True),
        sa.Column("incident", sa.String(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_conflict_of_interest_{name}"))
            for name, rule in (
                ("related", "(kind = 'related') = (student IS NOT NULL)"),
                ("named", "(kind = 'named') = (incident IS NOT NULL)"),
                ("ended", "(ended_by IS NULL) = (ended_at IS NULL)"),
                ("ended_by_another", "ended_by <> person AND ended_by <> entered_by"),
            )
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_conflict_of_interest_{name}"))
            for name, other in (
                ("district", "district"),
                ("person", "person"),
                ("student", "student"),
                ("incident", "incident"),
                ("entered_by", "person"),
                ("ended_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
    )
    op.create_index("ix_conflict_of_interest_person", "conflict_of_interest", ["person", "ended_at"])
    op.create_index("ix_conflict_of_interest_student", "conflict_of_interest", ["student"])
    op.create_index("ix_conflict_of_interest_incident", "conflict_of_interest", ["incident"])
    _fill(op.get_bind())


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _fill(tx: sa.Connection) -> None:
    """From the state of each incident, as the program of this version reads it."""
    people = sa.table(
        "incident_person",
        sa.column("incident"),
        sa.column("person"),
        sa.column("how"),
        sa.column("until", sa.DateTime(timezone=True)),
    )
    for incident, state in tx.execute(sa.text("SELECT id, state FROM incident")).all():
        rows = [
            {"incident": incident, "person": who, "how": how, "until": _kept(tx, ends)}
            for (who, how), ends in _named(json.loads(state)).items()
        ]
        if rows:
            tx.execute(sa.insert(people), rows)


def _kept(tx: sa.Connection, at: datetime | None) -> datetime | None:
    if at is None or tx.dialect.name != "sqlite":
        return at
    return at.astimezone(UTC).replace(tzinfo=None)


def _named(state: dict[str, object]) -> dict[tuple[str, str], datetime | None]:
    found: dict[tuple[str, str], datetime | None] = {}
    closing = _after(state.get("closed_at"))
    for who, how, ends in _given(state):
        if who is None:
            continue
        until = min((each for each in (ends, closing) if each is not None), default=None)
        known = found.get((who, how), until)
        found[who, how] = None if None in (known, until) else max(known, until)  # type: ignore[type-var]  # neither is None
    return found


def _given(state) -> Iterator[Given]:  # type: ignore[no-untyped-def]  # JSON of the state of that time
    yield state.get("opened_by"), "reported", None
    for name in ("lead", "adult", "custody_offered_to"):
        yield state.get(name), "called_in", None
    for page in state.get("pages", {}).values():
        for who in (*page.get("asked", ()), page.get("offered_to")):
            yield who, "paged", None
        if page.get("state") == "accepted":
            yield page.get("accepted_by"), "called_in", None
    for part, over in (("steps", "done_at"), ("obligations", "filed_at")):
        for record in state.get(part, {}).values():
            for name in ("assigned_to", "by", "owner", "delegate"):
                yield record.get(name), "called_in", _after(record.get(over))


def _after(at: object) -> datetime | None:
    return None if at is None else datetime.fromisoformat(str(at)) + AFTERWARDS


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before the upgrade")
