from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("ask/", views.ask, name="ask"),
    path("packet/<uuid:person>/", views.packet, name="packet"),
    path("<uuid:pk>/archive.zip", views.archive, name="archive"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/report.pdf", views.download, name="download"),
]
