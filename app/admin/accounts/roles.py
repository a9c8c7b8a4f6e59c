"""Who may do what in the organisers' area: one table, closed by default. Pure."""

# A page that stands in no line of it is refused to everybody; tests/admin/test_roles.py names such a page.

ADMINISTRATOR, EDITOR, CONTEST, MUNICIPAL = "administrator", "editor", "contest", "municipality"
# The roles, as people read them.
ROLES = {
    ADMINISTRATOR: "administratör",
    EDITOR: "redaktör",
    CONTEST: "tävlingsansvarig",
    MUNICIPAL: "kommunredaktör",
}
ABOUT = {
    ADMINISTRATOR: "gör allt, och bjuder in andra",
    EDITOR: "skriver luckorna, men ser inga tävlingssvar",
    CONTEST: "tar hand om tävlingens villkor, svar, dragning och gallring",
    MUNICIPAL: "skriver en kommuns sida, och ser inget annat",
}

# The way in; everything else asks for a sign-in.
OPEN_TO_ALL = {
    *("admin.sign_in", "admin.sign_in_with_passkey", "admin.passkey_question"),
    *("admin.invitation", "admin.invitation_passkey_question"),
}

# Pages of the blueprint by who may use them.
_TABLE: dict[tuple[str, ...], str] = {
    # To a kommunredaktör the overview is the way to their own page.
    (ADMINISTRATOR, EDITOR, CONTEST, MUNICIPAL): """
        overview sign_out stay_signed_in prove_again
        own_account change_password codes_page make_recovery_codes
        add_passkey remove_passkey end_sign_in end_all_sign_ins
    """,
    (ADMINISTRATOR, EDITOR, CONTEST): """
        choose_mails send_test_mail readiness preview preview_page refuse_to_send statistics statistics_csv
        reminders send_sample material material_zip edit_contest move_contest remove_contest edit_organiser
    """,
    (ADMINISTRATOR, CONTEST): """
        entries entry_hints extract strike restore entries_csv entries_xlsx
        draw rehearsed_page lock_now paste_value fetch_value confirm skip cancel
        publish_name withdraw_name start_rehearsal
        feedback mark_answered erasure_page erase archive_package log_page
    """,
    (ADMINISTRATOR, EDITOR): """
        editing edit_hatch edit_texts edit_look logo_now edit_accessibility edit_picture save_figure picture_now
        preview_text preview_hatch versions version version_page version_picture
        swap order new delete_edition export take_in confirm_archive undo_archive
    """,
    (ADMINISTRATOR,): """
        accounts_page invite_organiser withdraw_invitation change_role remove_page remove_organiser start_demo_over
        edit_municipalities edit_municipality
    """,
    (MUNICIPAL,): """
        edit_own_municipality
    """,
}
MAY_USE = {f"admin.{name}": frozenset(allowed) for allowed, names in _TABLE.items() for name in names.split()}

_ASKED_AGAIN = """
    lock_now paste_value fetch_value confirm skip cancel extract entries_csv entries_xlsx archive_package erase
    invite_organiser withdraw_invitation change_role remove_organiser
    codes_page make_recovery_codes add_passkey remove_passkey
"""
# Pages that want a new proof of who is there when the last one is some minutes old.
ASKED_AGAIN = {f"admin.{name}" for name in _ASKED_AGAIN.split()}


def may(role: str, endpoint: str) -> bool:
    """Check whether someone with the role may use a page, by its endpoint."""
    return role in MAY_USE.get(endpoint, ())


def sees_people(role: str) -> bool:
    """Check whether the role has access to personal data; it then needs an app for one-time codes."""
    return may(role, "admin.entries")


def shows_people(endpoint: str) -> bool:
    """Check whether a page is for roles that see personal data only, or says more to them."""
    return endpoint == "admin.overview" or not may(EDITOR, endpoint)
