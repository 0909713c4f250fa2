from django.urls import path

from .views import actions, addenda, agenda, calendar, lists, planning, reading, recording, signing

app_name = "sessions"
urlpatterns = [
    path("", lists.sessions, name="list"),
    path("month/", calendar.month, name="month"),
    path("week/", calendar.week, name="week"),
    path("<uuid:pk>/calendar.ics", calendar.ics, name="ics"),
    path("log/", recording.log, name="log"),
    path("plan/<uuid:arrangement_id>/", planning.plan, name="plan"),
    path("plan/<uuid:arrangement_id>/several/", planning.plan_several, name="plan_several"),
    path("<uuid:pk>/", reading.detail, name="detail"),
    path("<uuid:pk>/facts/", reading.facts, name="facts"),
    path("<uuid:pk>/pdf/", reading.pdf, name="pdf"),
    path("<uuid:pk>/move/", planning.move, name="move"),
    path("<uuid:pk>/cancel/", planning.cancel, name="cancel"),
    path("<uuid:pk>/missed/", planning.missed, name="missed"),
    path("<uuid:pk>/rebook/", planning.rebook, name="rebook"),
    path("<uuid:pk>/agenda/", agenda.add, name="agenda_add"),
    path("<uuid:pk>/suggestion/<uuid:suggestion_id>/", agenda.suggestion, name="suggestion"),
    path("agenda/<uuid:pk>/", agenda.item, name="agenda_item"),
    path("<uuid:pk>/record/", recording.record, name="record"),
    path("<uuid:pk>/discard/", recording.discard, name="discard"),
    path("<uuid:pk>/send/", signing.send, name="send"),
    path("<uuid:pk>/sign/", signing.sign, name="sign"),
    path("<uuid:pk>/decline/", signing.decline, name="decline"),
    path("<uuid:pk>/ask-for-a-change/", signing.ask_for_change, name="ask_for_change"),
    path("<uuid:pk>/take-back/", signing.take_back, name="take_back"),
    path("<uuid:pk>/close/", signing.close, name="close"),
    path("<uuid:pk>/addendum/", addenda.add, name="addendum"),
    path("addenda/<uuid:pk>/sign/", addenda.sign, name="addendum_sign"),
    path("addenda/<uuid:pk>/close/", addenda.close, name="addendum_close"),
    path("addenda/<uuid:pk>/pdf/", reading.addendum_pdf, name="addendum_pdf"),
    path("actions/<uuid:pk>/done/", actions.done, name="action_done"),
    path("actions/<uuid:pk>/reopen/", actions.reopen, name="action_reopen"),
    path("actions/<uuid:pk>/drop/", actions.drop, name="action_drop"),
]
