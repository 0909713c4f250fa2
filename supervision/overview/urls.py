"""The first page and what leads off it. `home` stays outside the namespace: every app names it."""

from django.urls import include, path

from . import views
from .opened.views import opened

pages = [
    path("overview/", views.manager, name="manager"),
    path("my-people/", views.people, name="people"),
    path("supervision-of/<uuid:pk>/", views.worker, name="worker"),
    path("activity/", views.activity_log, name="activity"),
    path("who-can-see-what/", views.who_can_see, name="who_can_see"),
    path("who-has-opened-what/", opened, name="opened"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("help/", views.help_page, name="help"),
]

urlpatterns = [path("", views.home, name="home"), path("", include((pages, "overview")))]
