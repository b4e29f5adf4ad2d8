"""What an installation decides, from the environment (`CRISIS_…`), a file `.env`, or secret files."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_FILES = Path("/run/secrets")  # where containers mount them: a file is not shown by `env` or a crash report


class Settings(BaseSettings):
    """`public_url` is the one address under which browsers and the telephone provider reach this installation."""

    model_config = SettingsConfigDict(
        env_prefix="CRISIS_",
        env_file=".env",
        secrets_dir=SECRET_FILES if SECRET_FILES.is_dir() else None,
        extra="ignore",
        frozen=True,
    )

    database_url: str = "sqlite:///var/crisis.db"
    key_file: Path = Path("var/keys.json")
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    trusted_proxies: str = "127.0.0.1"  # whose X-Forwarded-* count; a comma between addresses

    provider_url: str | None = None  # where texts and calls are sent; None: no telephone provider yet
    provider_account: str = ""
    provider_secret: SecretStr = SecretStr("")
    provider_from: str = ""
    drill_account: str = ""  # drills have an account and a number of their own; none: they show on the console alone
    drill_secret: SecretStr = SecretStr("")
    drill_from: str = ""
    heartbeat_url: str | None = None  # an outside watchman that alarms when this installation goes silent

    @field_validator("public_url")
    @classmethod
    def whole_origin(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            raise ValueError("public_url is an origin such as https://crisis.example.org, with no path")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1", "testserver"):
            raise ValueError("public_url must be https, except on this machine itself")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https:")
