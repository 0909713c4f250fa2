"""The one address of sessions that needs no sign-in: whoever has it is let in by its secret."""

from django.urls import path

from .views import calendar

app_name = "calendar"
urlpatterns = [path("<str:secret>.ics", calendar.feed, name="feed")]
