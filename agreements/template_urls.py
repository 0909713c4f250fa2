"""The pages of the agency's templates, under `agreements/templates/`; their names belong to the namespace `agreements`."""

from django.urls import path

from .views import templates

urlpatterns = [
    path("", templates.templates, name="templates"),
    path("new/", templates.template_new, name="template_new"),
    path("standard/", templates.standard_template, name="template_standard"),
    path("standard/export/", templates.standard_export, name="template_standard_export"),
    path("<uuid:pk>/", templates.template, name="template"),
    path("<uuid:pk>/preview/", templates.preview, name="template_preview"),
    path("<uuid:pk>/rename/", templates.rename, name="template_rename"),
    path("<uuid:pk>/retire/", templates.retire, name="template_retire"),
    path("<uuid:pk>/bring-back/", templates.bring_back, name="template_bring_back"),
    # The edition that is being prepared
    path("<uuid:pk>/prepare/", templates.prepare, name="template_prepare"),
    path("<uuid:pk>/parts/add/", templates.part_add, name="template_part_add"),
    path("<uuid:pk>/parts/<slug:key>/change/", templates.part, name="template_part"),
    path("<uuid:pk>/parts/<slug:key>/move/", templates.move, name="template_move"),
    path("<uuid:pk>/parts/<slug:key>/remove/", templates.remove, name="template_remove"),
    path("<uuid:pk>/limits/", templates.limits, name="template_limits"),
    path("<uuid:pk>/publish/", templates.publish, name="template_publish"),
    path("<uuid:pk>/discard/", templates.discard, name="template_discard"),
    path("<uuid:pk>/export/", templates.export, name="template_export"),
    path("<uuid:pk>/import/", templates.import_file, name="template_import"),
]
