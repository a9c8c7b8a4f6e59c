"""The organisers' pages: every module that gives the blueprint its views when it is imported."""

from app.admin import overview, preview, privacy, readiness, statistics
from app.admin.accounts import accounts, own_account, sign_in
from app.admin.contest import entries
from app.admin.draw import views as draw_views
from app.admin.editing import editions, pictures, versions, views
from app.admin.reminders import views as reminder_views

PAGES = (
    *(overview, readiness, views, versions, pictures, editions, preview),
    *(entries, draw_views, draw_views, statistics, privacy),
    *(sign_in, own_account, accounts, overview, reminder_views),
)
