"""Pages of goals."""

from __future__ import annotations

from django.urls import URLPattern, path

from supervision.records.subjects import Subjects

from .views import lists, noting, reading, sharing, writing


def patterns(subjects: Subjects) -> list[URLPattern]:
    """The addresses of goals. `subjects` finds what a goal can come from, in an app that goals do not know."""
    found = {"subjects": subjects}
    return [
        path("", lists.goals, name="goals"),
        path("ended/", lists.ended, name="goals_ended"),
        path("shared/", lists.shared, name="goals_shared"),
        path("new/", writing.new, found, name="goal_new"),
        path("<uuid:pk>/", reading.detail, found, name="goal"),
        path("<uuid:pk>/edit/", writing.edit, name="goal_edit"),
        path("<uuid:pk>/steps/<uuid:step_id>/", reading.step, name="goal_step"),
        path("<uuid:pk>/share/", sharing.share, name="goal_share"),
        path("<uuid:pk>/take-back/", sharing.take_back, name="goal_take_back"),
        path("<uuid:pk>/progress/", noting.progress, name="goal_progress"),
        path("<uuid:pk>/end/", noting.end, name="goal_end"),
        path("<uuid:pk>/take-up/", noting.reopen, name="goal_reopen"),
    ]
