"""`crisis demo`: the whole thing on this machine, with a sample district and everybody's telephones on a page."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console
from rich.table import Table

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.notify.handsets import Owner
from crisis.notify.handsets_calling import stand_in_public_key
from crisis.notify.handsets_main import OWNERS, config_of
from crisis.notify.worker import run_worker
from crisis.protocols import loader
from crisis.sentinel.watching import on_watch
from crisis.settings import Settings
from crisis.store import people, protocols, sample, sample_record, sample_texts, telephones
from crisis.store.engine import Store, open_store
from crisis.store.sample import SignIn
from crisis.store.sealed import KeyRing

HOST = "127.0.0.1"
OFFICE = "+16175550142"
SENDER, DRILL_SENDER = "+16175550190", "+16175550191"
SECOND_SENDER, SECOND_DRILL_SENDER = "+16175550192", "+16175550193"
CANARY, SECOND_CANARY = "+16175550198", "+16175550199"
JURISDICTION = "US-MA"
CALLS_LAST = 60.0  # seconds: whoever has picked up hears what becomes of the page meanwhile
SIGN_INS, CONFIG = "sign-ins.json", "config.json"
DATABASE, KEYS = "crisis.db", "keys.json"

out = Console()

Serve = Callable[[Store, Settings, str, int], None]


def run_demo(serve: Serve, *, port: int = 8000, data: Path | None = None, quick: bool = False) -> None:
    """Until Ctrl-C. Without `data` everything is forgotten at the end; `quick` makes the ladder wait for seconds."""
    with suppress(KeyboardInterrupt), _folder(data) as folder:
        must_be_the_demos(folder)
        settings = _settings(folder, _free(port), _free(port + 1))
        out.print("Making a sample district …")
        store, sign_ins = _district(folder, settings, quick)
        with closing(store), _handsets(folder, settings), _worker(store, settings), on_watch(store, settings):
            _print(settings, sign_ins)
            serve(store, settings, HOST, settings.port)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="crisis-demo-") as made:
        yield Path(made)


def must_be_the_demos(folder: Path) -> None:
    """Raises `Refused` where a database or a key file lies that the demo did not make: a district may work with it."""
    there = [name for name in (DATABASE, KEYS) if (folder / name).exists()]
    if there and not (folder / SIGN_INS).exists():
        text = f"In {folder} lies {there[0]}, and the demo did not make it; give it a folder of its own"
        raise Refused(Reason("DEMO", text))


def _must_be_made_up(store: Store) -> None:
    with store.read() as tx:
        others = [each for each in people.districts(tx) if each != sample.DISTRICT]
    if others:
        raise Refused(Reason("DEMO", "This database has a district that the demo did not make; it is left alone"))


class DemoSettings(Settings):
    """What stands in the environment, in a file `.env` or in secret files is a real installation's."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def _free(wanted: int) -> int:
    """The port, or any free one when somebody else has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on this machine")


def _settings(folder: Path, port: int, handsets: int) -> Settings:
    keys = [secrets.token_hex(16) for _account in range(2)]
    return DemoSettings(
        database_url=f"sqlite:///{folder / DATABASE}",
        key_file=folder / KEYS,
        public_url=f"http://{HOST}:{port}",
        host=HOST,
        port=port,
        provider_url=f"http://{HOST}:{handsets}",
        provider_account="AC" + secrets.token_hex(16),
        provider_secret=SecretStr(secrets.token_hex(16)),
        provider_from=SENDER,
        provider_canary=CANARY,
        drill_account="AC" + secrets.token_hex(16),
        drill_secret=SecretStr(secrets.token_hex(16)),
        drill_from=DRILL_SENDER,
        office_phone=OFFICE,
        second_url=f"http://{HOST}:{handsets}",
        second_account="second",
        second_secret=SecretStr(keys[0]),
        second_application="demo",
        second_from=SECOND_SENDER,
        second_canary=SECOND_CANARY,
        second_public_key=stand_in_public_key(keys[0]),
        drill_second_account="second-drill",
        drill_second_secret=SecretStr(keys[1]),
        drill_second_application="demo-drill",
        drill_second_from=SECOND_DRILL_SENDER,
        drill_second_public_key=stand_in_public_key(keys[1]),
    )


def _district(folder: Path, settings: Settings, quick: bool) -> tuple[Store, list[SignIn]]:
    """The sample district, made once in a folder; the sign-ins of a kept one are kept beside it."""
    if not settings.key_file.exists():
        KeyRing.create(settings.key_file)
    store = open_store(settings.database_url, settings.key_file, migrate=True)
    kept = folder / SIGN_INS
    if kept.exists():
        with ExitStack() as undo:
            undo.callback(store.close)
            _must_be_made_up(store)
            undo.pop_all()
        return store, [SignIn(**each) for each in json.loads(kept.read_text(encoding="utf-8"))]
    with store.write() as tx:
        sign_ins = sample.seed(tx, clock.now(), quick)
        sample_record.fill(tx, store.keys, clock.now())
        sample_texts.publish(tx, clock.now())
        for name in loader.names():
            protocols.publish(tx, loader.protocol(name, JURISDICTION), clock.now())
        _write_private(kept, json.dumps([asdict(each) for each in sign_ins]))
    return store, sign_ins


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def _handsets(folder: Path, settings: Settings) -> Iterator[None]:
    """The telephones' own process; it ends with this one, however this one ends."""
    network = folder / "handsets"
    network.mkdir(exist_ok=True)
    _write_private(network / OWNERS, json.dumps(_owners(settings)))
    _write_private(network / CONFIG, replace(config_of(settings, network), calls_last=CALLS_LAST).text())
    command = [sys.executable, "-m", "crisis.notify.handsets_main", str(network / CONFIG), "--with-parent"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  # our own module
    try:
        yield
    finally:
        process.terminate()
        process.wait(15)
        if process.stdin is not None:
            process.stdin.close()


def _owners(settings: Settings) -> dict[str, dict[str, object]]:
    """Whose telephone is whose: the staff of the sample district, and families, who are seen once they got a text."""
    store = open_store(settings.database_url, settings.key_file, readonly=True)
    with store.read() as tx:
        staff, family = people.staff(tx, sample.DISTRICT), telephones.of_families(tx, sample.DISTRICT)
    store.close()
    machine = Owner(name="A machine", post="gets test texts, and answers each")
    of_family = {
        number: Owner(name=" / ".join(names), post="of a family", quiet=True) for number, names in family.items()
    }
    of_staff = {
        member.phones[0]: Owner(name=member.name, post=", ".join(post.value.replace("_", " ") for post in member.posts))
        for member in staff
        if member.phones
    }
    known = of_family | of_staff | dict.fromkeys((CANARY, SECOND_CANARY), machine)
    return {phone: asdict(owner) for phone, owner in known.items()}


@contextmanager
def _worker(store: Store, settings: Settings) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(store, settings, stop), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)


def _print(settings: Settings, sign_ins: list[SignIn]) -> None:
    table = Table(title="Sign in as", title_justify="left")
    for column in ("Name", "Post", "User name", "Passphrase"):
        table.add_column(column)
    for each in sign_ins:
        table.add_row(each.name, each.post, each.username, each.passphrase)
    out.print()
    out.print(f"[bold]The console[/]            {settings.public_url}")
    out.print(f"[bold]Everybody's telephones[/] {settings.provider_url}")
    out.print()
    out.print(table)
    out.print("A made-up district. Nothing leaves this machine. Stop with Ctrl-C.\n")
