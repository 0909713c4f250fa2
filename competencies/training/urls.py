"""Pages of the training log and of credentials, under `training/`."""

from __future__ import annotations

from django.urls import path

from .views import credentials, entries, evidence, log

app_name = "training"
urlpatterns = [
    path("", log.log, name="log"),
    path("areas/", log.areas, name="areas"),
    path("of/<uuid:pk>/", log.of, name="of"),
    path("new/", entries.new, name="entry_new"),
    path("<uuid:pk>/", entries.detail, name="entry"),
    path("<uuid:pk>/edit/", entries.edit, name="entry_edit"),
    path("<uuid:pk>/remove/", entries.remove, name="entry_remove"),
    path("<uuid:pk>/evidence/", evidence.add_to_entry, name="entry_evidence"),
    path("credentials/", credentials.credentials, name="credentials"),
    path("credentials/new/", credentials.new, name="credential_new"),
    path("credentials/<uuid:pk>/", credentials.detail, name="credential"),
    path("credentials/<uuid:pk>/edit/", credentials.edit, name="credential_edit"),
    path("credentials/<uuid:pk>/renew/", credentials.renew, name="credential_renew"),
    path("credentials/<uuid:pk>/let-go/", credentials.let_go, name="credential_let_go"),
    path("credentials/<uuid:pk>/take-up/", credentials.take_up, name="credential_take_up"),
    path("credentials/<uuid:pk>/remove/", credentials.remove, name="credential_remove"),
    path("credentials/<uuid:pk>/evidence/", evidence.add_to_credential, name="credential_evidence"),
    path("evidence/<uuid:pk>/", evidence.download, name="evidence"),
    path("evidence/<uuid:pk>/remove/", evidence.remove, name="evidence_remove"),
]
