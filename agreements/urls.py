from django.urls import include, path

from . import template_urls
from .views import comparing, ending, joining, negotiating, reading, reviewing, signing

app_name = "agreements"
urlpatterns = [
    path("", reading.agreements, name="list"),
    path("templates/", include(template_urls.urlpatterns)),
    path("start/<uuid:arrangement_id>/", reading.start, name="start"),
    path("<uuid:pk>/", reading.detail, name="detail"),
    path("<uuid:pk>/agreement.pdf", reading.pdf, name="pdf"),
    # Writing it together
    path("<uuid:pk>/parts/<uuid:clause_id>/", negotiating.clause, name="clause"),
    path("<uuid:pk>/parts/<uuid:clause_id>/answer/", negotiating.answer, name="answer"),
    path("<uuid:pk>/agree/", negotiating.agree, name="agree"),
    path("<uuid:pk>/people/", negotiating.people, name="people"),
    path("parked/<uuid:turn_id>/", negotiating.parked, name="parked"),
    path("<uuid:pk>/history/", comparing.history, name="history"),
    path("<uuid:pk>/history.pdf", comparing.history_pdf, name="history_pdf"),
    path("<uuid:pk>/changes/", comparing.changes, name="changes"),
    path("<uuid:pk>/compare/<uuid:other_pk>/", comparing.compare, name="compare"),
    # Signing
    path("<uuid:pk>/offer/", signing.offer, name="offer"),
    path("<uuid:pk>/sign/", signing.sign, name="sign"),
    path("<uuid:pk>/ask-for-a-change/", signing.ask_for_change, name="ask_for_change"),
    path("<uuid:pk>/decline/", signing.decline, name="decline"),
    path("<uuid:pk>/take-back/", signing.take_back, name="take_back"),
    # In force
    path("<uuid:pk>/review/", reviewing.review, name="review"),
    path("reviews/<uuid:pk>/", reviewing.review_read, name="review_read"),
    path("reviews/<uuid:pk>/sign/", reviewing.review_sign, name="review_sign"),
    path("reviews/<uuid:pk>/decline/", reviewing.review_decline, name="review_decline"),
    path("reviews/<uuid:pk>/take-back/", reviewing.review_take_back, name="review_take_back"),
    path("reviews/<uuid:pk>/review.pdf", reviewing.review_pdf, name="review_pdf"),
    path("<uuid:pk>/join/", joining.join, name="join"),
    path("<uuid:pk>/join/decline/", joining.join_decline, name="join_decline"),
    path("joined/<uuid:pk>/joining.pdf", joining.accession_pdf, name="accession_pdf"),
    path("<uuid:pk>/end/", ending.end, name="end"),
]
