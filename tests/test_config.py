"""The settings: a wrong value stops the start, with one line that says which and what it should be."""

import os
from pathlib import Path

import pytest

from app import config, database
from app.config import ConfigurationError
from app.settings import ROOT, Settings
from tests.conftest import swedish

KEY = "en-lång-hemlig-nyckel-som-ingen-känner"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing but a key and an instance folder of the test's own."""
    for name in os.environ:
        if name.startswith("FLASK_") or name in ("DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FLASK_SECRET_KEY", KEY)
    monkeypatch.setenv("FLASK_INSTANCE_PATH", str(tmp_path))


def loaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return config.load()


def setting(name: str, monkeypatch: pytest.MonkeyPatch, **environment: str) -> object:
    return getattr(loaded(monkeypatch, **environment), name)


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        loaded(monkeypatch, **environment)
    return str(error.value)


def test_server_starts_with_key_alone(monkeypatch):
    monkeypatch.delenv("FLASK_INSTANCE_PATH")
    settings = config.load()
    assert (settings.DEBUG, settings.DEMO, settings.NOW, settings.TRUSTED_PROXIES) == (False, False, None, 0)
    assert (settings.DATABASE_URL, settings.REDIS_URL) == ("", "")
    assert settings.INSTANCE_PATH == ROOT / "instance"
    assert settings.CALENDAR_CONTENT == ROOT / "calendar_content"


def test_every_setting_says_what_it_does():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == ["TESTING"]


NO_SWITCH = "ska vara true eller false"
NO_NUMBER = "ska vara ett heltal"
NO_TIME = "ska vara en tid som 2026-12-10T08:00"
NO_RATE = "ska vara ett antal per tid, som 600 per 10 minutes"
NO_ADDRESS = "ska börja med https:// eller http://"
NO_MAIL_SERVER = "ska se ut så här: smtp://namn:lösenord@server:587"
NO_MAILBOX = "ska vara en e-postadress som kalender@exempel.se"
NO_DATABASE = "ska börja med postgresql:// eller sqlite://"


@pytest.mark.parametrize(
    ("name", "value", "saying"),
    [
        ("FLASK_DEBUG", "kanske", NO_SWITCH),
        ("FLASK_DEBUG", "[1]", NO_SWITCH),
        ("FLASK_DEMO", "kanske", NO_SWITCH),
        ("FLASK_DEMO", "7", NO_SWITCH),
        ("FLASK_TESTING", "kanske", NO_SWITCH),
        ("FLASK_TRUSTED_PROXIES", "två", NO_NUMBER),
        ("FLASK_TRUSTED_PROXIES", "1.5", NO_NUMBER),
        ("FLASK_TRUSTED_PROXIES", "[]", NO_NUMBER),
        ("FLASK_TRUSTED_PROXIES", "-1", "är för litet"),
        ("FLASK_TRUSTED_PROXIES", "4", "är för stort"),
        ("FLASK_NOW", "i advent", NO_TIME),
        ("FLASK_NOW", "2026-13-01T08:00", NO_TIME),
        ("FLASK_NOW", "true", NO_TIME),
        ("FLASK_NOW", "2026", NO_TIME),
        ("FLASK_ENTRY_LIMIT", "många", NO_RATE),
        ("FLASK_ENTRY_LIMIT", "5", NO_RATE),
        ("FLASK_ENTRY_LIMIT_ALL", "100 per fortnight", NO_RATE),
        ("FLASK_SIGN_IN_LIMIT", "", NO_RATE),
        ("FLASK_PUBLIC_URL", "miljojulkalendern.se", NO_ADDRESS),
        ("FLASK_PUBLIC_URL", "ftp://miljojulkalendern.se", NO_ADDRESS),
        ("FLASK_PUBLIC_URL", "https://", "ska "),
        ("FLASK_PUBLIC_URL", "https://kommun.example/julkalender", "ska sluta efter namnet"),
        ("FLASK_PUBLIC_URL", "https://kommun.example/?kalender", "ska sluta efter namnet"),
        ("FLASK_PUBLIC_URL", "https://namn:ord@kommun.example", "ska sluta efter namnet"),
        ("DATABASE_URL", "mysql://localhost/kalender", NO_DATABASE),
        ("DATABASE_URL", "kalender.sqlite3", NO_DATABASE),
        ("REDIS_URL", "http://localhost", "ska börja med redis://"),
        ("FLASK_MAIL_URL", "smtp.example.se", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://:587", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "http://smtp.example.se", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://smtp.example.se:587587", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://smtp.example.se:post", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://smtp.example.se:0", NO_MAIL_SERVER),
        ("FLASK_MAIL_URL", "smtp://[::1", NO_MAIL_SERVER),
        ("FLASK_MAIL_FROM", "kalendern", NO_MAILBOX),
        ("FLASK_MAIL_FROM", "Kalendern <kalender@example.org>", NO_MAILBOX),
        ("FLASK_MAIL_FROM", "kalender@example.org, annan@example.org", NO_MAILBOX),
        ("FLASK_MAIL_FROM", "julgubbe.åsa@example.org", NO_MAILBOX),
    ],
)
def test_wrong_value_names_its_setting(monkeypatch, name, value, saying):
    line = refusal(monkeypatch, **{"FLASK_DEMO": "1", name: value})
    assert line.startswith(f"{name} {saying}")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("FLASK_PUBLIC_ULR", "FLASK_PUBLIC_URL"),
        ("FLASK_TRUSTED_PROXY", "FLASK_TRUSTED_PROXIES"),
        ("FLASK_DATABASE_URL", "DATABASE_URL"),
        ("FLASK_REDIS_URL", "REDIS_URL"),
    ],
)
def test_misspelt_setting_is_told(monkeypatch, name, meant):
    assert refusal(monkeypatch, **{name: ""}) == f"{name} är ingen inställning. Menade du {meant}?"


def test_setting_of_something_else_is_told(monkeypatch):
    assert refusal(monkeypatch, FLASK_ZEBRA="x") == "FLASK_ZEBRA är ingen inställning. Ta bort den."


@pytest.mark.parametrize(
    "name", ["FLASK_APP", "FLASK_ENV", "FLASK_ENV_FILE", "FLASK_SKIP_DOTENV", "FLASK_RUN_PORT", "FLASK_DB_DIRECTORY"]
)
def test_flasks_own_settings_are_left_alone(monkeypatch, name):
    assert loaded(monkeypatch, **{name: "x"}).PUBLIC_URL == "http://127.0.0.1:5000"


@pytest.mark.parametrize("name", ["FLASK_SECRET_KEY", "FLASK_INSTANCE_PATH", "FLASK_CALENDAR_CONTENT", "REDIS_URL"])
def test_comment_within_a_value_is_told(monkeypatch, name):
    assert refusal(monkeypatch, **{name: "/srv/kalender # vår egen"}).startswith(
        f"{name} har en kommentar efter värdet. Skriv den på en egen rad"
    )


def test_an_empty_folder_is_as_none(monkeypatch):
    settings = loaded(monkeypatch, FLASK_INSTANCE_PATH="", FLASK_CALENDAR_CONTENT="")
    assert (settings.INSTANCE_PATH, settings.CALENDAR_CONTENT) == (ROOT / "instance", ROOT / "calendar_content")


@pytest.fixture
def env_file(monkeypatch, tmp_path):
    """A `.env` with these bytes: env_file(b"FLASK_DEMO=1")."""
    file = tmp_path / ".env"
    monkeypatch.setattr(config, "ENV_FILE", file)
    return file.write_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_file_of_settings_is_read_however_editor_saved_it(env_file, tmp_path, encoding):
    lines = (
        f'FLASK_CALENDAR_CONTENT="{tmp_path}"  # vårt innehåll',
        "FLASK_MAIL_FROM=jul@exempel.se # avsändare",
    )
    env_file("\r\n".join(lines).encode(encoding))
    settings = config.load()
    assert tmp_path == settings.CALENDAR_CONTENT
    assert settings.MAIL_FROM == "jul@exempel.se"


def test_the_environment_goes_before_the_file(env_file, monkeypatch):
    env_file(b"FLASK_MAIL_FROM=fil@exempel.se")
    assert setting("MAIL_FROM", monkeypatch, FLASK_MAIL_FROM="miljo@exempel.se") == "miljo@exempel.se"


def test_misspelt_setting_in_file_is_told(env_file, monkeypatch):
    env_file(b"FLASK_DEMOO=1")
    assert refusal(monkeypatch) == "FLASK_DEMOO är ingen inställning. Menade du FLASK_DEMO?"


def test_a_file_of_settings_that_is_no_text_is_told(env_file, monkeypatch):
    env_file("FLASK_MAIL_FROM=Blåbär".encode("latin-1"))
    assert refusal(monkeypatch).endswith(".env går inte att läsa som text. Spara filen som UTF-8.")


@pytest.mark.parametrize("name", ["vad? ja", "100%25", "a#b", "åäö mapp"])
def test_database_lies_in_the_instance_folder(make_app, tmp_path, name):
    folder = tmp_path / name
    app = make_app(INSTANCE_PATH=folder, DATABASE_URL="")
    with app.app_context():
        database.upgrade()
    assert (folder / "kalender.sqlite3").is_file()
    assert app.test_client().get("/readyz").status_code == 200


def test_sqlite_address_with_question_mark_is_told(monkeypatch):
    line = refusal(monkeypatch, DATABASE_URL="sqlite:////srv/vad?/x.sqlite3")
    assert line == "DATABASE_URL ska ha ? i sökvägen skrivet som %3F."


def test_hosts_stand_with_commas_between(monkeypatch):
    found = setting("TRUSTED_HOSTS", monkeypatch, FLASK_TRUSTED_HOSTS="jul.exempel.se, www.exempel.se")
    assert found == ("jul.exempel.se", "www.exempel.se")
    assert "FLASK_TRUSTED_HOSTS ska vara namn" in refusal(monkeypatch, FLASK_TRUSTED_HOSTS="https://jul.exempel.se")


def test_all_wrong_values_are_told(monkeypatch):
    lines = refusal(monkeypatch, FLASK_PUBLIC_URL="x", FLASK_TRUSTED_PROXIES="x", DATABASE_URL="x").splitlines()
    assert {line.split()[0] for line in lines} == {"FLASK_PUBLIC_URL", "FLASK_TRUSTED_PROXIES", "DATABASE_URL"}


def test_instance_folder_that_is_a_file(monkeypatch, tmp_path):
    (tmp_path / "fil").touch()
    assert refusal(monkeypatch, FLASK_INSTANCE_PATH=str(tmp_path / "fil")).startswith("FLASK_INSTANCE_PATH")


def test_instance_folder_is_its_owners_alone(tmp_path):
    assert config.made_folder(tmp_path / "ny" / "instans").stat().st_mode & 0o777 == 0o700


def test_instance_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "fil").touch()
    with pytest.raises(ConfigurationError, match=r"FLASK_INSTANCE_PATH: .*/fil/instans går inte att skapa"):
        config.made_folder(tmp_path / "fil" / "instans")


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_password_in_address_is_never_told(monkeypatch, name):
    assert "sesam" not in refusal(monkeypatch, FLASK_DEBUG="kanske", **{name: "mysql://olle:sesam@localhost/x"})


def test_missing_key_is_asked_for_with_way_to_make_one(monkeypatch):
    line = refusal(monkeypatch, FLASK_SECRET_KEY="")
    assert line.startswith("FLASK_SECRET_KEY saknas eller är kortare än 32 tecken.")
    assert "python -c" in line


@pytest.mark.parametrize("key", [31 * "x", "hemlig", "12345", "0"])
def test_short_key_is_refused(monkeypatch, key):
    for demo in ("0", "1"):
        line = refusal(monkeypatch, FLASK_SECRET_KEY=key, FLASK_DEMO=demo)
        assert line.startswith("FLASK_SECRET_KEY saknas eller är kortare")
        assert f"{key})" not in line


@pytest.mark.parametrize("key", [32 * "x", 40 * "7", 40 * "0", 5000 * "7"])
def test_long_key_is_used_as_is_even_if_number(monkeypatch, key):
    assert setting("SECRET_KEY", monkeypatch, FLASK_SECRET_KEY=key) == key


def test_key_in_instance_folder_is_used(monkeypatch, tmp_path):
    (tmp_path / "secret_key").write_text(f"{KEY}-i-fil\n")
    assert setting("SECRET_KEY", monkeypatch, FLASK_SECRET_KEY="") == f"{KEY}-i-fil"
    assert setting("SECRET_KEY", monkeypatch, FLASK_SECRET_KEY=KEY) == KEY


def test_debugging_makes_its_own_key(monkeypatch):
    first, second = (setting("SECRET_KEY", monkeypatch, FLASK_SECRET_KEY="", FLASK_DEBUG="1") for _ in range(2))
    assert first != second
    assert len(first) >= 32


def test_a_demo_keeps_its_key(monkeypatch, tmp_path):
    demo = {"FLASK_SECRET_KEY": "", "FLASK_DEMO": "1", "FLASK_INSTANCE_PATH": str(tmp_path / "demo")}
    first, second = (setting("SECRET_KEY", monkeypatch, **demo) for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "demo/secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "MAIL_URL"])
def test_demo_reaches_nothing_outside_folder(monkeypatch, name):
    outside = {
        "DATABASE_URL": "postgresql://db.example.se/kalender",
        "REDIS_URL": "redis://redis.example.se",
        "FLASK_MAIL_URL": "smtp://mail.example.se",
    }
    assert setting(name, monkeypatch, FLASK_DEMO="1", **outside) == ""


def test_chosen_time_needs_a_demo(monkeypatch):
    line = refusal(monkeypatch, FLASK_NOW="2026-12-24T08:00")
    assert line == "FLASK_NOW gäller bara tillsammans med FLASK_DEMO=1 eller felsökningsläge. Ta bort den."


@pytest.mark.parametrize("name", ["FLASK_DEBUG", "FLASK_DEMO"])
def test_chosen_time_without_offset_is_swedish(monkeypatch, name):
    assert setting("NOW", monkeypatch, FLASK_NOW="2026-12-24T08:00", **{name: "1"}) == swedish("2026-12-24 08:00")


def test_chosen_time_may_have_an_offset(monkeypatch):
    chosen = setting("NOW", monkeypatch, FLASK_NOW="2026-12-24T08:00:00+09:00", FLASK_DEMO="1")
    assert chosen == swedish("2026-12-24 00:00")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_postgresql_address_is_understood(monkeypatch, scheme):
    url = f"{scheme}://olle:p%40ss@db.example.se:5432/kalender?sslmode=require"
    expected = "postgresql+psycopg://olle:p%40ss@db.example.se:5432/kalender?sslmode=require"
    assert setting("DATABASE_URL", monkeypatch, DATABASE_URL=url) == expected


def test_an_sqlite_address_is_kept(monkeypatch):
    assert setting("DATABASE_URL", monkeypatch, DATABASE_URL="sqlite:////tmp/x.db") == "sqlite:////tmp/x.db"


def test_empty_database_address_is_as_none(monkeypatch):
    assert setting("DATABASE_URL", monkeypatch, DATABASE_URL="", REDIS_URL="") == ""


def test_public_address_loses_its_last_slash(monkeypatch):
    assert setting("PUBLIC_URL", monkeypatch, FLASK_PUBLIC_URL="https://kalender.se/") == "https://kalender.se"


def test_invented_entries_never_stand_among_real(monkeypatch):
    monkeypatch.delenv("FLASK_INSTANCE_PATH")
    assert setting("INSTANCE_PATH", monkeypatch, FLASK_DEMO="1") == ROOT / "instance" / "demo"


def test_demo_lives_where_it_is_told(monkeypatch, tmp_path):
    assert setting("INSTANCE_PATH", monkeypatch, FLASK_DEMO="1") == tmp_path


@pytest.mark.parametrize("off", ["0", "false", "False", "no", "off"])
def test_demo_off_uses_real_instance_folder(monkeypatch, off):
    monkeypatch.delenv("FLASK_INSTANCE_PATH")
    settings = loaded(monkeypatch, FLASK_DEMO=off)
    assert (settings.DEMO, settings.INSTANCE_PATH) == (False, ROOT / "instance")


def test_arguments_go_before_environment(monkeypatch):
    monkeypatch.setenv("FLASK_TRUSTED_PROXIES", "1")
    monkeypatch.setenv("DATABASE_URL", "postgres://db/kalender")
    settings = config.load({"TRUSTED_PROXIES": 2, "DATABASE_URL": ""})
    assert (settings.TRUSTED_PROXIES, settings.DATABASE_URL) == (2, "")


def test_relays_are_named_with_commas_between_or_not_at_all(monkeypatch):
    relays = "https://relay.exempel.se/, http://127.0.0.1:8080"
    found = setting("DRAW_RELAYS", monkeypatch, FLASK_DRAW_RELAYS=relays)
    assert found == ("https://relay.exempel.se", "http://127.0.0.1:8080")
    assert setting("DRAW_RELAYS", monkeypatch, FLASK_DRAW_RELAYS="") == ()


@pytest.mark.parametrize(
    "relay", ["http://api.drand.sh", "api.drand.sh", "https://", "file:///etc/passwd", "7", "null"]
)
def test_relay_is_asked_over_https_only(monkeypatch, relay):
    assert "FLASK_DRAW_RELAYS ska vara adresser som börjar med https://" in refusal(
        monkeypatch, FLASK_DRAW_RELAYS=relay
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://olle:{}@server",
        "smtp://olle:{}@server:post",
        "smtp://olle:{}/@server",
        "smtp://olle:12/{}@server:587",
        "smtp://olle:1?{}@server",
        "smtp://olle:1#{}@server",
        "smtp://olle:{}@server/post",
        "smtp://[olle:{}@server",
    ],
)
def test_mail_server_password_is_never_told_nor_taken_for_host(monkeypatch, url):
    line = refusal(monkeypatch, FLASK_MAIL_URL=url.format("sesam"))
    assert line.startswith(f"FLASK_MAIL_URL {NO_MAIL_SERVER}")
    assert "\n" not in line
    assert "sesam" not in line
    assert "olle" not in line


@pytest.mark.parametrize(
    "url", ["smtp://server", "smtps://server:465", "smtp://olle:p%40ss%2F@mejl.example.se:587", "smtp://[::1]:25", ""]
)
def test_mail_server_is_kept_as_given(monkeypatch, url):
    assert setting("MAIL_URL", monkeypatch, FLASK_MAIL_URL=url) == url


def test_a_senders_address_is_kept(monkeypatch):
    address = "kalender@example.org"
    assert setting("MAIL_FROM", monkeypatch, FLASK_MAIL_FROM=address) == address
    assert setting("MAIL_FROM", monkeypatch, FLASK_MAIL_FROM="") == ""


@pytest.mark.parametrize(
    ("told", "read"),
    [("", ()), ("en", ("en",)), ("en, två", ("en", "två")), ("123456", ("123456",))],
)
def test_earlier_keys_stand_with_commas_between(monkeypatch, told, read):
    assert setting("SECRET_KEY_FALLBACKS", monkeypatch, FLASK_SECRET_KEY_FALLBACKS=told) == read
