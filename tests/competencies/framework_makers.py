"""Frameworks of an agency's own at every stage, made with the operations that administrators use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from competencies.library import operations
from competencies.library.framework_file import read
from competencies.library.shape import Content
from competencies.models import Framework
from tests.cast import Cast

from .test_framework_file import GOOD


def rivers(**changed: Any) -> Content:
    return dataclasses.replace(read(GOOD.encode(), name="rivers.toml"), **changed)


def fresh(framework: Framework) -> Framework:
    return Framework.objects.get(pk=framework.pk)


def do(operation: Callable[..., Any], framework: Framework, cast: Cast, **given: Any) -> Any:
    """One operation by the administrator, who has just looked at the framework."""
    version = fresh(framework).version
    return operation(framework=framework, version=version, by=cast.administrator, **given)


def loaded(cast: Cast, **changed: Any) -> Framework:
    return operations.load(content=rivers(**changed), by=cast.administrator)


def published(cast: Cast, **changed: Any) -> Framework:
    framework = loaded(cast, **changed)
    do(operations.publish, framework, cast)
    return fresh(framework)


def again(framework: Framework, cast: Cast, **changed: Any) -> Framework:
    content = rivers(key=framework.key, **changed)
    return do(operations.load_again, framework, cast, content=content)


def retired(framework: Framework, cast: Cast) -> Framework:
    return do(operations.retire, framework, cast)
