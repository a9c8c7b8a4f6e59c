"""Every setting, its default and what it does; a wrong value stops the start with one clear line each."""

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
from email_validator import EmailNotValidError, validate_email
from flask import Config
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.clock import SWEDEN, Clock

ROOT = Path(__file__).parent.parent


class ConfigurationError(Exception):
    """The configuration is not usable. The text is Swedish, one line a fault."""


class Settings(BaseModel):
    """The settings by name; in the environment each has the prefix FLASK_, but for DATABASE_URL and REDIS_URL."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, arbitrary_types_allowed=True)

    SECRET_KEY: str = Field("", description="Signs forms and receipts; secret_key in the instance folder if not set")
    SECRET_KEY_FALLBACKS: list[str] = Field([], description="Earlier secret keys: what they sealed is still read")
    DATABASE_URL: str = Field("", description="postgresql://…; SQLite in the instance folder if not set")
    REDIS_URL: str = Field("", description="Rate limits shared by several machines; a file if not set")
    INSTANCE_PATH: Path | None = Field(None, description="Where state lives; instance/ or, in a demo, instance/demo/")
    CALENDAR_CONTENT: Path = Field(ROOT / "calendar_content", description="Where the editions live")
    PUBLIC_URL: str = Field("http://127.0.0.1:5000", description="The site's address, for links that leave it")
    MAIL_URL: str = Field("", description="smtp://user:password@host:587; files in the instance folder if not set")
    MAIL_FROM: str = Field("", description="The address that mails come from; the organiser's if not set")
    ENTRY_LIMIT: str = Field("600 per 10 minutes", description="Entries from one address: an office shares one")
    ENTRY_LIMIT_ALL: str = Field("6000 per 10 minutes", description="Entries from all addresses together")
    SIGN_IN_LIMIT: str = Field("10 per 10 minutes", description="Tries to sign in, for one address and account")
    TRUSTED_PROXIES: int = Field(0, ge=0, le=3, description="How many proxies of ours stand in front")
    DEBUG: bool = Field(False, description="For developing; never on a public server")
    DEMO: bool = Field(False, description="Shows the calendar at FLASK_NOW, with a rehearsal chain for the draw")
    NOW: datetime | None = Field(None, description="The time at which the clock starts; only with DEBUG or DEMO")
    CLOCK: Clock | None = Field(None, description="For tests: a clock to ask instead")
    DRAW_CHAIN: Any = Field(None, description="For tests: a beacon chain whose key the tests own")
    TESTING: bool = False

    @property
    def instance(self) -> Path:
        """The instance folder, which load() has settled."""
        if self.INSTANCE_PATH is None:
            raise ValueError("settings come from load()")
        return self.INSTANCE_PATH

    @field_validator("SECRET_KEY_FALLBACKS", mode="before")
    @classmethod
    def keys_between_commas(cls, value: object) -> object:
        return [key.strip() for key in str(value).split(",") if key.strip()] if isinstance(value, str | int) else value

    @field_validator("REDIS_URL")
    @classmethod
    def a_redis_server(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://")):
            raise ValueError("ska börja med redis://")
        return value

    @field_validator("MAIL_URL")
    @classmethod
    def a_mail_server(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            fine = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
        except ValueError:
            fine = False
        if value and not fine:
            raise ValueError("ska se ut så här: smtp://namn:lösenord@server:587")
        return value

    @field_validator("MAIL_FROM")
    @classmethod
    def a_mail_address(cls, value: str) -> str:
        try:
            return validate_email(value, check_deliverability=False).normalized if value else value
        except EmailNotValidError:
            raise ValueError("ska vara en e-postadress") from None

    @field_validator("NOW", mode="before")
    @classmethod
    def an_iso_time(cls, value: object) -> object:
        """A bare number would be read as seconds since 1970."""
        if value is None or isinstance(value, datetime):
            return value
        try:
            if not isinstance(value, str) or len(value) < len("2026-12-10"):
                raise ValueError
            return datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("ska vara en tid som 2026-12-10T08:00") from None

    @field_validator("NOW")
    @classmethod
    def swedish_time_when_no_offset(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=SWEDEN) if value and value.tzinfo is None else value

    @field_validator("DATABASE_URL")
    @classmethod
    def a_driver_we_have(cls, value: str) -> str:
        """SQLAlchemy refuses postgres://, and older lines read postgresql:// as another driver."""
        scheme, separator, rest = value.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        if value and (not separator or scheme not in ("sqlite", "postgresql+psycopg")):
            raise ValueError("ska börja med postgresql:// eller sqlite://")
        return value

    @field_validator("ENTRY_LIMIT", "ENTRY_LIMIT_ALL", "SIGN_IN_LIMIT")
    @classmethod
    def a_rate(cls, value: str) -> str:
        try:
            limits.parse(value)
        except ValueError:
            raise ValueError("ska vara ett antal per tid, som 600 per 10 minutes") from None
        return value

    @field_validator("PUBLIC_URL")
    @classmethod
    def a_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not urlsplit(value).netloc:
            raise ValueError("ska börja med https:// eller http://")
        return value.rstrip("/")


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings from the environment, then from `overrides`. Raises ConfigurationError."""
    config = Config(str(ROOT))
    config.from_prefixed_env()
    config.update({name: os.environ[name] for name in _WITHOUT_PREFIX if os.environ.get(name)})
    config.update(overrides or {})
    try:
        settings = Settings.model_validate(dict(config))
    except ValidationError as error:
        raise ConfigurationError("\n".join(_in_words(fault) for fault in error.errors())) from None
    return _with_secret_key(_checked(_with_instance(settings)))


_WITHOUT_PREFIX = ("DATABASE_URL", "REDIS_URL")
_SECRET = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "MAIL_URL", *_WITHOUT_PREFIX)
_KINDS = {
    "bool": "ska vara true eller false",
    "int": "ska vara ett heltal",
    "date": "ska vara en tid som 2026-12-10T08:00",
    "string": "ska vara text",
    "list": "ska vara nycklar med komma emellan",
    "path": "ska vara sökvägen till en mapp",
    "greater": "är för litet",
    "less": "är för stort",
}
"""Sentences by the beginning of pydantic's error type."""


def _in_words(fault: Any) -> str:
    name = str(fault["loc"][0])
    prefix = "" if name in _WITHOUT_PREFIX else "FLASK_"
    kind = next((sentence for start, sentence in _KINDS.items() if fault["type"].startswith(start)), None)
    message = kind or str(fault.get("ctx", {}).get("error", "har ett värde som inte går att använda"))
    return f"{prefix}{name} {message}" + ("." if name in _SECRET else f" (nu: {fault['input']!r}).")


def _with_instance(settings: Settings) -> Settings:
    """The instance folder; in a demo one of its own, for invented entries never stand among real ones."""
    default = ROOT / "instance" / "demo" if settings.DEMO else ROOT / "instance"
    folder = settings.INSTANCE_PATH or default
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"FLASK_INSTANCE_PATH: {folder} är en fil, inte en mapp.")
    return settings.model_copy(update={"INSTANCE_PATH": folder})


def _checked(settings: Settings) -> Settings:
    if settings.NOW and not (settings.DEBUG or settings.DEMO):
        raise ConfigurationError(
            "FLASK_NOW gäller bara tillsammans med FLASK_DEMO=1 eller felsökningsläge. Ta bort den."
        )
    if not settings.CALENDAR_CONTENT.is_dir():
        raise ConfigurationError(f"FLASK_CALENDAR_CONTENT: mappen {settings.CALENDAR_CONTENT} finns inte.")
    return settings


def _with_secret_key(settings: Settings) -> Settings:
    key_file = settings.instance / "secret_key"
    key = settings.SECRET_KEY or (key_file.read_text().strip() if key_file.is_file() else "")
    if not key and (settings.DEBUG or settings.DEMO):
        key = secrets.token_urlsafe(48)
    if len(key) < 32:
        raise ConfigurationError(
            "FLASK_SECRET_KEY saknas eller är kortare än 32 tecken. "
            "Skapa en med: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return settings.model_copy(update={"SECRET_KEY": key})
