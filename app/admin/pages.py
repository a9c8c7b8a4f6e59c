"""The organisers' pages: every module that gives the blueprint its views when it is imported."""

from app.admin import overview, own_account, preview, privacy, readiness, sign_in, statistics, users
from app.admin.contest import entries
from app.admin.draw import views as draw_views
from app.admin.editing import editions, pictures, versions, views

PAGES = (
    *(overview, readiness, views, versions, pictures, editions, preview),
    *(entries, draw_views, statistics, privacy, sign_in, own_account, users),
)
