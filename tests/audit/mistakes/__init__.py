"""Which mistakes can be planted in a plan? Every kind, chapter by chapter, each with the rule that must see it."""

from tests.audit.mistakes import clashes, content, hours, staff, students
from tests.audit.mistakes.planting import Mistake

MISTAKES: tuple[Mistake, ...] = (
    *hours.MISTAKES,
    *content.MISTAKES,
    *staff.MISTAKES,
    *students.MISTAKES,
    *clashes.MISTAKES,
)
