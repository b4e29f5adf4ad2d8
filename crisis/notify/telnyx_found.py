"""What Telnyx says of texts and calls that it was given. Its records of texts show the address that is called back."""

from collections.abc import Mapping
from urllib.parse import quote

import httpx2

from crisis.notify.provider import PAGE, got, moment
from crisis.notify.standing import Found
from crisis.notify.telnyx_events import STATUS
from crisis.vocabulary import Channel


def one(client: httpx2.Client, secret: str, account: str, channel: Channel, sid: str, *, total: float) -> Found | None:
    if channel is Channel.VOICE:
        said = got(client, f"/v2/texml/Accounts/{account}/Calls/{quote(sid, safe='')}", total, headers=_key(secret))
        return None if said is None else _call(said)
    said = got(client, f"/v2/messages/{quote(sid, safe='')}", total, headers=_key(secret))
    data = None if said is None else said.get("data")
    return _message(data) if isinstance(data, dict) else None


def all_to(
    client: httpx2.Client, secret: str, account: str, channel: Channel, to: str, *, total: float
) -> list[Found] | None:
    """None where it does not say."""
    if channel is Channel.VOICE:
        params = {"To": to, "PageSize": str(PAGE)}
        said = got(client, f"/v2/texml/Accounts/{account}/Calls", total, params=params, headers=_key(secret))
        listed, read = (None if said is None else said.get("calls")), _call
    else:
        params = {
            "filter[record_type]": "messaging",
            "filter[direction]": "outbound",
            "filter[cld]": to,
            "sort": "-created_at",
            "page[size]": str(PAGE),
        }
        said = got(client, "/v2/detail_records", total, params=params, headers=_key(secret))
        listed, read = (None if said is None else said.get("data")), _record
    if not isinstance(listed, list):
        return None
    found = [read(each) for each in listed if isinstance(each, dict)]
    return [each for each in found if each is not None]


def _key(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _call(said: Mapping[str, object]) -> Found | None:
    sid, status, who = said.get("sid"), said.get("status"), said.get("answered_by")
    if not isinstance(sid, str) or not isinstance(status, str):
        return None
    status = who if isinstance(who, str) and who and status == "completed" else status
    return Found(sid=sid, sender=_text(said, "from"), status=status, made_at=moment(said.get("date_created")))


def _message(said: Mapping[str, object]) -> Found | None:
    to = said.get("to")
    first = to[0] if isinstance(to, list) and to and isinstance(to[0], dict) else {}
    sender = said.get("from")
    return _text_of(
        _text(said, "id"),
        _text(sender, "phone_number") if isinstance(sender, dict) else "",
        _text(first, "status"),
        said,
        callback=_text(said, "webhook_url"),
    )


def _record(said: Mapping[str, object]) -> Found | None:
    sid = _text(said, "uuid") or _text(said, "id")
    return _text_of(
        sid, _text(said, "cli"), _text(said, "status"), said, callback=_text(said, "delivery_status_webhook_url")
    )


def _text_of(sid: str, sender: str, status: str, said: Mapping[str, object], *, callback: str) -> Found | None:
    if not sid or status.lower() not in STATUS:
        return None
    errors = said.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    code = _text(first, "code") if isinstance(first, dict) else str(first or "")
    made_at = moment(said.get("created_at") or said.get("received_at"))
    return Found(sid=sid, sender=sender, status=STATUS[status.lower()], made_at=made_at, callback=callback, code=code)


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
