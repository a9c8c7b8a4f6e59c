"""The organisers' pages: every module that gives the blueprint its views when it is imported."""

from app.admin import notices, overview, own_account, privacy, readiness, sign_in, statistics, users
from app.admin.contest import entries
from app.admin.draw import views as draw_views
from app.admin.editing import editions, look, municipalities, pictures, preview, versions, views
from app.admin.material import views as material_views
from app.admin.reminders import views as reminder_views

PAGES = (
    *(overview, readiness, views, versions, pictures, look, editions, municipalities, preview),
    *(entries, draw_views, statistics, reminder_views, privacy),
    *(sign_in, own_account, users, notices, material_views),
)
