"""What came out of the rows so far? All facts with the row each came from, so that later doubts can point at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.domain import (
    Bell,
    BusTrip,
    Choice,
    ClauseId,
    Course,
    FlexibleHours,
    Grade,
    HomeClass,
    Lesson,
    Lock,
    Provider,
    Pupil,
    PupilId,
    Room,
    Scenario,
    School,
    Season,
    Slot,
    Staff,
    Term,
    Waiver,
)
from scheduler.errors import Fault
from scheduler.intake.kinds import Scalar
from scheduler.intake.rows import Row
from scheduler.intake.sheets import SHEETS


@dataclass(slots=True)
class Draft:
    """A scenario in the making; what was refused is missing."""

    place: str
    faults: list[Fault]
    school: School | None = None
    term: Term | None = None
    flexible_hours: FlexibleHours | None = None
    seasons: list[Season] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)
    home_classes: list[HomeClass] = field(default_factory=list)
    bells: list[Bell] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)
    choices: Mapping[PupilId, tuple[Choice, ...]] = field(default_factory=dict)
    trips: list[BusTrip] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    readings: Mapping[ClauseId, Mapping[str, Scalar]] = field(default_factory=dict)
    origins: dict[tuple[str, str], Row] = field(default_factory=dict)
    """Row by sheet and key (id, grade number, or pupil for wishes)."""
    whole: dict[str, bool] = field(default_factory=dict)
    """By sheet, false where rows were refused."""

    def row(self, sheet: str, key: str) -> Row:
        """The row something came from, or one that stands for the whole file."""
        found = self.origins.get((sheet, key))
        if found is None:
            named = next(each for each in SHEETS if each.name == sheet)
            found = Row(named, f"{self.place}·{named.zh}", None, self.faults)
        return found

    def scenario(self) -> Scenario | None:
        """The scenario, where nothing essential is missing."""
        if self.school is None or self.term is None:
            return None
        return Scenario(
            school=self.school,
            term=self.term,
            seasons=tuple(self.seasons),
            grades=tuple(self.grades),
            home_classes=tuple(self.home_classes),
            slots=tuple(self.slots),
            rooms=tuple(self.rooms),
            staff=tuple(self.staff),
            courses=tuple(self.courses),
            pupils=tuple(self.pupils),
            bells=tuple(self.bells),
            lessons=tuple(self.lessons),
            providers=tuple(self.providers),
            trips=tuple(self.trips),
            locks=tuple(self.locks),
            waivers=tuple(self.waivers),
            flexible_hours=self.flexible_hours,
            readings=self.readings,
        )
