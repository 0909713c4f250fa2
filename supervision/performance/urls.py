"""Pages of jobs and performance."""

from django.urls import path

from . import views
from .descriptions.views import reading as describing
from .descriptions.views import writing as preparing
from .notes.views import answering, reading, writing

app_name = "performance"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/description/", preparing.draft, name="description_draft"),
    path("people/<uuid:pk>/description/write/", preparing.write, name="description_write"),
    path("people/<uuid:pk>/description/discard/", preparing.discard, name="description_discard"),
    path("people/<uuid:pk>/write/", writing.start, name="note_start"),
    path("descriptions/<uuid:pk>/", describing.detail, name="description"),
    path("descriptions/<uuid:pk>/read/", describing.say_read, name="description_read"),
    path("descriptions/<uuid:pk>/what-does-not-fit/", describing.reply, name="description_reply"),
    path("records/", views.records, name="records"),
    path("records/<uuid:pk>/", reading.detail, name="note"),
    path("records/<uuid:pk>/write/", writing.write, name="note_write"),
    path("records/<uuid:pk>/send/", writing.send, name="note_send"),
    path("records/<uuid:pk>/withdraw/", writing.withdraw, name="note_withdraw"),
    path("records/<uuid:pk>/result/", writing.follow, name="note_follow"),
    path("records/<uuid:pk>/sign/", answering.sign, name="note_sign"),
    path("records/<uuid:pk>/decline/", answering.decline, name="note_decline"),
    path("records/<uuid:pk>/ask-for-a-change/", answering.ask_for_change, name="note_ask_for_change"),
    path("records/<uuid:pk>/take-back/", answering.take_back, name="note_take_back"),
    path("records/<uuid:pk>/close/", answering.close, name="note_close"),
    path("records/<uuid:pk>/pdf/", reading.pdf, name="note_pdf"),
]
