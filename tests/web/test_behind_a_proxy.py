"""What a proxy writes of host, port and client makes no visitor another, and stops no form."""

import pytest

from tests.conftest import ENTRY_URL, configured, filled, on_sqlite, token_in

pytestmark = on_sqlite
OWN = "https://kalender.example:8443"
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kalender.example"}


def enter_from(client, clock, headers, **changes):
    token = token_in(client.get(ENTRY_URL, headers={"Host": headers.get("Host", "localhost")}))
    clock.forward(seconds=20)
    return client.post(ENTRY_URL, data=filled(token=token, **changes), headers=headers).status_code


@configured(TRUSTED_PROXIES=1, ENTRY_LIMIT="2 per hour")
@pytest.mark.parametrize("client_address", ["203.0.113.8:{}", "[2001:db8:1::1]:{}"])
def test_connections_of_one_client_share_a_limit(client, clock, client_address):
    statuses = [
        enter_from(client, clock, {"X-Forwarded-For": client_address.format(50_000 + n)}, email=f"p{n}@example.se")
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]


@configured(TRUSTED_PROXIES=1, SIGN_IN_LIMIT="2 per hour")
def test_a_new_connection_gives_no_new_tries_to_sign_in(client):
    statuses = []
    for port in range(50_000, 50_003):
        token = token_in(client.get("/admin/logga-in"))
        sent = {"token": token, "email": "anna@example.se", "password": "fel lösenord", "code": "000000"}
        headers = {"X-Forwarded-For": f"203.0.113.8:{port}"}
        statuses.append(client.post("/admin/logga-in", data=sent, headers=headers).status_code)
    assert statuses == [422, 422, 429]


@configured(TRUSTED_PROXIES=1, PUBLIC_URL=OWN)
@pytest.mark.parametrize(
    "headers",
    [
        PROXIED | {"Origin": OWN},
        PROXIED | {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
        PROXIED | {"Origin": "https://kalender.example", "X-Forwarded-Host": "kalender.example:443"},
        {"Host": "127.0.0.1:5000", "Origin": OWN},
        {"Host": "kalender.example:443", "Origin": OWN},
        {"Host": "kalender.example:443", "Origin": "https://kalender.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_a_form_is_taken_whatever_port_the_proxy_writes(client, clock, headers):
    assert enter_from(client, clock, headers) == 200


@configured(TRUSTED_PROXIES=1, PUBLIC_URL=OWN)
@pytest.mark.parametrize(
    "origin", ["https://elak.example", "https://kalender.example:8444", "https://elak.example:8443"]
)
def test_another_site_behind_the_same_proxy_is_refused(client, clock, origin):
    assert enter_from(client, clock, PROXIED | {"Origin": origin}) == 403


@configured(PUBLIC_URL="http://[2001:db8::7]:5000")
@pytest.mark.parametrize(
    ("host", "status"),
    [("[2001:db8::7]:5000", 200), ("[2001:db8::7]", 200), ("[::1]:5000", 200), ("[2001:db8::8]", 400)],
)
def test_an_address_of_ipv6_is_a_host_like_others(client, host, status):
    assert client.get(ENTRY_URL, headers={"Host": host}).status_code == status


def test_a_form_is_sent_from_an_address_of_ipv6(client, clock):
    assert enter_from(client, clock, {"Host": "[::1]:5000", "Origin": "http://[::1]:5000"}) == 200
