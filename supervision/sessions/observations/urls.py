"""Pages of observations, in the namespace of sessions."""

from django.urls import path

from .views import addenda, agreeing, answering, lists, reading, writing

urlpatterns = [
    path("", lists.observations, name="observations"),
    path("log/", lists.log, name="observations_log"),
    path("propose/<uuid:arrangement_id>/<uuid:person_id>/", agreeing.propose, name="observation_propose"),
    path("<uuid:pk>/", reading.detail, name="observation"),
    path("<uuid:pk>/change/", agreeing.change, name="observation_change"),
    path("<uuid:pk>/agree/", agreeing.agree, name="observation_agree"),
    path("<uuid:pk>/decline-it/", agreeing.decline_proposal, name="observation_decline_plan"),
    path("<uuid:pk>/call-off/", agreeing.call_off, name="observation_call_off"),
    path("<uuid:pk>/write/", writing.write, name="observation_write"),
    path("<uuid:pk>/send/", writing.send, name="observation_send"),
    path("<uuid:pk>/sign/", answering.sign, name="observation_sign"),
    path("<uuid:pk>/decline/", answering.decline, name="observation_decline"),
    path("<uuid:pk>/ask-for-a-change/", answering.ask_for_change, name="observation_ask_for_change"),
    path("<uuid:pk>/take-back/", answering.take_back, name="observation_take_back"),
    path("<uuid:pk>/close/", answering.close, name="observation_close"),
    path("<uuid:pk>/pdf/", reading.pdf, name="observation_pdf"),
    path("<uuid:pk>/addendum/", addenda.add, name="observation_addendum"),
    path("addenda/<uuid:pk>/sign/", addenda.sign, name="observation_addendum_sign"),
    path("addenda/<uuid:pk>/close/", addenda.close, name="observation_addendum_close"),
    path("addenda/<uuid:pk>/pdf/", addenda.pdf, name="observation_addendum_pdf"),
]
