"""A session that runs out while somebody types loses nothing: the form is kept, and comes back after signing in."""

from starlette.datastructures import FormData
from starlette.requests import Request

from crisis import clock
from crisis.store import kept_forms
from crisis.store.engine import Store
from crisis.store.kept_forms import KeptForm
from crisis.vocabulary import PersonId

KEPT = "/kept"
CARRY, CARRIED = ("/again", "/lock"), "kept."  # what these two carry was typed into another form
NEVER = frozenset({"csrf", "key", "seen", "queued_at", "password", "code", "pin", "again", "answer"})


def keep(request: Request, store: Store, session: str, person: PersonId) -> None:
    """What somebody has just sent by a form of this session, whose token has been looked at; words of their own only.

    What proves who somebody is, is never kept.
    """
    form = sent(request.url.path, getattr(request.state, "sent", None))
    if form is not None:
        with store.write() as tx:
            kept_forms.keep(tx, store.keys, session, person, form, at=clock.now())


def sent(path: str, posted: FormData | None) -> KeptForm | None:
    """None where nothing in it was written: whoever only pressed a button presses it again."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in posted.multi_items() if posted is not None else ():
        if isinstance(value, str) and value.strip():
            fields[name] = (*fields.get(name, ()), value.strip())
    if path in CARRY:
        path = fields.get("to", ("",))[-1]
        fields = {name.removeprefix(CARRIED): each for name, each in fields.items() if name.startswith(CARRIED)}
    fields = {name: each for name, each in fields.items() if name not in NEVER}
    written = any(" " in value for values in fields.values() for value in values)
    return KeptForm(path, fields) if written and path.startswith("/") else None


def after_signing_in(store: Store, before: str | None, session: str, person: PersonId) -> str:
    """Where somebody goes who has just signed in: to what they had typed here, or to the board."""
    if before is None:
        return "/board"
    with store.read() as tx:
        waits = kept_forms.waits(tx, before, clock.now())
    if not waits:
        return "/board"
    with store.write() as tx:
        return KEPT if kept_forms.move(tx, before, session, person, clock.now()) else "/board"
