"""Every setting, its default, what it does and what it may be."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import limits
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.clock import SWEDEN, Clock

ROOT = Path(__file__).parent.parent
RELAYS = tuple(f"https://{host}" for host in ("api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com"))
PREFIX = "FLASK_"
WITHOUT_PREFIX = ("DATABASE_URL", "REDIS_URL")
_LOOPBACK = (("http", "127.0.0.1"), ("http", "localhost"))
_COMMENT = re.compile(r"\s#")
# pydantic-settings reads a tuple in a variable as JSON unless it is told not to decode.
_Parts = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The settings by name; in the environment each has PREFIX, but for WITHOUT_PREFIX."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        case_sensitive=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )

    SECRET_KEY: str = Field("", description="Signs forms and receipts; secret_key in the instance folder if not set")
    SECRET_KEY_FALLBACKS: _Parts = Field((), description="Earlier secret keys: what they sealed is still read")
    DATABASE_URL: str = Field(
        "", validation_alias="DATABASE_URL", description="postgresql://…; SQLite in the instance folder if not set"
    )
    REDIS_URL: str = Field(
        "", validation_alias="REDIS_URL", description="Rate limits shared by several machines; a file if not set"
    )
    INSTANCE_PATH: Path | None = Field(None, description="Where state lives; instance/ or, in a demo, instance/demo/")
    CALENDAR_CONTENT: Path = Field(ROOT / "calendar_content", description="Where the editions live")
    PUBLIC_URL: str = Field("http://127.0.0.1:5000", description="The site's address, for links that leave it")
    MAIL_URL: str = Field("", description="smtp://user:password@host:587; files in the instance folder if not set")
    MAIL_FROM: str = Field("", description="The address that mails come from; the organiser's if not set")
    ENTRY_LIMIT: str = Field("600 per 10 minutes", description="Stored entries from one address, and as many refused")
    ENTRY_LIMIT_ALL: str = Field("6000 per 10 minutes", description="Stored entries from all addresses together")
    SIGN_IN_LIMIT: str = Field("10 per 10 minutes", description="Tries to sign in, for one address and account")
    DRAW_RELAYS: _Parts = Field(RELAYS, description="Where the value of a draw is fetched, in turn; may be empty")
    DRAW_LIMIT: str = Field("10 per minute", description="Values to check for one organiser's address")
    TRUSTED_HOSTS: _Parts = Field((), description="Names that the site answers to beside PUBLIC_URL's and localhost")
    TRUSTED_PROXIES: int = Field(0, ge=0, le=3, description="How many proxies of ours stand in front")
    SECURITY_CONTACT: str = Field(
        "", description="For security.txt: a mail or https address; the organiser's if not set"
    )
    JSON_LOG: bool = Field(False, description="Log lines as JSON, one for each request that Flask answers")
    METRICS_PORT: int = Field(0, ge=0, le=65535, description="Where flask metrics answers on this machine; 0 is off")
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

    @property
    def database_address(self) -> str:
        """Where the database is, also when nothing was said of it."""
        file = str(self.instance.resolve() / "kalender.sqlite3")
        return self.DATABASE_URL or str(sa.URL.create("sqlite", database=file))

    @property
    def hosts(self) -> list[str]:
        """The hosts that a request may name."""
        return [urlsplit(self.PUBLIC_URL).hostname or "", *self.TRUSTED_HOSTS, "127.0.0.1", "localhost"]

    @classmethod
    def variable(cls, name: str) -> str:
        """Return the environment variable of a setting."""
        return name if name in WITHOUT_PREFIX else f"{PREFIX}{name}"

    @field_validator("*", mode="before")
    @classmethod
    def without_comment(cls, value: object) -> object:
        """systemd and Docker take a comment behind a value as part of it."""
        if isinstance(value, str) and _COMMENT.search(value):
            raise ValueError("har en kommentar efter värdet. Skriv den på en egen rad")
        return value.strip() if isinstance(value, str) else value

    @field_validator("INSTANCE_PATH", "CALENDAR_CONTENT", mode="before")
    @classmethod
    def default_when_empty(cls, value: object, info: ValidationInfo) -> object:
        return cls.model_fields[info.field_name or ""].default if value == "" else value

    @field_validator("SECRET_KEY_FALLBACKS", "TRUSTED_HOSTS", mode="before")
    @classmethod
    def parts_between_commas(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("TRUSTED_HOSTS")
    @classmethod
    def names_of_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(re.search(r"[/:@\s]", host) for host in value):
            raise ValueError("ska vara namn som jul.exempel.se, med komma emellan")
        return value

    @field_validator("REDIS_URL")
    @classmethod
    def a_redis_server(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://")):
            raise ValueError("ska börja med redis://")
        return value

    @field_validator("MAIL_URL")
    @classmethod
    def a_mail_server(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            fine = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
        except ValueError:
            fine = False
        # A password with / ? or # in it would otherwise be read as another host, and sent to it.
        if value and (not fine or parts.path or parts.query or parts.fragment):
            raise ValueError("ska se ut så här: smtp://namn:lösenord@server:587 (skriv @ / ? # som %40 %2F %3F %23)")
        return value

    @field_validator("MAIL_FROM")
    @classmethod
    def a_mail_address(cls, value: str) -> str:
        try:
            checked = value and validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError:
            raise ValueError("ska vara en e-postadress som kalender@exempel.se") from None
        return checked

    @field_validator("SECURITY_CONTACT")
    @classmethod
    def a_contact(cls, value: str) -> str:
        return value if value.startswith("https://") and urlsplit(value).netloc else cls.a_mail_address(value)

    @field_validator("NOW", mode="before")
    @classmethod
    def an_iso_time(cls, value: object) -> object:
        """Refuse a bare number, which would be read as seconds since 1970."""
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
        if scheme == "sqlite" and "?" in rest:
            raise ValueError("ska ha ? i sökvägen skrivet som %3F")
        return value

    @field_validator("DRAW_RELAYS", mode="before")
    @classmethod
    def addresses_of_relays(cls, value: object) -> object:
        """Addresses with commas between; without encryption only on this machine, for tests."""
        parts = value if isinstance(value, list | tuple) else str(value).split(",")
        found = [str(part).strip().rstrip("/") for part in parts if part]
        for address in found:
            scheme, host = urlsplit(address).scheme, urlsplit(address).hostname
            if not host or (scheme != "https" and (scheme, host) not in _LOOPBACK):
                raise ValueError("ska vara adresser som börjar med https://, med komma emellan")
        return found

    @field_validator("ENTRY_LIMIT", "ENTRY_LIMIT_ALL", "SIGN_IN_LIMIT", "DRAW_LIMIT")
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
