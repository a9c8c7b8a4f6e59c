"""What stands in the headers of every kind of mail, byte for byte, for programs that decode nothing."""

import pytest

from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite
# Those that people read may have encoded words (RFC 2047, 5).
FOR_PEOPLE = {"From", "Subject"}
SITES = {
    "http://127.0.0.1:5000": "http://127.0.0.1:5000",
    "https://jul.se": "https://jul.se",
    "https://miljöjulkalendern.se:8443": "https://xn--miljjulkalendern-pwb.se:8443",
    f"https://{'lång' * 9}.{'a' * 63}.{'b' * 63}.exempel.se": (
        f"https://{('lång' * 9).encode('idna').decode()}.{'a' * 63}.{'b' * 63}.exempel.se"
    ),
}


def headers_of(mail):
    head = mail.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    return dict(line.decode("ascii").split(": ", 1) for line in head.split(b"\r\n"))


@pytest.mark.parametrize("site", SITES)
def test_headers_stand_on_wire_as_written(
    app, serve, ask, subscribe, accept, run_at, postmaster, organiser, clock, site
):
    serve()
    app.config["PUBLIC_URL"] = site
    accept("bo@kommun.se")
    clock.set("2026-12-10 10:00")
    token = token_in(organiser.get("/admin/paminnelser"))
    assert organiser.post("/admin/paminnelser/prov", data={"token": token}).status_code == 303
    ask("cecilia@kommun.se")
    key = subscribe("anna@kommun.se")
    run_at("2026-12-11 07:00")
    mails = list(map(headers_of, postmaster.raw))
    assert {mail["List-Id"].partition(".")[0] for mail in mails} >= {"<kvitto", "<prov", "<bekrafta", "<paminnelse"}
    programs = [value for mail in mails for name, value in mail.items() if name not in FOR_PEOPLE]
    assert [value for value in programs if "=?" in value] == []
    host = "localhost" if site in list(SITES)[:1] else SITES[site].partition("//")[2].partition(":")[0]
    assert {mail["List-Id"].partition(".")[2] for mail in mails} == {f"{host}>"}
    (reminder,) = (mail for mail in mails if "List-Unsubscribe" in mail)
    assert reminder["List-Unsubscribe"] == f"<{SITES[site]}/paminnelse/avsluta/{key}>"
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
