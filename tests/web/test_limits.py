"""Rate limits: counted together by every process, kept for nobody to read, and never in the way of a real entry."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest

from app.web import rate_limit
from app.web.rate_limit import RateLimitExceeded, SQLiteStorage, check, check_and_hit, counts_of, hit
from tests.conftest import configured, on_sqlite


@pytest.fixture
def storage(tmp_path):
    """Open the counts as one more process would."""
    return lambda: SQLiteStorage(str(tmp_path / "counts.sqlite3"))


@pytest.fixture
def visiting(app):
    """A request from an address."""
    return lambda address="192.0.2.1": app.test_request_context(environ_base={"REMOTE_ADDR": address})


def test_two_processes_count_together(storage):
    one, other = storage(), storage()
    assert [one.incr("bidrag", 60), other.incr("bidrag", 60), one.incr("bidrag", 60)] == [1, 2, 3]
    assert other.get("bidrag") == 3


def test_no_try_is_lost_when_many_come_at_once(storage):
    counts = storage()
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda _: counts.incr("bidrag", 60), range(200)))
    assert counts.get("bidrag") == 200


def test_what_is_counted_is_forgotten_when_its_time_is_up(storage, monkeypatch):
    counts = storage()
    now = SimpleNamespace(time=lambda: 1_000_000.0)
    monkeypatch.setattr(rate_limit, "time", now)
    counts.incr("bidrag", 60)
    assert (counts.get("bidrag"), counts.get_expiry("bidrag")) == (1, 1_000_060.0)
    now.time = lambda: 1_000_060.0
    assert counts.get("bidrag") == 0
    assert counts.incr("bidrag", 60) == 1


def test_counts_of_wrong_clock_stop_nobody_once_it_is_right(storage, monkeypatch):
    counts = storage()
    now = SimpleNamespace(time=lambda: 4_000_000_000.0)
    monkeypatch.setattr(rate_limit, "time", now)
    counts.incr("bidrag", 60)
    now.time = lambda: 1_000_000.0
    assert counts.incr("bidrag", 60) == 1
    assert counts.get_expiry("bidrag") == 1_000_060.0


def test_counts_can_be_cleared(storage):
    counts = storage()
    counts.incr("bidrag", 60)
    counts.incr("inloggning", 60)
    counts.clear("bidrag")
    assert (counts.get("bidrag"), counts.get("inloggning")) == (0, 1)
    assert counts.reset() == 1
    assert counts.check()


@on_sqlite
def test_the_third_of_two_allowed_tries_is_too_many(visiting):
    with visiting():
        check_and_hit("prov", "2 per hour", "100 per hour")
        check_and_hit("prov", "2 per hour", "100 per hour")
        with pytest.raises(RateLimitExceeded):
            check_and_hit("prov", "2 per hour", "100 per hour")
    with visiting("192.0.2.2"):
        check_and_hit("prov", "2 per hour", "100 per hour")


@on_sqlite
def test_everybody_together_has_a_limit_too(visiting):
    for number in range(2):
        with visiting(f"192.0.2.{number}"):
            check_and_hit("prov", "9 per hour", "2 per hour")
    with visiting("192.0.2.9"), pytest.raises(RateLimitExceeded):
        check_and_hit("prov", "9 per hour", "2 per hour")


@on_sqlite
def test_tries_for_one_purpose_do_not_count_for_another(visiting):
    with visiting():
        check_and_hit("prov", "1 per hour", "100 per hour")
        check_and_hit("annat", "1 per hour", "100 per hour")
        check_and_hit("prov", "1 per hour", "100 per hour", account="bo")


@on_sqlite
def test_checking_counts_nothing_and_counting_stops_nothing(visiting):
    limits_of_both = ("1 per hour", "2 per hour")
    with visiting():
        for _ in range(3):
            check(counts_of("prov", *limits_of_both))
        hit(counts_of("prov", *limits_of_both))
        with pytest.raises(RateLimitExceeded):
            check(counts_of("prov", *limits_of_both))
    with visiting("192.0.2.2"):
        check(counts_of("prov", *limits_of_both))
        hit(counts_of("prov", *limits_of_both))
        hit(counts_of("prov", *limits_of_both))
    with visiting("192.0.2.3"), pytest.raises(RateLimitExceeded):
        check(counts_of("prov", *limits_of_both))


@on_sqlite
def test_many_networks_of_one_subscriber_share_a_larger_number(visiting):
    def entered(address):
        with visiting(address), suppress(RateLimitExceeded):
            check_and_hit("prov", "1 per hour")
            return True

    assert [entered(f"2001:db8:1:{number}::1") for number in range(9)] == [True] * 8 + [None]
    assert entered("2001:db8:2:1::1")


@on_sqlite
def test_no_address_is_kept(enter, client, tmp_path):
    client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    enter()
    files = list(tmp_path.glob("ratelimit.sqlite3*"))
    kept = b"".join(file.read_bytes() for file in files)
    assert b"bidrag" in kept
    assert b"192.0.2" not in kept
    assert b"anna" not in kept


@on_sqlite
def test_a_visitor_is_another_the_next_day(visiting, clock):
    def key(address="192.0.2.1"):
        with visiting(address):
            return rate_limit.client_hash()

    today = key()
    assert key("192.0.2.2") != today
    clock.forward(hours=4)
    assert key() == today
    clock.forward(days=1)
    assert key() != today


@on_sqlite
def test_the_addresses_of_one_subscriber_are_one(visiting):
    def key(address):
        with visiting(address):
            return rate_limit.client_hash()

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")
    assert key("::ffff:192.0.2.1") != key("::ffff:192.0.2.2")
    assert key("::ffff:192.0.2.1") == key("192.0.2.1")
    assert key("") != key("unix:")


@on_sqlite
@pytest.mark.parametrize(
    ("with_port", "bare"),
    [
        ("192.0.2.1:49152", "192.0.2.1"),
        ("[2001:db8::1]:5", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::ffff:192.0.2.1]:5", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_a_client_is_the_same_whatever_port_it_comes_from(visiting, with_port, bare):
    with visiting(with_port):
        key = rate_limit.client_hash()
    with visiting(bare):
        assert rate_limit.client_hash() == key


@on_sqlite
@configured(ENTRY_LIMIT="1 per hour")
def test_nobody_gets_more_tries_by_inventing_where_they_come_from(enter, client):
    for number in range(2):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        answer = enter()
    assert answer.status_code == 429


@on_sqlite
@configured(ENTRY_LIMIT="1 per hour", TRUSTED_PROXIES=1)
def test_behind_a_proxy_of_ours_visitors_are_told_apart(enter, client):
    for number in range(2):
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.9, 192.0.2.{number}"
        assert enter().status_code == 200
    assert enter().status_code == 429


@on_sqlite
def test_entry_is_not_lost_because_it_could_not_be_counted(enter, monkeypatch):
    def broken(*_, **__):
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(SQLiteStorage, "incr", broken)
    assert enter().status_code == 200
