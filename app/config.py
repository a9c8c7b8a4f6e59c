"""Reads the settings from the environment and `.env`; a wrong one stops the start with one clear line each."""

import codecs
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from app.settings import ROOT, WITHOUT_PREFIX, Settings

ENV_FILE = ROOT / ".env"


class ConfigurationError(Exception):
    """The configuration is not usable. The text is Swedish, one line a fault."""


class MissingKey(ConfigurationError):
    """There is no secret key yet: `flask prepare` makes one where there is no database either."""


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings, `overrides` first, then environment and `.env`. Raises ConfigurationError."""
    settings = without_key(overrides)
    if settings.NOW and not (settings.DEBUG or settings.DEMO):
        raise ConfigurationError(
            "FLASK_NOW gäller bara tillsammans med FLASK_DEMO=1 eller felsökningsläge. Ta bort den."
        )
    return with_secret_key(settings)


def without_key(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings before there is a key and content. Raises ConfigurationError."""
    encoding = encoding_of(ENV_FILE)
    faults = unknown_names(encoding)
    sources: dict[str, Any] = {"_env_file": ENV_FILE, "_env_file_encoding": encoding}
    try:
        settings = Settings(**sources, **(overrides or {}))
    except ValidationError as error:
        faults += [_describe(fault) for fault in error.errors()]
    if faults:
        raise ConfigurationError("\n".join(faults))
    return with_instance(settings)


# Flask's own names: those that its command reads, and its commands' options (`FLASK_RUN_PORT` is `flask run --port`).
_FLASKS_OWN = ("APP", "ENV", "ENV_FILE", "SKIP_DOTENV")
_FLASKS_OPTIONS = ("RUN_", "SHELL_", "ROUTES_", "DB_")
_SECRET = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "MAIL_URL", *WITHOUT_PREFIX)
# Sentences by the beginning of pydantic's error type.
_KINDS = {
    "bool": "ska vara true eller false",
    "int": "ska vara ett heltal",
    "date": "ska vara en tid som 2026-12-10T08:00",
    "string": "ska vara text",
    "path": "ska vara sökvägen till en mapp",
    "greater": "är för litet",
    "less": "är för stort",
}


def encoding_of(file: Path) -> str:
    """Tell how `.env` is encoded: Windows' own editors save UTF-16 or put a mark first."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return "utf-8"
    except OSError as error:
        raise ConfigurationError(f"{file} går inte att läsa ({error.strerror}).") from None
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} går inte att läsa som text. Spara filen som UTF-8.") from None
    return encoding


def unknown_names(encoding: str) -> list[str]:
    """Describe names that begin like ours but set nothing."""
    ours = {Settings.variable(name) for name in Settings.model_fields} - {"FLASK_CLOCK", "FLASK_DRAW_CHAIN"}
    given = {*os.environ, *dotenv_values(ENV_FILE, encoding=encoding)}
    told = []
    for name in sorted(given - ours):
        bare = name.removeprefix("FLASK_")
        if bare == name or bare in _FLASKS_OWN or bare.startswith(_FLASKS_OPTIONS):
            continue
        close = [bare] if bare in ours else get_close_matches(name, sorted(ours), n=1, cutoff=0.75)
        told.append(f"{name} är ingen inställning. " + (f"Menade du {close[0]}?" if close else "Ta bort den."))
    return told


def _describe(fault: Any) -> str:
    # A setting without prefix is named by its alias, with the prefix not in it.
    name = str(fault["loc"][0])
    kind = next((sentence for start, sentence in _KINDS.items() if fault["type"].startswith(start)), None)
    message = kind or str(fault.get("ctx", {}).get("error", "har ett värde som inte går att använda"))
    return f"{Settings.variable(name)} {message}" + ("." if name in _SECRET else f" (nu: {fault['input']!r}).")


def with_instance(settings: Settings) -> Settings:
    """Settle the instance folder; a demo has one of its own, and never reaches out of it."""
    default = ROOT / "instance" / "demo" if settings.DEMO else ROOT / "instance"
    folder = settings.INSTANCE_PATH or default
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"FLASK_INSTANCE_PATH: {folder} är en fil, inte en mapp.")
    apart = {"DATABASE_URL": "", "REDIS_URL": "", "MAIL_URL": "", "ACCESS_LOG": None} if settings.DEMO else {}
    return settings.model_copy(update={"INSTANCE_PATH": folder, **apart})


def made_folder(folder: Path) -> Path:
    """Make the folder, for its owner alone, unless it is there. Raises ConfigurationError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"FLASK_INSTANCE_PATH: {folder} går inte att skapa ({error.strerror}).") from None
    return folder.resolve()


def with_secret_key(settings: Settings) -> Settings:
    key_file = settings.instance / "secret_key"
    key = settings.SECRET_KEY or (key_file.read_text().strip() if key_file.is_file() else "")
    if not key and settings.DEMO:
        key = make_key(settings.instance)
    if not key and settings.DEBUG:
        key = secrets.token_urlsafe(48)
    if len(key) < 32:
        raise (ConfigurationError if key else MissingKey)(
            "FLASK_SECRET_KEY saknas eller är kortare än 32 tecken. "
            "Skapa en med: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return settings.model_copy(update={"SECRET_KEY": key})


def make_key(instance: Path) -> str:
    """Make the key in the instance folder and return it; several processes that start at once agree on one."""
    file = made_folder(instance) / "secret_key"
    draft = file.with_name(f"secret_key.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
    return file.read_text()
