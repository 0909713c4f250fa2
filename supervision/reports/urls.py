from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("ask/", views.ask, name="ask"),
    path("packet/<uuid:person>/", views.packet, name="packet"),
    path("log/<uuid:person>/", views.log, name="log"),
    path("choices/<uuid:pk>/ask/", views.by_choice, name="by_choice"),
    path("choices/<uuid:pk>/", views.change_choice, name="choice"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("<uuid:pk>/again/", views.again, name="again"),
    path("<uuid:pk>/report.pdf", views.download, name="download"),
    path("<uuid:pk>/archive.zip", views.download, {"form": "zip"}, name="archive"),
    path("<uuid:pk>/table.csv", views.download, {"form": "csv"}, name="table"),
    path("<uuid:pk>/tables.xlsx", views.download, {"form": "xlsx"}, name="book"),
]
