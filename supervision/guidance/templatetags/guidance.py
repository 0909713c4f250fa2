"""`{% load guidance %}`: sources of prompts and hints with their names."""

from django import template

from ..shown import source_words

register = template.Library()
register.filter("source_words", source_words)
