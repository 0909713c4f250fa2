from django.urls import path

from . import views

app_name = "agreements"
urlpatterns = [
    path("", views.agreements, name="list"),
    path("start/<uuid:arrangement_id>/", views.start, name="start"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/parts/<uuid:clause_id>/", views.clause, name="clause"),
    path("<uuid:pk>/terms/", views.terms, name="terms"),
    path("<uuid:pk>/people/", views.people, name="people"),
    path("<uuid:pk>/offer/", views.offer, name="offer"),
    path("<uuid:pk>/sign/", views.sign, name="sign"),
    path("<uuid:pk>/ask-for-a-change/", views.ask_for_change, name="ask_for_change"),
    path("<uuid:pk>/decline/", views.decline, name="decline"),
    path("<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("<uuid:pk>/end/", views.end, name="end"),
    path("<uuid:pk>/agreement.pdf", views.pdf, name="pdf"),
]
