"""Pages of frameworks, under `frameworks/`."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.frameworks, name="frameworks"),
    path("<uuid:pk>/", views.framework, name="framework"),
    path("<uuid:pk>/versions/<int:number>/", views.version, name="framework_version"),
]
