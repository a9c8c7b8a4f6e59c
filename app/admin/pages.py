"""The organisers' pages: every module that gives the blueprint its views when it is imported."""

from app.admin import (
    accounts_views,
    demo_views,
    draw_views,
    editing_views,
    edition_views,
    entry_views,
    overview_views,
    own_account_views,
    picture_views,
    preview_views,
    privacy_views,
    readiness_views,
    rehearsal_views,
    sign_in_views,
    statistics_views,
    version_views,
)

PAGES = (
    *(overview_views, readiness_views, editing_views, version_views, picture_views, edition_views, preview_views),
    *(entry_views, draw_views, rehearsal_views, statistics_views, privacy_views),
    *(sign_in_views, own_account_views, accounts_views, demo_views),
)
