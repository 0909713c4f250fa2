"""The request of somebody who is signed in, for views behind the middleware that lets nobody else through."""

from django.http import HttpRequest

from .models import User


class PersonRequest(HttpRequest):
    """Only a type: views that need somebody signed in take it, so that their `user` is a person."""

    user: User
