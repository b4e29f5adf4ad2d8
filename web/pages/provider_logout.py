"""A sign-in provider tells us that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0).

It comes from a server, with no cookie and no browser: what counts is what the provider has signed. It ends sessions,
and opens nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crisis import clock
from crisis.identity.provider import ProviderDown
from crisis.identity_settings import PROVIDER_ID
from crisis.policy.identity import TokenRefused
from crisis.store import identities
from web.addresses import Kind
from web.deps import Anyone, store_of
from web.known_browsers import count_failure, must_be_free
from web.pages.providers import door, provider_named

router = APIRouter(include_in_schema=False)


@router.post("/login/with/{name}/logout", dependencies=[Anyone], response_model=None)
def signed_out_there(
    request: Request,
    name: Annotated[str, Path(pattern=PROVIDER_ID)],
    logout_token: Annotated[str, Form(max_length=16 * 1024)],
) -> Response:
    """The same answer whether there was anything to end: who is signed in here is nothing to tell."""
    must_be_free(request, Kind.LOGOUT)
    provider, at = provider_named(request, name), clock.now()
    try:
        said = provider.signed_out(logout_token, at)
        with store_of(request).write() as tx:
            identities.sign_out(tx, door(provider), said, at)
    except ProviderDown:
        return JSONResponse({"error": "temporarily_unavailable"}, status_code=503, headers={"Retry-After": "60"})
    except TokenRefused as refused:
        count_failure(request, Kind.LOGOUT)
        with store_of(request).write() as tx:
            identities.refused(tx, door(provider), refused.fault, at)
        return JSONResponse({"error": "invalid_request"}, status_code=400)
    return Response(status_code=200)
