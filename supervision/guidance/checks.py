"""System check: an own file of prompts and hints that can't be used stops the start, with everything that is wrong named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from .book import Faults
from .current import read_own


@register()
def guidance_can_be_used(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Every fault of the file that COMMON_HOUR_GUIDANCE_FILE names. A file that isn't named is not looked at."""
    path = settings.GUIDANCE_FILE
    if not path:
        return []
    try:
        read_own(path)
    except Faults as faults:
        return [
            Error(
                f"{path}: {said}",
                hint="Mend the file, or unset COMMON_HOUR_GUIDANCE_FILE to use the guidance that comes with the software.",
                id="guidance.E001",
            )
            for said in faults.said
        ]
    return []
