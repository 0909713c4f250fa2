"""Pages of observations, in the namespace of sessions."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.observations, name="observations"),
    path("log/", views.log, name="observations_log"),
    path("propose/<uuid:arrangement_id>/<uuid:person_id>/", views.propose, name="observation_propose"),
    path("<uuid:pk>/", views.detail, name="observation"),
    path("<uuid:pk>/change/", views.change, name="observation_change"),
    path("<uuid:pk>/agree/", views.agree, name="observation_agree"),
    path("<uuid:pk>/decline-it/", views.decline_proposal, name="observation_decline_plan"),
    path("<uuid:pk>/call-off/", views.call_off, name="observation_call_off"),
    path("<uuid:pk>/write/", views.write, name="observation_write"),
    path("<uuid:pk>/send/", views.send, name="observation_send"),
    path("<uuid:pk>/sign/", views.sign, name="observation_sign"),
    path("<uuid:pk>/decline/", views.decline, name="observation_decline"),
    path("<uuid:pk>/ask-for-a-change/", views.ask_for_change, name="observation_ask_for_change"),
    path("<uuid:pk>/take-back/", views.take_back, name="observation_take_back"),
    path("<uuid:pk>/close/", views.close, name="observation_close"),
    path("<uuid:pk>/pdf/", views.pdf, name="observation_pdf"),
]
