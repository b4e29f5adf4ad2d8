"""How a telephone provider signs what it sends: HMAC-SHA1 over the public address and the sorted form, base64."""

import base64
import hashlib
import hmac
from collections.abc import Mapping


def signed(secret: str, url: str, form: Mapping[str, str]) -> str:
    """`url` is the public address that the provider was given, with its query, without a fragment."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def genuine(secret: str, url: str, form: Mapping[str, str], signature: str) -> bool:
    """False for everything without a secret: nobody is trusted because nothing was configured."""
    return bool(secret) and hmac.compare_digest(signed(secret, url, form).encode(), signature.encode())
