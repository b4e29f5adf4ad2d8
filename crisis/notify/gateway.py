"""The way out: which providers an installation has, for what is real and for what is practised."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import SecretStr

from crisis.notify.calling_back import CallBack
from crisis.notify.line import Line, Way
from crisis.notify.pace import Pace
from crisis.notify.provider import Patience, Provider, a_client
from crisis.notify.telnyx import Telnyx
from crisis.notify.twilio import Twilio
from crisis.settings import Settings
from crisis.vocabulary import Mode


class NoGateway(Exception):
    """The address may not be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A drill has accounts and numbers of its own: what it sends can never be taken for the real thing (I-22).

    None: no such line is configured, and its pages show on the console alone.
    """

    live: Line | None
    drill: Line | None
    canaries: Mapping[str, str] = field(default_factory=dict)  # a machine number of ours for each provider

    def of(self, mode: Mode) -> Line | None:
        return self.live if mode is Mode.LIVE else self.drill

    def holder(self, account: str) -> Provider | None:
        lines = (line for line in (self.live, self.drill) if line is not None)
        return next((found for line in lines if (found := line.holder(account)) is not None), None)

    def answer(self, sender: str, to: str, body: str, reference: str) -> None:
        """To somebody who wrote to one of our numbers, from that number."""
        for line in (self.live, self.drill):
            if line is not None:
                line.answer(sender, to, body, reference)

    def say(self, account: str, call: str, twiml: str) -> None:
        for line in (self.live, self.drill):
            if line is not None:
                line.say(account, call, twiml)

    def call_back(self, owed: CallBack, reference: str) -> None:
        line = self.of(owed.mode)
        if line is not None:
            line.call(owed.phone, owed.menu(line.address), reference, urgency=owed.urgency)

    def close(self) -> None:
        for line in (self.live, self.drill):
            if line is not None:
                line.close()


def lines(settings: Settings, patience: Patience | None = None) -> Lines:
    """Raises `NoGateway` for an address that is neither https nor on this machine."""
    for name, url in (("provider_url", settings.provider_url), ("second_url", settings.second_url)):
        if url is not None and not _safe(url):
            raise NoGateway(f"{name} must be https, except for the stand-in on this machine")
    kept = patience or Patience()
    live = _first(settings, kept, "provider", settings.provider_spare)
    drill = _first(settings, kept, "drill")
    machines = {"twilio": settings.provider_canary, "telnyx": settings.second_canary}
    return Lines(
        _line(settings, kept, live, _second(settings, kept, "second", settings.second_spare), settings.second_secret),
        _line(settings, kept, drill, _second(settings, kept, "drill_second"), settings.drill_second_secret),
        {provider: number for provider, number in machines.items() if number},
    )


def _line(
    settings: Settings, patience: Patience, first: Way | None, second: Way | None, seal: SecretStr
) -> Line | None:
    ways = tuple(way for way in (first, second) if way is not None)
    if not ways:
        return None
    return Line(
        ways,
        settings.public_url,
        seal.get_secret_value() if second else "",
        patience,
        Pace(patience.segment),
        fallback=settings.call_fallback_url,
        links=settings.page_links,
    )


def _first(settings: Settings, patience: Patience, which: str, spare: str = "") -> Way | None:
    account: str = getattr(settings, f"{which}_account")
    if not account or settings.provider_url is None:
        return None
    secret: SecretStr = getattr(settings, f"{which}_secret")
    client = a_client(settings.provider_url, patience, (account, secret.get_secret_value()))
    return Way(Twilio(client, account, getattr(settings, f"{which}_from"), patience.total, spare))


def _second(settings: Settings, patience: Patience, which: str, spare: str = "") -> Way | None:
    account: str = getattr(settings, f"{which}_account")
    if not account or settings.second_url is None:
        return None
    return Way(
        Telnyx(
            client=a_client(settings.second_url, patience),
            secret=getattr(settings, f"{which}_secret").get_secret_value(),
            account=account,
            application=getattr(settings, f"{which}_application"),
            sender=getattr(settings, f"{which}_from"),
            total=patience.total,
            spare=spare,
        )
    )


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or _on_this_machine(parts.hostname or "")


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
