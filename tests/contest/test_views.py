from app.contest.models import Entry
from app.database import db


def test_an_entry_is_in_the_database_when_the_visitor_is_thanked(app, enter):
    page = enter()
    assert page.status_code == 200
    assert "Tack, ditt bidrag är mottaget" in page.text
    with app.app_context():
        assert [entry.email for entry in db.session.query(Entry)] == ["anna@example.se"]


def test_an_organiser_sees_the_entries(enter, organiser):
    enter()
    assert "anna@example.se" in organiser.get("/admin/bidrag").text
