"""Pages of assessments."""

from __future__ import annotations

from django.urls import URLPattern, path

from supervision.records.subjects import Subjects

from ..averages.views import averages
from .views import answering, beginning, ending, filling, lists, reading, settling


def patterns(subjects: Subjects) -> list[URLPattern]:
    """The addresses of assessments. `subjects` finds what may show how somebody works, in an app that this one does not know."""
    return [
        path("", lists.mine, name="assessments"),
        path("signed/", lists.signed, name="assessments_signed"),
        path("averages/", averages, name="assessments_averages"),
        path("begin/", beginning.choose, name="assessment_choose"),
        path("new/", beginning.new, name="assessment_new"),
        path("<uuid:pk>/", reading.detail, name="assessment"),
        path("<uuid:pk>/part/", filling.part, {"subjects": subjects}, name="assessment_part"),
        path("<uuid:pk>/own/", reading.own, name="assessment_own"),
        path("<uuid:pk>/views/", reading.views, name="assessment_views"),
        path("<uuid:pk>/take-part-back/", ending.take_back_part, name="assessment_take_back_part"),
        path("<uuid:pk>/show-alone/", ending.release_alone, name="assessment_release"),
        path("<uuid:pk>/leave/", ending.withdraw_part, name="assessment_withdraw"),
        path("<uuid:pk>/call-off/", ending.call_off, name="assessment_call_off"),
        path("<uuid:pk>/throw-away/", ending.throw_away, name="assessment_throw_away"),
        path("<uuid:pk>/settle/", settling.settle, name="assessment_settle"),
        path("<uuid:pk>/send/", settling.send, name="assessment_send"),
        path("<uuid:pk>/leave-unsigned/", settling.leave_unsigned, name="assessment_leave_unsigned"),
        path("<uuid:pk>/sign/", answering.sign, name="assessment_sign"),
        path("<uuid:pk>/decline/", answering.decline, name="assessment_decline"),
        path("<uuid:pk>/ask-for-a-change/", answering.ask_for_change, name="assessment_ask_for_change"),
        path("<uuid:pk>/take-back/", answering.take_back, name="assessment_take_back"),
        path("<uuid:pk>/close/", answering.close, name="assessment_close"),
        path("<uuid:pk>/pdf/", reading.pdf, name="assessment_pdf"),
    ]
