"""What Twilio says of texts and calls that it was given: one by its SID, or all to a telephone, the newest first."""

from collections.abc import Mapping
from urllib.parse import quote

import httpx2

from crisis.notify.provider import PAGE, got, moment
from crisis.notify.standing import Found
from crisis.vocabulary import Channel

KINDS = {Channel.TEXT: "Messages", Channel.VOICE: "Calls"}
OURS = "outbound-api"


def address(account: str, channel: Channel, sid: str) -> str:
    return f"/2010-04-01/Accounts/{account}/{KINDS[channel]}/{quote(sid, safe='')}.json"


def one(client: httpx2.Client, account: str, channel: Channel, sid: str, total: float) -> Found | None:
    said = got(client, address(account, channel, sid), total)
    return None if said is None else _found(said)


def all_to(
    client: httpx2.Client, account: str, channel: Channel, to: str, *, senders: tuple[str, ...], total: float
) -> list[Found] | None:
    """None where it does not say. Not by `DateSent`: what waits in its queue has none yet."""
    path = f"/2010-04-01/Accounts/{account}/{KINDS[channel]}.json"
    said = got(client, path, total, params={"To": to, "PageSize": str(PAGE)})
    listed = None if said is None else said.get(KINDS[channel].lower())
    if not isinstance(listed, list):
        return None
    mine = [each for each in listed if isinstance(each, dict) and each.get("direction") == OURS]
    found = [_found(each) for each in mine if each.get("from") in senders]
    return [each for each in found if each is not None]


def _found(said: Mapping[str, object]) -> Found | None:
    sid, status = said.get("sid"), said.get("status")
    if not isinstance(sid, str) or not isinstance(status, str):
        return None
    body, who = said.get("body"), said.get("answered_by")
    return Found(
        sid=sid,
        sender=str(said.get("from")),
        status=who if isinstance(who, str) and who and status == "completed" else status,
        made_at=moment(said.get("date_created")),
        body=body if isinstance(body, str) else "",
        code=str(said.get("error_code") or ""),
    )
