"""Every address of production, and the bare page that all others are measured by."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from supervision.urls import urlpatterns as production


def bare(request: HttpRequest) -> HttpResponse:
    """Nothing but the middleware."""
    return HttpResponse("ok")


urlpatterns = [path("verify/bare/", bare, name="bare"), *production]
