"""To a PostgreSQL that is elsewhere the way is encrypted and the server proved, or the program does not start."""

import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr, ValidationError

from crisis import cli
from crisis.database_address import plain_to
from crisis.settings import Settings
from crisis.store import postgres
from tests.cluster import Cluster, binaries
from tests.notify.certificates import a_certificate

VERIFIED = "sslmode=verify-full&sslrootcert=/ca.pem"
AT_HOME = (
    "sqlite:///var/crisis.db",
    "postgresql://u:p@localhost/d",
    "postgresql://u:p@127.0.0.1:5433/d",
    "postgresql+psycopg://u:p@[::1]/d",
    "postgresql:///d",
    "postgresql://u@/d?host=/var/run/postgresql",
    "postgresql://u@%2Fvar%2Frun%2Fpostgresql/d",
    "postgresql://u@/d?host=@crisis",
    f"postgresql://u:p@db.example.org/d?{VERIFIED}",
    "postgresql://u:p@db.example.org/d?sslmode=verify-ca",
)
ELSEWHERE = {
    "postgresql://u:p@db.example.org/d": "db.example.org",
    "postgres://u:p@db.example.org:5432/d?sslmode=prefer": "db.example.org",
    "postgresql://u:p@db.example.org/d?sslmode=require": "db.example.org",  # encrypted, to whoever answers
    "postgresql://u:p@db.example.org/d?sslmode=verify-full&sslmode=disable": "db.example.org",
    "postgresql://u:p@database/crisis": "database",
    "postgresql://u:p@10.0.0.7/d": "10.0.0.7",
    "postgresql://u:p@[2001:db8::7]:5432/d": "2001:db8::7",
    "postgresql://u@/d?host=/run,db.example.org": "db.example.org",
    "postgresql://u@/d?host=db.example.org:5433": "db.example.org",
    "postgresql://u:p@localhost,db.example.org/d": "db.example.org",
    "postgresql://u:p@localhost/d?hostaddr=10.0.0.7": "10.0.0.7",
    "postgresql://u:p@localhost.example.org/d": "localhost.example.org",
    "postgresql:///d?service=crisis": "the server of a service file",
}


@pytest.mark.parametrize("address", AT_HOME)
def test_on_this_machine_or_proved_it_is_taken(address: str) -> None:
    assert plain_to(address, {}) is None


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_way_that_others_could_read_or_answer_on_is_none(address: str) -> None:
    assert plain_to(address, {}) == ELSEWHERE[address]


def test_what_libpq_takes_from_its_environment_counts_too() -> None:
    nowhere, mode = {"PGHOST": "db.example.org"}, {"PGSSLMODE": "verify-full"}

    assert plain_to("postgresql:///d", nowhere) == "db.example.org"
    assert plain_to("postgresql:///d", nowhere | mode) is None
    assert plain_to("postgresql:///d?sslmode=disable", nowhere | mode) == "db.example.org"
    assert plain_to("postgresql://u@localhost/d", {"PGSERVICE": "crisis"}) == "the server of a service file"


def test_the_start_is_refused_in_words_that_help_and_with_no_password_in_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRISIS_DATABASE_URL", "postgresql://crisis:sesame@db.example.org/crisis")
    monkeypatch.setattr(sys, "argv", ["crisis", "serve"])

    with pytest.raises(SystemExit) as end:
        cli.main()

    printed = capsys.readouterr()
    said = " ".join((printed.out + printed.err).split())
    assert end.value.code == 1
    assert "PostgreSQL at db.example.org" in said
    assert "sslmode=verify-full" in said
    assert "CRISIS_DATABASE_NETWORK_PROTECTED=true" in said
    assert "sesame" not in said


def test_the_owners_address_is_looked_at_as_well_and_a_network_may_protect_itself() -> None:
    here, there = "postgresql://u@localhost/d", "postgresql://u:p@database/d"

    with pytest.raises(ValidationError, match="owner_url"):
        Settings(database_url=here, owner_url=SecretStr(there))
    assert Settings(database_url=there, owner_url=SecretStr(there), database_network_protected=True)


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL that is reached by TLS alone, and knows its program by a certificate. The end of its address."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("tls")
    server, program = a_certificate(folder), a_certificate(folder, "crisis")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Cluster().running() as cluster:
        owner = cluster.data.stat()
        for name, source in (("server.pem", server.file), ("program.pem", program.file)):
            shutil.copy(source, cluster.data / name)
            shutil.chown(cluster.data / name, owner.st_uid, owner.st_gid)
        (cluster.data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 cert\n")
        with (cluster.data / "postgresql.conf").open("a") as written:
            written.write(
                f"ssl = on\nport = {port}\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.pem'\n"
                "ssl_ca_file = 'program.pem'\n"
            )
        cluster.stop()
        cluster.start(listen="127.0.0.1")
        yield f"crisis@127.0.0.1:{port}/postgres?sslmode=verify-full&sslrootcert={server.file}|{program.file}"


@pytest.mark.postgres
def test_the_program_is_known_by_its_certificate_and_the_server_by_its_own(over_tls: str, tmp_path: Path) -> None:
    """ASVS 12.3.1, 12.3.2, 13.2.1: as `docs/operations.md` says to set it up; there is no password."""
    address, _, program = over_tls.partition("|")
    mine = f"&sslcert={program}&sslkey={program}"
    made = postgres.engine(f"postgresql://{address}{mine}")
    with made.connect() as tx:
        encrypted = tx.exec_driver_sql("SELECT ssl, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()").one()
    postgres.close(made)
    strangers = a_certificate(tmp_path, "crisis").file
    refused = [address, f"{address}&sslcert={strangers}&sslkey={strangers}", address.partition("sslroot")[0] + mine[1:]]

    assert tuple(encrypted) == (True, "/CN=crisis")
    for each in refused:
        with pytest.raises(psycopg.OperationalError), closing(psycopg.connect(f"postgresql://{each}")):
            pass
