"""Pages of what is taken up, in the namespace of sessions."""

from django.urls import path

from .views import agreeing, lists, reading

urlpatterns = [
    path("", lists.matters, name="matters"),
    path("with/<uuid:arrangement_id>/<uuid:person_id>/", agreeing.propose, name="matter_propose"),
    path("<uuid:pk>/", reading.detail, name="matter"),
    path("<uuid:pk>/change/", agreeing.change, name="matter_change"),
    path("<uuid:pk>/agree/", agreeing.agree, name="matter_agree"),
    path("<uuid:pk>/decline/", agreeing.decline, name="matter_decline"),
    path("<uuid:pk>/leave/", agreeing.leave, name="matter_leave"),
    path("<uuid:pk>/reply/", reading.reply, name="matter_reply"),
]
