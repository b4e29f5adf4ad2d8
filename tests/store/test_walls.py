"""The second wall: who acts for a person of one district is shown no row of another by PostgreSQL itself (PR-51)."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ProgrammingError
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import accounts, audit, budgets, postgres, sample, sample_record, schema, second_factor, walls
from crisis.store.engine import Store, open_store
from crisis.vocabulary import DistrictId, PersonId, SchoolId
from tests.cheap import HASHING
from tests.cluster import PROGRAM, Cluster, as_owner
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import COUNSELOR, ELSEWHERE, PASSPHRASE, STRANGER, a_district, acting
from tests.web.district import SETTINGS as WEB
from web.app import build_app

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
DISTRICTS = (DISTRICT, ELSEWHERE, sample.DISTRICT)
COUNT = "SELECT count(*) FROM {}"


@pytest.fixture(scope="module")
def store(cluster: Cluster, postgres_template: str, key_file: Path) -> Iterator[Store]:
    """Three districts, two of which have an incident."""
    opened = open_store(cluster.create_from(postgres_template), key_file)
    district = a_district(opened)
    with opened.write() as tx:
        sample.seed(tx, clock.now(), hashing=HASHING)
        sample_record.fill(tx, opened.keys, clock.now())
    with TestClient(build_app(opened, WEB), base_url=WEB.public_url) as client:
        for number, (person, school) in enumerate(((COUNSELOR, SCHOOL), (STRANGER, SchoolId("s-9")))):
            api = acting(client, district.token(person))
            incident, seen = api.opened(key=f"key-0000000{number}", school=school, place="Room 112")
            api.order(incident, "add-note", seen, words="said in the hall")
    yield opened
    opened.close()


@contextmanager
def asked(url: str) -> Iterator[Connection]:
    """One transaction as whoever the address names."""
    engine = postgres.migrating(url)
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def walled(tx: Connection) -> list[str]:
    names = tx.execute(text("SELECT tablename FROM pg_policies WHERE policyname = 'desk' ORDER BY 1"))
    return [str(name) for name in names.scalars()]


def counted(store: Store, tables: list[str]) -> dict[str, int]:
    with store.read() as tx:
        return {name: tx.execute(text(COUNT.format(name))).scalar_one() for name in tables}


def test_every_table_has_its_wall_or_a_written_reason_pr_51(store: Store) -> None:
    forced = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity ORDER BY 1"
    every = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with store.read() as tx:
        tables = list(tx.execute(text(every)).scalars())
        stands = walled(tx)

        assert list(tx.execute(text(forced)).scalars()) == stands
        assert sorted([*stands, *walls.OPEN]) == tables
        assert walls.unlisted(tx) == []


def test_every_view_asks_for_the_rights_of_its_reader_pr_51(store: Store) -> None:
    views = "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('v', 'm')"
    careless = f"{views} AND nspname = 'public' AND NOT coalesce(reloptions::text, '') LIKE '%security_invoker=true%'"

    with store.read() as tx:
        assert tx.execute(text(careless)).all() == []


def test_neither_the_program_nor_a_desk_owns_or_bypasses_anything_pr_51(store: Store) -> None:
    rights = "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname IN ('crisis_app', 'crisis_desk')"
    owned = "SELECT count(*) FROM pg_tables WHERE tableowner IN ('crisis_app', 'crisis_desk')"

    with store.read() as tx:
        assert tx.execute(text(rights)).all() == [(False, False, False)] * 2
        assert tx.execute(text(owned)).scalar_one() == 0
    assert store.weakness() is None


def test_a_desk_sees_its_district_and_all_districts_together_are_everything_pr_51(store: Store) -> None:
    with store.read() as tx:
        tables = walled(tx)

    whole = counted(store, tables)
    by_district = [counted(store.of(district), tables) for district in DISTRICTS]

    filled = [name for name in tables if whole[name]]
    assert {"student", "person", "phone", "incident", "event", "words", "seal", "restriction", "instruction"} <= set(
        filled
    )
    assert len(filled) > 25
    shared = {"protocol_in_force", "audit"}  # `*` is every district's; what the system did is no district's
    sums = {name: sum(each[name] for each in by_district) for name in tables}
    assert {name: sums[name] for name in tables if name not in shared} == {
        name: whole[name] for name in tables if name not in shared
    }


def test_whoever_did_not_say_for_which_district_sees_nothing_pr_51(store: Store, cluster: Cluster) -> None:
    """Nothing said, or an empty word: what a pooled connection has after a transaction that said it."""
    address = make_url(store.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, options=f"-c role={walls.DESK}") as link:
        tables = [name for (name,) in link.execute("SELECT tablename FROM pg_policies WHERE policyname = 'desk'")]

        def seen() -> int:
            return sum(link.execute(COUNT.format(name).encode()).fetchone()[0] for name in tables)  # type: ignore[index]

        silent = seen()
        link.execute("SELECT set_config('crisis.district', '', true)")
        empty = seen()
        link.execute("SELECT set_config('crisis.district', 'd-1', true)")
        said = seen()
        link.commit()
        after = link.execute("SELECT current_setting('crisis.district', true)").fetchone()

        assert (silent, empty, after, seen()) == (shared(link), shared(link), ("",), shared(link))
        assert said > 20


def shared(link: psycopg.Connection[tuple[int]]) -> int:
    """What is in force in every district."""
    found = link.execute("SELECT count(*) FROM protocol_in_force WHERE district = '*'").fetchone()
    assert found is not None
    return found[0]


def test_a_query_that_forgot_to_ask_shows_and_changes_nothing_of_another_district_pr_51(store: Store) -> None:
    here, there = store.of(DISTRICT), store.of(ELSEWHERE)
    with there.read() as tx:
        theirs = tx.execute(text("SELECT id, family FROM student ORDER BY id")).all()

    with here.write() as tx:
        changed = tx.execute(text("UPDATE student SET family = 'gone' WHERE id = 'st-9'")).rowcount
        taken = tx.execute(text("DELETE FROM post WHERE district = 'd-2'")).rowcount
    with pytest.raises(ProgrammingError, match="row-level security"), here.write() as tx:
        tx.execute(text("INSERT INTO district_holiday (district, day) VALUES ('d-2', '2026-12-01')"))
    with pytest.raises(ProgrammingError, match="row-level security"), here.write() as tx:
        tx.execute(text("UPDATE student SET district = 'd-2' WHERE id = 'st-1'"))

    with here.read() as tx:
        assert tx.execute(text("SELECT DISTINCT district FROM student")).all() == [(DISTRICT,)]
    with there.read() as tx:
        assert (changed, taken, tx.execute(text("SELECT id, family FROM student ORDER BY id")).all()) == (0, 0, theirs)


@pytest.mark.parametrize("table", ["inbox", "alembic_version"])
def test_what_no_desk_needs_no_desk_reads_pr_51(store: Store, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), store.of(DISTRICT).read() as tx:
        tx.execute(text(COUNT.format(table)))


def test_of_the_chain_a_desk_reads_what_its_own_people_did_pr_51(store: Store) -> None:
    for person in ("p-counselor", "p-stranger"):
        with store.write() as tx:
            audit.record(tx, at=clock.now(), actor=PersonId(person), action="incident viewed", subject="i-1")

    with store.of(DISTRICT).read() as tx:
        assert audit.looked(tx, "i-1", PersonId("p-counselor"), clock.now() - timedelta(hours=1))
        assert tx.execute(text("SELECT count(*) FROM audit WHERE actor = 'p-stranger' OR actor IS NULL")).scalar() == 0


def test_wrong_codes_are_counted_at_a_desk_too(store: Store) -> None:
    """Who sets up a second factor, or is asked again who it is, works at a desk."""
    with store.of(DISTRICT).write() as tx:
        assert budgets.spend(tx, "code|p-counselor", clock.now(), second_factor.WRONG) is None


def test_a_desk_cannot_rewrite_what_happened(store: Store) -> None:
    for change in ("UPDATE event SET name = 'x'", "DELETE FROM event", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(ProgrammingError, match="permission denied"), store.of(DISTRICT).write() as tx:
            tx.execute(text(change))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30))
def test_whatever_a_district_is_called_it_is_a_value_and_no_statement(store: Store, name: str) -> None:
    with store.of(DistrictId(name)).read() as tx:
        assert tx.execute(text("SELECT current_setting('crisis.district')")).scalar_one() == name


def test_to_say_whose_it_is_costs_no_message_more(store: Store) -> None:
    """A transaction of a desk sends the server as many messages as one of the worker's."""
    for each in (store, store.of(DISTRICT)):
        with each.read() as tx:
            tx.execute(text("SELECT 1"))

    assert sent_by(store.of(DISTRICT)) == sent_by(store)


def sent_by(store: Store) -> int:
    """How often a transaction with one question speaks to the server."""
    with tempfile.TemporaryFile("w+") as trace:
        with store._reader.connect() as tx:
            link = tx.connection.driver_connection
            assert link is not None
            link.pgconn.trace(trace.fileno())
            with tx.begin():
                tx.execute(text("SELECT 1"))
            link.pgconn.untrace()
        trace.seek(0)
        return sum("\tF\t" in line and line.split("\t")[3].strip() in ("Query", "Sync") for line in trace)


def test_an_owner_is_warned_about_and_its_desks_are_walled_all_the_same_pr_51(store: Store, key_file: Path) -> None:
    """An installation whose program connects as the owner, as before: what it does for people is walled at once."""
    with closing(open_store(as_owner(store.url), key_file)) as owner:
        assert "give it one of its own" in (owner.weakness() or "")
        with owner.of(ELSEWHERE).read() as tx:
            assert tx.execute(text("SELECT current_user, count(*) FROM student")).one() == (walls.DESK, 1)


def test_where_the_wall_is_not_up_it_is_said_and_paging_goes_on_pr_51(store: Store, key_file: Path) -> None:
    """The role may not make roles, and nobody has: the migration says who has to."""
    outsider = store.url.replace(f"//{PROGRAM}@", "//outsider@")
    with asked(as_owner(store.url)) as tx:
        tx.execute(text("CREATE ROLE outsider LOGIN"))
        tx.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO outsider"))

    with closing(open_store(outsider, key_file)) as opened:
        assert opened.weakness() == "the second wall between districts is not up; run: crisis migrate"
        assert opened.of(DISTRICT) is opened
    with asked(outsider) as tx:
        found = walls.build(tx, "postgresql://somebody-new:secret@/x")
    assert found == "The second wall is not up: a role that may make roles has to make somebody-new"


def test_a_migration_makes_the_role_of_the_program_and_shows_its_password_to_nobody(
    cluster: Cluster, key_file: Path
) -> None:
    url = cluster.create("crisis_walls")
    program = make_url(url).set(username="crisis_made", password="a word that is secret").render_as_string(False)

    schema.upgrade_postgres(url, program)
    schema.upgrade_postgres(url, program)  # again, as at each upgrade

    with closing(open_store(program, key_file)) as opened, opened.of(DISTRICT).read() as tx:
        assert opened.weakness() is None
        assert tx.execute(text(COUNT.format("student"))).scalar_one() == 0
    with asked(url) as tx:
        kept = tx.execute(text("SELECT rolpassword FROM pg_authid WHERE rolname = 'crisis_made'")).scalar_one()
        assert kept.startswith("SCRAM-SHA-256$")
        tx.execute(text("DROP OWNED BY crisis_made"))
        tx.execute(text("DROP ROLE crisis_made"))
    cluster.drop(url)


def test_signing_in_works_across_districts_and_each_desk_is_walled_pr_51(store: Store) -> None:
    with store.write() as tx:
        accounts.create_account(tx, STRANGER, "far.away", PASSPHRASE, at=clock.now(), hashing=HASHING)
    with TestClient(build_app(store, WEB), base_url=WEB.public_url, follow_redirects=False) as client:
        client.post("/login", data={"username": "far.away", "password": PASSPHRASE})

        assert client.get("/board", headers={"accept": "text/html"}).status_code == 200
