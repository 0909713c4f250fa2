from django.urls import path

from .views import left, own, sending

app_name = "portfolio"
urlpatterns = [
    path("yours/", own.own_files, name="list"),
    path("yours/portfolio/", own.ask, name="ask"),
    path("yours/everything/", own.everything, name="everything"),
    path("yours/who-has-seen-what/", own.openings, name="openings"),
    path("yours/<uuid:pk>/portfolio.pdf", own.pdf, name="pdf"),
    path("yours/<uuid:pk>/archive.zip", own.zipped, name="zip"),
    path("yours/<uuid:pk>/remove/", own.remove, name="remove"),
    path("yours/portfolio.schema.json", own.schema, name="schema"),
    path("of/<uuid:person_id>/", sending.leaver, name="leaver"),
    # Of somebody who has left: open to whoever came by their link within the hour
    path("leaving/", left.left, name="left"),
    path("leaving/portfolio/", left.left_ask, name="left_ask"),
    path("leaving/everything/", left.left_everything, name="left_everything"),
    path("leaving/done/", left.left_done, name="left_done"),
    path("leaving/who-has-seen-what/", left.left_openings, name="left_openings"),
    path("leaving/notes/", left.left_erase, name="left_erase"),
    path("leaving/files/<uuid:pk>/portfolio.pdf", left.left_pdf, name="left_pdf"),
    path("leaving/files/<uuid:pk>/archive.zip", left.left_zip, name="left_zip"),
    path("leaving/<str:token>/", left.entry, name="leaving"),
]
