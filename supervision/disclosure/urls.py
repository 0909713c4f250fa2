from django.urls import path

from . import views

app_name = "disclosure"
urlpatterns = [
    path("", views.disclosures, name="list"),
    path("enter/", views.enter, name="enter"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/approve/", views.approve, name="approve"),
    path("<uuid:pk>/tell/", views.tell, name="tell"),
    path("<uuid:pk>/wait/", views.wait, name="wait"),
    path("<uuid:pk>/export/", views.export, name="export"),
    path("<uuid:pk>/end/", views.end, name="end"),
]
