from django.urls import path

from . import views

app_name = "handover"
urlpatterns = [
    path("", views.listed, name="list"),
    path("to/<uuid:part_id>/", views.choose, name="choose"),
    path("back/<uuid:pk>/", views.take_back, name="take_back"),
    path("of/<uuid:part_id>/<uuid:worker_id>/", views.of, name="of"),
    path("of/<uuid:part_id>/<uuid:worker_id>/agreement/<uuid:pk>/", views.agreement, name="agreement"),
    path("record/<uuid:pk>/", views.record, name="record"),
]
