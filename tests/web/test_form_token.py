"""The token of a form: made for one form, good for a day, never the same twice, and tied to no visitor."""

from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase, digits

import pytest
from itsdangerous import URLSafeSerializer
from werkzeug.datastructures import MultiDict

from app.web.forms import QUICKEST, TokenForm, open_token
from tests.conftest import on_sqlite

pytestmark = on_sqlite
SIGNS = ascii_uppercase + ascii_lowercase + digits + "-_"


class Plain(TokenForm):
    """A form of nothing but its token."""


class Slow(TokenForm):
    class Meta(TokenForm.Meta):
        token_quickest = QUICKEST


class Other(TokenForm):
    class Meta(TokenForm.Meta):
        def token_bound_to(self):
            return "another form"


@pytest.fixture(autouse=True)
def asked(app):
    with app.test_request_context():
        yield


def token(form=Plain):
    return form(formdata=None).token._value()


def sent(token, form=Plain):
    """The form as it comes back with a token."""
    return form(formdata=MultiDict({"token": token}))


def test_a_form_comes_back_with_its_token():
    assert sent(token()).validate()


def test_no_two_tokens_are_the_same():
    assert len({token() for _ in range(50)}) == 50


def test_a_form_that_comes_back_shows_a_fresh_token():
    old = token()
    assert sent(old).token._value() != old


def test_a_form_may_be_sent_until_its_day_is_over(clock):
    made = token()
    clock.forward(hours=24)
    assert sent(made).validate()
    clock.forward(seconds=1)
    assert not sent(made).validate()


def test_form_that_takes_time_to_fill_is_not_taken_early(clock):
    made = token(Slow)
    clock.forward(seconds=2, milliseconds=-1)
    assert sent(made, Slow).errors == {} and not sent(made, Slow).validate()
    clock.forward(milliseconds=1)
    assert sent(made, Slow).validate()


def test_a_token_is_good_for_its_own_form_only():
    assert not sent(token(), Other).validate()
    assert not sent(token(Other)).validate()
    assert sent(token(Other), Other).validate()


def test_a_changed_token_is_worth_nothing():
    made = token()
    for place, sign in enumerate(made):
        # Half the alphabet away: the last sign carries two bits that mean nothing, and those alone change no token.
        other = SIGNS[(SIGNS.index(sign) + 32) % 64] if sign in SIGNS else "A"
        assert not sent(made[:place] + other + made[place + 1 :]).validate()


@pytest.mark.parametrize("payload", [[], "public", {}, None, ["public"], ["public", 0, "x"], ["public", 0]])
def test_even_a_signed_token_of_another_shape_is_refused(app, payload):
    made = URLSafeSerializer(app.config["SECRET_KEY"], salt="form-token/v1").dumps(payload)
    assert not sent(made).validate()


def test_each_form_has_own_number_by_which_doubles_are_known():
    made = token()
    number = open_token(made, "public", timedelta(0))
    assert open_token(made, "public", timedelta(0)) == number
    assert open_token(token(), "public", timedelta(0)) != number


def test_form_open_when_secret_key_changed_can_still_be_sent(app):
    made = token()
    app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"] = [app.config["SECRET_KEY"]], "another-key-" * 4
    assert Plain(MultiDict({"token": made})).validate()
    app.config["SECRET_KEY_FALLBACKS"] = []
    assert not Plain(MultiDict({"token": made})).validate()
