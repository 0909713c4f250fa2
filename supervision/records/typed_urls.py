"""Where the words of forms are kept while somebody types."""

from django.urls import path

from . import views

app_name = "typed"
urlpatterns = [path("", views.typed_words, name="words")]
