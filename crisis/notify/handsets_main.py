"""The stand-in as a process: `python -m crisis.notify.handsets_main [CONFIG]`; the file is private to its owner.

Without a file it stands in for the provider of the settings, and keeps its ledger in `var/handsets`.
"""

import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from crisis.errors import Reason, Refused
from crisis.notify.handsets import Exchange, Owner
from crisis.notify.handsets_app import serve_handsets
from crisis.notify.handsets_calling import Account, stand_in_key
from crisis.notify.ledger import Ledger
from crisis.settings import THIS_MACHINE, Settings

LEDGER, OWNERS = "ledger.jsonl", "owners.json"
FOLDER = Path("var/handsets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the stand-in is started with; `owners.json` in `folder` says whose telephone is whose."""

    folder: Path
    port: int
    accounts: tuple[Account, ...]
    target: str
    public_url: str
    machines: tuple[str, ...] = ()
    calls_last: float = 0.0  # seconds

    def text(self) -> str:
        return json.dumps({**asdict(self), "folder": str(self.folder)})


def config_of(settings: Settings, folder: Path) -> Config:
    """Stands in for the providers that the settings name, with the same accounts."""
    secrets = (settings.provider_secret.get_secret_value(), settings.drill_secret.get_secret_value())
    live = Account(
        sid=settings.provider_account,
        secret=secrets[0],
        number=settings.provider_from,
        spare=settings.provider_spare,
    )
    drill = Account(sid=settings.drill_account, secret=secrets[1], number=settings.drill_from)
    seconds = (
        _second(settings, "second", settings.second_spare),
        _second(settings, "drill_second", ""),
    )
    return Config(
        folder=folder,
        port=urlsplit(settings.provider_url or "").port or 8001,
        accounts=tuple(each for each in (live, drill, *seconds) if each.sid),
        target=f"http://127.0.0.1:{settings.port}",
        public_url=settings.public_url,
        machines=tuple(each for each in (settings.provider_canary, settings.second_canary) if each),
    )


def _second(settings: Settings, which: str, spare: str) -> Account:
    secret: SecretStr = getattr(settings, f"{which}_secret")
    plain = secret.get_secret_value()
    return Account(
        sid=getattr(settings, f"{which}_account"),
        secret=plain,
        number=getattr(settings, f"{which}_from"),
        application=getattr(settings, f"{which}_application"),
        private_key=stand_in_key(plain),
        spare=spare,
    )


def config_from(text: str) -> Config:
    read = json.loads(text)
    accounts = tuple(Account(**each) for each in read.pop("accounts"))
    machines = tuple(read.pop("machines", ()))
    return Config(**{**read, "folder": Path(read["folder"]), "accounts": accounts, "machines": machines})


def exchange_from(config: Config) -> Exchange:
    """A network whose ledger and owners lie in a folder."""
    owners = config.folder / OWNERS
    named = json.loads(owners.read_text(encoding="utf-8")) if owners.exists() else {}
    return Exchange(
        ledger=Ledger(config.folder / LEDGER).load(),
        accounts=config.accounts,
        target=config.target,
        public_url=config.public_url,
        machines=frozenset(config.machines),
        owners={phone: Owner(**owner) for phone, owner in named.items()},
        calls_last=config.calls_last,
    )


def _end_with_parent() -> None:
    """Whoever started this holds the other end of its input: when they are gone, however they went, this ends too."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def must_stand_in(settings: Settings) -> None:
    """Raises `Refused` where the settings name a real provider: it holds the same secrets, and could answer a page."""
    for name in ("provider_url", "second_url"):
        host = urlsplit(getattr(settings, name) or "").hostname
        if host is not None and host not in THIS_MACHINE:
            text = (
                f"CRISIS_{name.upper()} is {host}: these settings are of a real installation. The stand-in takes the "
                "place of providers at 127.0.0.1 alone; give it settings of its own"
            )
            raise Refused(Reason("HANDSETS", text))


def serve_stand_in() -> None:
    """Until the process is ended."""
    settings = Settings()
    must_stand_in(settings)
    config = config_of(settings, FOLDER)
    FOLDER.mkdir(parents=True, exist_ok=True)
    serve_handsets(exchange_from(config), config.port)


def main() -> None:
    if len(sys.argv) < 2:
        serve_stand_in()
        return
    config = config_from(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if "--with-parent" in sys.argv[2:]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    serve_handsets(exchange_from(config), config.port)


if __name__ == "__main__":
    main()
