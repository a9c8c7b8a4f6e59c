"""Reads the settings from the environment; a wrong value stops the start with one clear line each."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Config
from pydantic import ValidationError

from app.settings import ROOT, Settings


class ConfigurationError(Exception):
    """The configuration is not usable. The text is Swedish, one line a fault."""


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The settings from the environment, then from `overrides`. Raises ConfigurationError."""
    return _with_secret_key(_checked(without_key(overrides)))


def without_key(overrides: Mapping[str, Any] | None = None) -> Settings:
    """The same before there is a key and content, for what brings them. Raises ConfigurationError."""
    config = Config(str(ROOT))
    config.from_prefixed_env()
    config.update({name: os.environ[name] for name in _WITHOUT_PREFIX if os.environ.get(name)})
    config.update(overrides or {})
    try:
        settings = Settings.model_validate(dict(config))
    except ValidationError as error:
        raise ConfigurationError("\n".join(_in_words(fault) for fault in error.errors())) from None
    return _with_instance(settings)


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


def made_folder(folder: Path) -> Path:
    """The folder, which is made where there is none, for its owner alone. Raises ConfigurationError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"FLASK_INSTANCE_PATH: {folder} går inte att skapa ({error.strerror}).") from None
    return folder.resolve()


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
