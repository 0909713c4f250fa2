"""The tables of this app. Each part keeps its own in files of its own."""

from .assessments.models import Assessment as Assessment
from .assessments.models import AssessmentPart as AssessmentPart
from .averages.models import ProgramAverage as ProgramAverage
from .goals.models import Goal as Goal
from .goals.models import GoalReader as GoalReader
from .goals.models import GoalStep as GoalStep
from .goals.models import ProgressNote as ProgressNote
from .library.models import Framework as Framework
from .library.models import FrameworkVersion as FrameworkVersion
from .programs.models import ProgramAction as ProgramAction
from .programs.models import ProgramActionEvent as ProgramActionEvent
from .programs.models import ProgramAnswer as ProgramAnswer
from .programs.models import ProgramAsked as ProgramAsked
from .programs.models import ProgramAssessment as ProgramAssessment
from .programs.models import ProgramResult as ProgramResult
from .rounds.models import NamedView as NamedView
from .rounds.models import Round as Round
from .rounds.models import RoundResult as RoundResult
from .rounds.models import Sheet as Sheet
from .training.models import EvidenceFile as EvidenceFile
from .training.models import TrainingArea as TrainingArea
from .training.models import TrainingEntry as TrainingEntry
