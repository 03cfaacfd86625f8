"""How do a school's files become a scenario, and back? Folder, workbook, archive or JSON; every fault at once."""

from scheduler.intake.archive import Limits
from scheduler.intake.canonical import digest, in_order, scenario_from_json, scenario_to_json
from scheduler.intake.guide import columns_guide
from scheduler.intake.mark import mark_faults
from scheduler.intake.reading import Reading, as_written, read, read_bytes, read_scenario
from scheduler.intake.template import write_template
from scheduler.intake.write import write_folder, write_workbook

__all__ = [
    "Limits",
    "Reading",
    "as_written",
    "columns_guide",
    "digest",
    "in_order",
    "mark_faults",
    "read",
    "read_bytes",
    "read_scenario",
    "scenario_from_json",
    "scenario_to_json",
    "write_folder",
    "write_template",
    "write_workbook",
]
