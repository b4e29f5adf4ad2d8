"""What a console says by its socket: on which incident it is, and at which step's form. Nothing of what is typed."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from crisis.vocabulary import IncidentId, PersonId, StepId
from web.deps import ID
from web.presence import Place

Code = Annotated[str, StringConstraints(pattern=ID)]


class Whereabouts(BaseModel):
    """`here` None: away. `step`: whose form is open."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    here: Code | None
    step: Code | None = None


def place_of(text: str, person: PersonId | None) -> Place | None:
    """None for whoever is nowhere. Raises `ValueError` for what no console of ours says."""
    try:
        said = Whereabouts.model_validate_json(text)
    except ValidationError as error:
        raise ValueError("not the words of a console") from error
    if said.here is None or person is None:
        return None
    return Place(IncidentId(said.here), person, StepId(said.step) if said.step else None)
