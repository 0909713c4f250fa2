"""Pages of frameworks, under `frameworks/`."""

from __future__ import annotations

from django.urls import path

from .views import keeping, reading

urlpatterns = [
    path("", reading.frameworks, name="frameworks"),
    path("<uuid:pk>/", reading.framework, name="framework"),
    path("<uuid:pk>/versions/<int:number>/", reading.version, name="framework_version"),
    # For administrators
    path("load/", keeping.load, name="framework_load"),
    path("<uuid:pk>/load/", keeping.load_again, name="framework_load_again"),
    path("<uuid:pk>/draft/", keeping.draft, name="framework_draft"),
    path("<uuid:pk>/publish/", keeping.publish, name="framework_publish"),
    path("<uuid:pk>/discard/", keeping.discard, name="framework_discard"),
    path("<uuid:pk>/retire/", keeping.retire, name="framework_retire"),
    path("<uuid:pk>/bring-back/", keeping.bring_back, name="framework_bring_back"),
    path("<uuid:pk>/file/", keeping.file, name="framework_file"),
]
