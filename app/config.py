"""Every setting, its default and what it does; a wrong value stops the start with one clear line each."""

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import limits
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
    DATABASE_URL: str = Field("", description="postgresql://…; SQLite in the instance folder if not set")
    REDIS_URL: str = Field("", description="Rate limits shared by several machines; a file if not set")
    INSTANCE_PATH: Path = Field(ROOT / "instance", description="Where state lives")
    CALENDAR_CONTENT: Path = Field(ROOT / "calendar_content", description="Where the editions live")
    PUBLIC_URL: str = Field("http://127.0.0.1:5000", description="The site's address, for links that leave it")
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
        if not value.startswith(("http://", "https://")):
            raise ValueError("ska börja med https:// eller http://")
        return value.rstrip("/")


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings from the environment, then from `overrides`. Raises ConfigurationError."""
    config = Config(str(ROOT))
    config.from_prefixed_env()
    config.update({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)})
    config.update(overrides or {})
    if config.get("DEMO"):
        # Invented entries never stand among real ones.
        config.setdefault("INSTANCE_PATH", ROOT / "instance" / "demo")
    try:
        settings = Settings.model_validate(dict(config))
    except ValidationError as error:
        raise ConfigurationError("\n".join(_in_words(fault) for fault in error.errors())) from None
    return _with_secret_key(_checked(settings))


def _in_words(fault: Any) -> str:
    name = str(fault["loc"][0])
    prefix = "" if name in ("DATABASE_URL", "REDIS_URL") else "FLASK_"
    reasons = {
        "bool_parsing": "ska vara true eller false",
        "int_parsing": "ska vara ett heltal",
        "datetime_from_date_parsing": "ska vara en tid som 2026-12-10T08:00",
        "datetime_parsing": "ska vara en tid som 2026-12-10T08:00",
        "greater_than_equal": "är för litet",
        "less_than_equal": "är för stort",
    }
    message = reasons.get(fault["type"], str(fault.get("ctx", {}).get("error", fault["msg"])))
    return f"{prefix}{name} {message} (nu: {'***' if name == 'SECRET_KEY' else repr(fault['input'])})."


def _checked(settings: Settings) -> Settings:
    if settings.NOW and not (settings.DEBUG or settings.DEMO):
        raise ConfigurationError(
            "FLASK_NOW gäller bara tillsammans med FLASK_DEMO=1 eller felsökningsläge. Ta bort den."
        )
    if not settings.CALENDAR_CONTENT.is_dir():
        raise ConfigurationError(f"FLASK_CALENDAR_CONTENT: mappen {settings.CALENDAR_CONTENT} finns inte.")
    return settings


def _with_secret_key(settings: Settings) -> Settings:
    key_file = settings.INSTANCE_PATH / "secret_key"
    key = settings.SECRET_KEY or (key_file.read_text().strip() if key_file.is_file() else "")
    if not key and (settings.DEBUG or settings.DEMO):
        key = secrets.token_urlsafe(48)
    if len(key) < 32:
        raise ConfigurationError(
            "FLASK_SECRET_KEY saknas eller är kortare än 32 tecken. "
            "Skapa en med: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return settings.model_copy(update={"SECRET_KEY": key})
