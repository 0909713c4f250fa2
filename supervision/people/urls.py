from django.urls import path

from .views import accounts, arrangements, calendar, credentials, entry, own, programs, resets

app_name = "people"
urlpatterns = [
    path("people/", accounts.people_list, name="list"),
    path("people/add/", accounts.add, name="add"),
    path("people/<uuid:pk>/", accounts.detail, name="detail"),
    path("people/<uuid:pk>/edit/", accounts.edit, name="edit"),
    path("people/<uuid:pk>/invite/", accounts.invite, name="invite"),
    path("people/<uuid:pk>/close/", accounts.deactivate, name="deactivate"),
    path("people/<uuid:pk>/open/", accounts.reactivate, name="reactivate"),
    path("people/<uuid:pk>/administrator/", accounts.administrator, name="administrator"),
    path("people/<uuid:pk>/e-mail/", accounts.address, name="address"),
    path("people/<uuid:pk>/e-mail/keep/", accounts.address_keep, name="address_keep"),
    path("people/waiting/", resets.waiting, name="waiting"),
    path("people/<uuid:pk>/link/<uuid:reset_pk>/agree/", resets.agree, name="reset_agree"),
    path("people/<uuid:pk>/link/<uuid:reset_pk>/stop/", resets.keep, name="reset_keep"),
    path("people/<uuid:pk>/away/", own.away_of, name="away_of"),
    path("people/<uuid:pk>/credentials/add/", credentials.credential_add, name="credential_add"),
    path(
        "people/<uuid:pk>/credentials/<uuid:credential_pk>/", credentials.credential_edit, name="credential"
    ),
    path(
        "people/<uuid:pk>/credentials/<uuid:credential_pk>/remove/",
        credentials.credential_remove,
        name="credential_remove",
    ),
    path("programs/", programs.programs, name="programs"),
    path("programs/add/", programs.program_add, name="program_add"),
    path("programs/<uuid:pk>/", programs.program, name="program"),
    path("programs/<uuid:pk>/edit/", programs.program_edit, name="program_edit"),
    path("programs/<uuid:pk>/places/add/", programs.place_add, name="place_add"),
    path("programs/<uuid:pk>/places/<uuid:place_pk>/", programs.place_edit, name="place"),
    path("programs/<uuid:pk>/managers/add/", programs.manager_add, name="manager_add"),
    path("programs/<uuid:pk>/managers/<uuid:management_pk>/end/", programs.manager_end, name="manager_end"),
    path("agency/", programs.agency, name="agency"),
    path("arrangements/", arrangements.arrangements, name="arrangements"),
    path("arrangements/add/", arrangements.arrangement_add, name="arrangement_add"),
    path("arrangements/<uuid:pk>/", arrangements.arrangement, name="arrangement"),
    path("arrangements/<uuid:pk>/join/", arrangements.join, name="arrangement_join"),
    path(
        "arrangements/<uuid:pk>/leave/<uuid:participation_pk>/", arrangements.leave, name="arrangement_leave"
    ),
    path(
        "arrangements/<uuid:pk>/replace/<uuid:participation_pk>/",
        arrangements.replace,
        name="arrangement_replace",
    ),
    path("arrangements/<uuid:pk>/end/", arrangements.end, name="arrangement_end"),
    path("your-details/", own.your_details, name="your_details"),
    path("your-details/changes/", own.changes, name="changes"),
    path("your-details/link/<uuid:reset_pk>/stop/", own.reset_stop, name="own_reset_stop"),
    path("your-details/e-mail/keep/", own.address_keep, name="own_address_keep"),
    path("your-details/away/", own.away, name="away"),
    path("your-details/calendar/", calendar.calendar, name="calendar"),
    path("limits/", own.limits, name="limits"),
    path("role/<slug:role>/", own.role, name="role"),
    path("start/", entry.not_started, name="not_started"),
    path("start/<str:token>/", entry.start, name="start"),
    path("invitation/<str:token>/", entry.invitation, name="invitation"),
    path("address/<str:token>/", entry.address_stop, name="address_stop"),
    path("link/<str:token>/", entry.reset_stop, name="reset_stop"),
]
