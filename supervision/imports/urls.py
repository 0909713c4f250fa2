from django.urls import path, re_path

from . import views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    re_path(r"^template/(?P<kind>[a-z]+)\.(?P<form>csv|xlsx)$", views.template, name="template"),
    path("send/<slug:kind>/", views.send, name="send"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/problems.csv", views.problems, name="problems"),
    path("<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("<uuid:pk>/leave/", views.leave, name="leave"),
    path("<uuid:pk>/invite/", views.invite, name="invite"),
    path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
]
