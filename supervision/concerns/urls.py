"""Pages of concerns and of letters."""

from django.urls import path

from .letters import views as letters
from .raising.views import answering, lists, raising, reading

app_name = "concerns"
urlpatterns = [
    path("", lists.concerns, name="list"),
    path("from-a-session/<uuid:arrangement_id>/", raising.begin, name="begin"),
    path("state/<uuid:arrangement_id>/<uuid:person_id>/", raising.state, name="state"),
    path("letters/", letters.letters, name="letters"),
    path("letters/about/<uuid:pk>/", letters.write, name="letter_write"),
    path("letters/<uuid:pk>/", letters.letter, name="letter"),
    path("letters/<uuid:pk>/received/", letters.receive, name="letter_receive"),
    path("letters/<uuid:pk>/close/", letters.close, name="letter_close"),
    path("letters/<uuid:pk>/show/<uuid:person_id>/", letters.show, name="letter_show"),
    path(
        "letters/<uuid:pk>/stop-showing/<uuid:person_id>/", letters.stop_showing, name="letter_stop_showing"
    ),
    path("<uuid:pk>/", reading.detail, name="detail"),
    path("<uuid:pk>/change/", raising.change, name="change"),
    path("<uuid:pk>/throw-away/", raising.throw_away, name="throw_away"),
    path("<uuid:pk>/told/", raising.tell, name="tell"),
    path("<uuid:pk>/told-again/", raising.tell_again, name="tell_again"),
    path("<uuid:pk>/share/", raising.share, name="share"),
    path("<uuid:pk>/share-out-of-order/", raising.share_out_of_order, name="share_out_of_order"),
    path("<uuid:pk>/report/", raising.report, name="report"),
    path("<uuid:pk>/accept/", raising.accept, name="accept"),
    path("<uuid:pk>/withdraw/", raising.withdraw, name="withdraw"),
    path("<uuid:pk>/seen/", answering.seen, name="seen"),
    path("<uuid:pk>/not-by-me/", answering.decline, name="decline"),
    path("<uuid:pk>/taken-further/", answering.taken, name="taken"),
    path("<uuid:pk>/ask/", answering.let_ask, name="let_ask"),
    path("<uuid:pk>/confirm/", answering.confirm, name="confirm"),
    path("<uuid:pk>/my-words/", answering.statement, name="statement"),
    path("<uuid:pk>/end/", answering.close, name="close"),
    path("<uuid:pk>/answer/", answering.answer, name="answer"),
]
