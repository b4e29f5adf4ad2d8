"""The second wall: PostgreSQL itself shows whoever acts for a person no row of another district (row-level security).

The first wall is `crisis.policy`, which both databases have. This one holds where a query forgot to ask it. A desk
works as the role `DESK`, which owns nothing, bypasses nothing, and sees nothing until its transaction says for which
district. What works for all of them (worker, sentinel, sign-in, callbacks) keeps the role of the connection.
"""

from collections.abc import Collection, Iterable, Mapping

from psycopg import sql
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ProgrammingError

from crisis.vocabulary import DistrictId

DESK = "crisis_desk"
SETTING = "crisis.district"
EVERYBODY = "*"  # in `protocol_in_force`: every district without its own
_NOW = f"nullif(current_setting('{SETTING}', true), '')"  # a pooled connection has '' where nothing was said

# Tables without a column `district` and without a reference that says whose a row is: through whom it belongs to one.
_SUBJECT = (  # an incident, a student or a drill; words are sealed before their incident is there
    "(EXISTS (SELECT 1 FROM incident AS p WHERE p.id = subject)"
    " OR EXISTS (SELECT 1 FROM student AS p WHERE p.id = subject)"
    " OR EXISTS (SELECT 1 FROM drill AS p WHERE p.id = subject))"
)
THROUGH: Mapping[str, str] = {
    "audit": "EXISTS (SELECT 1 FROM person AS p WHERE p.id = audit.actor)",
    "call_out": "EXISTS (SELECT 1 FROM person AS p WHERE p.id = call_out.person)",
    "district": f"id = {_NOW}",
    "idempotency": "EXISTS (SELECT 1 FROM person AS p WHERE p.id = idempotency.actor)",
    "outgoing": "EXISTS (SELECT 1 FROM person AS p WHERE p.id = outgoing.person)",
    "page_code": "EXISTS (SELECT 1 FROM incident AS p WHERE p.id = page_code.incident)",
    "page_link": "EXISTS (SELECT 1 FROM incident AS p WHERE p.id = page_link.incident)",
    "protocol_in_force": f"district IN ('{EVERYBODY}', {_NOW})",
    "seal": _SUBJECT,
    "words": _SUBJECT,
}
ADDED_FIRST = ("audit", "seal", "words")  # one chain for all; words are there before what they belong to
OPEN: Mapping[str, str] = {
    "head": "where log and chain end; no content",
    "protocol": "published protocols; what a district has in force is walled",
    "lease": "which process does what only one may do",
    "sign_of_life": "that our own parts are alive",
    "canary": "test texts to our own numbers",
    "provider_alarm": "what is wrong with a provider",
    "allowance": "how much of something was used, by digest or number of the sender; nobody's record",
    "press": "that a form was sent, by digest, and where its answer led; nobody's record",
    "inbox": "what providers sent, sealed; closed to desks",
    "sign_in_budget": "wrong passwords and codes, by digest of whose",
    "alembic_version": "the version of the schema; closed to desks",
}
KEPT_FROM_DESKS: Mapping[str, str] = {
    "inbox": "ALL",
    "alembic_version": "ALL",
    "audit": "UPDATE, DELETE",
    "event": "UPDATE, DELETE",
}


def begin(district: DistrictId, *, one_moment: bool = False) -> str:
    """What begins a desk's transaction, with whose it is, in one message to the server."""
    level = " ISOLATION LEVEL REPEATABLE READ" if one_moment else ""
    whose = sql.Literal(str(district)).as_string(None)
    return f"BEGIN{level}; SELECT set_config('{SETTING}', {whose}, true)".replace("%", "%%")


def condition(tx: Connection, table: str) -> str | None:
    """Which rows a desk may see and write; None for a table that is open to every district."""
    if table in THROUGH:
        return THROUGH[table]
    columns = {each["name"]: each for each in inspect(tx).get_columns(table)}
    if "district" in columns:
        return f"district = {_NOW}"
    return (
        None
        if table in OPEN
        else _by_its_parent(tx, table, [name for name in columns if not columns[name]["nullable"]])
    )


def _by_its_parent(tx: Connection, table: str, always_there: Collection[str]) -> str | None:
    """A row that always refers to one of a walled table is shown with it."""
    for key in inspect(tx).get_foreign_keys(table):
        mine, theirs, parent = key["constrained_columns"], key["referred_columns"], key["referred_table"]
        if set(mine) <= set(always_there) and condition(tx, parent) is not None:
            same = " AND ".join(f"p.{there} = {table}.{here}" for here, there in zip(mine, theirs, strict=True))
            return f"EXISTS (SELECT 1 FROM {parent} AS p WHERE {same})"  # noqa: S608  (names of the schema itself)
    return None


def unlisted(tx: Connection) -> list[str]:
    """Tables that have neither a wall nor a reason."""
    names = inspect(tx).get_table_names()
    return [name for name in names if name not in OPEN and condition(tx, name) is None]


def build(tx: Connection, runtime: str | None) -> str | None:
    """Puts the walls up anew, in the transaction of a migration; `runtime` is the address that the program will use.

    Returns what the database's administrator has to do first, where this role may not make roles.
    """
    user = make_url(runtime).username if runtime is not None else None
    missing = [name for name in (DESK, user) if name is not None and not _there(tx, name)]
    if missing:
        try:
            with tx.begin_nested():
                for name in missing:
                    _make(tx, name, make_url(runtime).password if name == user and runtime is not None else None)
        except ProgrammingError:
            return f"The second wall is not up: a role that may make roles has to make {', '.join(missing)}"
    owner = str(tx.execute(text("SELECT current_user")).scalar_one())
    workers = list(dict.fromkeys([owner, *([user] if user is not None else [])]))
    for worker in workers:
        if not _may_be(tx, worker):
            tx.exec_driver_sql(f"GRANT {DESK} TO {_name(worker)}")
    for table in inspect(tx).get_table_names():
        _wall(tx, table, workers)
    _grant(tx, workers)
    return None


def is_owner(tx: Connection) -> bool:
    """Whether this connection may change the tables; also where there are none yet."""
    found = tx.execute(_OWNED).scalar_one_or_none()
    return found is None or bool(found)


_OWNED = text(
    "SELECT pg_has_role(current_user, tableowner, 'MEMBER') FROM pg_tables"
    " WHERE schemaname = 'public' AND tablename = 'incident'"
)


def _wall(tx: Connection, table: str, workers: Iterable[str]) -> None:
    known = condition(tx, table)
    for policy in ("desk", "desk_adds", "across"):
        tx.exec_driver_sql(f"DROP POLICY IF EXISTS {policy} ON {_name(table)}")
    if known is None:
        return
    everybody = ", ".join(_name(worker) for worker in workers)
    tx.exec_driver_sql(f"ALTER TABLE {_name(table)} ENABLE ROW LEVEL SECURITY")
    tx.exec_driver_sql(f"ALTER TABLE {_name(table)} FORCE ROW LEVEL SECURITY")
    tx.exec_driver_sql(f"CREATE POLICY across ON {_name(table)} TO {everybody} USING (true)")
    tx.exec_driver_sql(f"CREATE POLICY desk ON {_name(table)} TO {DESK} USING ({known})")
    if table in ADDED_FIRST:
        tx.exec_driver_sql(f"CREATE POLICY desk_adds ON {_name(table)} FOR INSERT TO {DESK} WITH CHECK (true)")


def _grant(tx: Connection, workers: Iterable[str]) -> None:
    roles = ", ".join([DESK, *(_name(worker) for worker in workers)])
    tx.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles}")
    tx.exec_driver_sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {roles}")
    for table, rights in KEPT_FROM_DESKS.items():
        tx.exec_driver_sql(f"REVOKE {rights} ON {table} FROM {DESK}")


def _there(tx: Connection, role: str) -> bool:
    return tx.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first() is not None


def _may_be(tx: Connection, role: str) -> bool:
    asked = text("SELECT pg_has_role(:role, :desk, 'MEMBER')")
    return bool(tx.execute(asked, {"role": role, "desk": DESK}).scalar_one())


def _make(tx: Connection, role: str, password: str | None) -> None:
    """The password goes over as its SCRAM verifier: what a server logs of statements is no secret then."""
    rights = "NOLOGIN" if role == DESK else "LOGIN"
    if password is not None:
        link = tx.connection.driver_connection
        assert link is not None
        rights += (
            f" PASSWORD '{link.pgconn.encrypt_password(password.encode(), role.encode(), b'scram-sha-256').decode()}'"
        )
    tx.exec_driver_sql(f"CREATE ROLE {_name(role)} {rights} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB")


def _name(identifier: str) -> str:
    return sql.Identifier(identifier).as_string(None)


def is_up(tx: Connection) -> bool:
    """Whether this connection's role can work as a desk does."""
    return _there(tx, DESK) and _may_be(tx, str(tx.execute(text("SELECT current_user")).scalar_one()))


_WHO = text(
    "SELECT rolsuper, rolbypassrls, pg_has_role(current_user, tableowner, 'MEMBER') AS owner FROM pg_roles, pg_tables"
    " WHERE rolname = current_user AND schemaname = 'public' AND tablename = 'incident'"
)


def weakness(tx: Connection) -> str | None:
    """What is wrong with the role of this connection and with the wall, in one sentence; None: it stands."""
    if not is_up(tx):
        return "the second wall between districts is not up; run: crisis migrate"
    who = tx.execute(_WHO).one()
    if who.rolsuper or who.rolbypassrls or who.owner:
        return (
            "the program's own role of the database owns its tables or gets around its walls;"
            " give it one of its own (docs/operations.md, 'PostgreSQL')"
        )
    return None
