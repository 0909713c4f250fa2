from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Prompts and hints from one file that an agency can edit; which hints a person does not want to see."""

    name = "supervision.guidance"
    label = "guidance"

    def ready(self) -> None:
        from . import checks  # noqa: F401
