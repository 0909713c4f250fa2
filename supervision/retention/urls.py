from django.urls import path

from . import views

app_name = "retention"
urlpatterns = [
    path("", views.keeping, name="keeping"),
    path("rules/<slug:kind>/", views.rule, name="rule"),
    path("lists/", views.propose, name="propose"),
    path("lists/<uuid:pk>/", views.disposal, name="disposal"),
    path("lists/<uuid:pk>/stop/", views.stop, name="stop"),
    path("holds/add/", views.hold, name="hold"),
    path("holds/<uuid:pk>/end/", views.lift, name="lift"),
    # For whom it concerns
    path("upcoming/", views.upcoming, name="upcoming"),
    path("ask/<slug:kind>/<uuid:pk>/", views.restriction, name="restriction"),
]
