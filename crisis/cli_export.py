"""`crisis incident export`: everything about one incident in a file, with why it may leave and who answers for it."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crisis import clock
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.errors import Reason, Refused
from crisis.policy.disclosure_case import Disclosure, Recipient
from crisis.settings import Settings
from crisis.store import conflicts, disclosures, export, incidents, people
from crisis.store.disclosures import DisclosureRefused
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId, LegalBasis, PersonId, StaffRole

out = Console()
OFFICER = typer.Option(help="The id of the privacy officer who releases it.")
DETAIL = typer.Option(
    help="Of the recipient: name=…, position=…, affiliation=…, person=… (an id). For a court: counsel=… (who has "
    "seen the order), document=… (SHA-256 of the order). May be given several times.",
)
ALTHOUGH = typer.Option(
    "--although-blocked",
    help="The family must not be contacted, and the privacy officer has decided that this parent gets it all the same.",
)
DETAILS = ("name", "position", "affiliation", "person", "counsel", "document")


def add_to(incident_app: typer.Typer) -> None:
    incident_app.command("export")(export_incident)


def export_incident(
    incident_id: str,
    target: Path,
    *,
    officer: Annotated[str, OFFICER],
    basis: Annotated[LegalBasis, typer.Option(help="Why it may leave.")],
    purpose: Annotated[DisclosurePurpose, typer.Option(help="What the recipient needs it for.")],
    to: Annotated[RecipientKind, typer.Option(help="Who gets it.")],
    detail: Annotated[list[str] | None, DETAIL] = None,
    although_blocked: Annotated[bool, ALTHOUGH] = False,
) -> None:
    """Everything about one incident, with all words, in a file that only you can read. It is in the ledger."""
    if target.exists():
        raise Refused(Reason("EXPORT", "There is a file of that name; it is not written over"))
    said = _details(detail or [])
    recipient = Recipient(
        kind=to,
        person=PersonId(said["person"]) if "person" in said else None,
        name=said.get("name"),
        position=said.get("position"),
        affiliation=said.get("affiliation"),
    )
    wanted = Disclosure(
        way=DisclosureWay.EXPORT,
        basis=basis,
        purpose=purpose,
        recipients=(recipient,),
        fields=frozenset({export.WHOLE}),
        decided_by=PersonId(officer),
        released_by=PersonId(officer),
        released_as=StaffRole.PRIVACY_OFFICER,
        officer=PersonId(officer),
        counsel=said.get("counsel"),
        document=said.get("document"),
        notice=True,  # it stands in the document
        although_blocked=although_blocked,
    )
    content = _released(IncidentId(incident_id), wanted)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    out.print(f"Wrote {target}. The export is in the ledger.")


def _details(given: list[str]) -> dict[str, str]:
    pairs = dict(each.partition("=")[::2] for each in given)
    if not set(pairs) <= set(DETAILS) or not all(pairs.values()):
        raise Refused(Reason("EXPORT", f"Give each detail as key=words; the keys are {', '.join(DETAILS)}"))
    return pairs


def _released(incident_id: IncidentId, wanted: Disclosure) -> bytes:
    """What was asked for and refused is in the ledger too."""
    settings, at = Settings(), clock.now()
    store = open_store(settings.database_url, settings.key_file)
    try:
        return _asked(store, incident_id, wanted)
    except DisclosureRefused as refusal:
        disclosures.log_refused(store, refusal, at=at, by=wanted.released_by)
        raise
    finally:
        store.close()


def _asked(store: Store, incident_id: IncidentId, wanted: Disclosure) -> bytes:
    assert wanted.officer is not None
    with store.write() as tx:
        if StaffRole.PRIVACY_OFFICER not in people.actor(tx, wanted.officer).posts:
            raise Refused(Reason("PR-36", "Only the privacy officer releases a whole record; give their id"))
        if wanted.officer in conflicts.people(tx, incidents.load(tx, incident_id)):
            raise Refused(Reason("PR-54", "This officer sees nothing of this incident; another one releases it"))
        return export.release(tx, store.keys, incident_id, wanted, at=clock.now())
