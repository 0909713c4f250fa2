"""What the PDF of an assessment is made with: drawings and tables from the signed content, as on its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from supervision.pages.charts import Figure

from ..assessments import content as signed
from ..assessments.figures import Trend

register = template.Library()


@register.filter
def assessment_figure(content: Mapping[str, Any]) -> Figure:
    return signed.figure(content)


@register.filter
def assessment_sentence(content: Mapping[str, Any]) -> str:
    return signed.sentence(content)


@register.filter
def assessment_trend(content: Mapping[str, Any]) -> Trend | None:
    return signed.trend(content)


@register.filter
def assessment_domains(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    return signed.said_domains(content)
