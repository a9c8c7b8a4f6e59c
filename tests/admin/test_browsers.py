"""A browser in words: enough to recognise one's own, too little to recognise a person."""

import pytest

from app.admin.accounts.sessions import describe_user_agent

MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox på Windows"),
        (f"{MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge på Windows"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605", "Safari på Mac"),
        (f"{MOZILLA} (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome på Android"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1", "Chrome på Iphone"),
        (f"{MOZILLA} (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome på Linux"),
        ("curl/8.0", "En webbläsare"),
        ("", "En webbläsare"),
        ("<script>alert(1)</script>", "En webbläsare"),
    ],
)
def test_browser_is_told_by_kind(agent, words):
    assert describe_user_agent(agent) == words
