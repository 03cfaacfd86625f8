"""Which facts does a school bring? Everything a plan is made from, frozen and typed; no rule lives here.

Clock times are `datetime.time`, weekdays 1 (Monday) to 7 (Sunday), dates `datetime.date`, durations minutes.
`None` means "not given", never "zero". Words: 方案 Scenario, 时段 Slot, 项目 Course, 行政班 HomeClass, 志愿 Choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from functools import cached_property
from typing import NewType

SlotId = NewType("SlotId", str)
SeasonId = NewType("SeasonId", str)
RoomId = NewType("RoomId", str)
StaffId = NewType("StaffId", str)
ProviderId = NewType("ProviderId", str)
CourseId = NewType("CourseId", str)
HomeClassId = NewType("HomeClassId", str)
PupilId = NewType("PupilId", str)
RouteId = NewType("RouteId", str)
TripId = NewType("TripId", str)
ClauseId = NewType("ClauseId", str)


class Stage(StrEnum):
    """学段."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class AreaType(StrEnum):
    """Where the school stands: 城区, 县城, 乡镇, 村. Rural means township or village."""

    URBAN = "urban"
    COUNTY_TOWN = "county_town"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Ownership(StrEnum):
    """公办 or 民办."""

    PUBLIC = "public"
    PRIVATE = "private"


class SchoolForm(StrEnum):
    """办学形式."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    NINE_YEAR = "nine_year"
    COMPLETE_SECONDARY = "complete_secondary"
    TWELVE_YEAR = "twelve_year"
    OTHER = "other"


class Strand(StrEnum):
    """The two halves of the service: "1" 学科辅导 and "X" 素质拓展."""

    ONE = "1"
    X = "X"


class Service(StrEnum):
    """What a slot is for. Only `REGULAR` counts as after-school service in shares and hours."""

    REGULAR = "regular"
    EXTENDED_CARE = "extended_care"
    EVENING_STUDY = "evening_study"


class Form(StrEnum):
    """How pupils come into a course.

    `CHOSEN` by a ranked wish; `ARRANGED` by the school (homework, class PE, class reading); the rest are care of
    their own kind: they belong to no strand and never count towards shares or hours.
    """

    CHOSEN = "chosen"
    ARRANGED = "arranged"
    BASE_CARE = "base_care"
    EXTENDED_CARE = "extended_care"
    EVENING_STUDY = "evening_study"
    BOARDER_CARE = "boarder_care"


class Category(StrEnum):
    """What a course is about (项目类别); which strand a category may count as differs by county."""

    HOMEWORK = "homework"
    TUTORING = "tutoring"
    READING = "reading"
    PE = "pe"
    ARTS = "arts"
    SCIENCE = "science"
    LABOUR = "labour"
    MORAL = "moral"
    PRACTICE = "practice"
    GAMES = "games"
    SAFETY = "safety"
    LAW = "law"
    LECTURE = "lecture"
    CLUB = "club"
    CARE = "care"


class Activity(StrEnum):
    """What really happens in the room (活动类型). Counties ban some of these by name."""

    HOMEWORK_GUIDANCE = "homework_guidance"
    FACE_TO_FACE_MARKING = "face_to_face_marking"
    TUTORING_QA = "tutoring_qa"
    STUDY_EXTENSION = "study_extension"
    REVIEW = "review"
    PREVIEW = "preview"
    READING = "reading"
    ORAL_PRACTICE = "oral_practice"
    ENRICHMENT = "enrichment"
    SUPERVISION = "supervision"
    EXAM_DRILL = "exam_drill"
    NEW_LESSON = "new_lesson"
    GROUP_MAKEUP_CLASS = "group_makeup_class"
    COLLECTIVE_TEACHING = "collective_teaching"
    TEACHING_EXTENSION = "teaching_extension"
    COMPETITION_TRAINING = "competition_training"
    RUSH_PROGRESS = "rush_progress"
    HARMFUL = "harmful"
    EARLY_ARRIVAL_CARE = "early_arrival_care"
    LUNCH_CARE = "lunch_care"


class Pattern(StrEnum):
    """How often a section meets in the template week."""

    SINGLE = "single"
    """One slot."""
    TWO_DAYS = "two_days"
    """Two slots of the same number on two different weekdays."""
    DOUBLE = "double"
    """Two slots running on one weekday."""


class Grouping(StrEnum):
    """Who may sit together in one section."""

    HOME_CLASS = "home_class"
    GRADE = "grade"
    MIXED = "mixed"


class RoomKind(StrEnum):
    """场地类型."""

    CLASSROOM = "classroom"
    FUNCTION_ROOM = "function_room"
    READING_ROOM = "reading_room"
    LIBRARY = "library"
    GYM = "gym"
    PLAYGROUND = "playground"
    OFF_SITE = "off_site"


class StaffKind(StrEnum):
    """人员类别."""

    OWN = "own"
    BORROWED = "borrowed"
    RETIRED = "retired"
    VOLUNTEER = "volunteer"
    PARENT = "parent"
    PROFESSIONAL = "professional"
    PROVIDER_STAFF = "provider_staff"


class Role(StrEnum):
    """Duties beside leading a meeting: 值班领导 and 督查."""

    DUTY_LEADER = "duty_leader"
    INSPECTOR = "inspector"


class Check(StrEnum):
    """Background checks (背景审查) a county may demand."""

    POLITICAL = "political"
    MORAL = "moral"
    PSYCHOLOGICAL = "psychological"
    HEALTH = "health"
    CRIMINAL_RECORD = "criminal_record"
    QUALIFICATION = "qualification"


class ProviderKind(StrEnum):
    """机构类型."""

    PUBLIC_BENEFIT = "public_benefit"
    YOUTH_CENTER = "youth_center"
    PRACTICE_BASE = "practice_base"
    YOUTH_PALACE = "youth_palace"
    PUBLIC_VENUE = "public_venue"
    ASSOCIATION = "association"
    TRAINING_ACADEMIC = "training_institution_academic"
    TRAINING_OTHER = "training_institution_other"
    ENTERPRISE = "enterprise"


class ListStatus(StrEnum):
    """Where a provider stands on the bureau's black and white lists."""

    WHITE = "white"
    BLACK = "black"
    SUSPENDED = "suspended"
    UNLISTED = "unlisted"


class Flag(StrEnum):
    """Why a child may come first (优先保障对象)."""

    LEFT_BEHIND = "left_behind"
    MIGRANT_WORKER_CHILD = "migrant_worker_child"
    DISABILITY = "disability"
    HARDSHIP = "hardship"
    RURAL_OUT_OF_POVERTY = "rural_out_of_poverty"
    DIBAO = "dibao"
    LEARNING_DIFFICULTY = "learning_difficulty"
    TALENT = "talent"


class BellKind(StrEnum):
    """What a stretch of the daytime is."""

    LESSON = "lesson"
    BREAK = "break"
    LUNCH = "lunch"
    NAP = "nap"
    EARLY_ARRIVAL = "early_arrival"


class Vehicle(StrEnum):
    """校车, 公交车, 客运班车."""

    SCHOOL_BUS = "school_bus"
    PUBLIC_BUS = "public_bus"
    COACH = "coach"


class HolidaySeason(StrEnum):
    """Which long holiday an opening week lies in."""

    WINTER = "winter"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Clock:
    """From `start` to `end` on one day."""

    start: time
    end: time

    @property
    def minutes(self) -> int:
        return minutes_between(self.start, self.end)

    def overlaps(self, other: "Clock") -> bool:
        """Touching ends do not overlap."""
        return self.start < other.end and other.start < self.end


def minutes_between(start: time, end: time) -> int:
    """Minutes from `start` to `end`; negative when `end` comes first."""
    return (end.hour - start.hour) * 60 + end.minute - start.minute


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """学校."""

    name: str
    county: str
    """Folder name of the policy pack, e.g. `yueyang`."""
    area: AreaType
    ownership: Ownership = Ownership.PUBLIC
    form: SchoolForm = SchoolForm.PRIMARY
    central_school: str | None = None
    """Township central school that co-ordinates a village school (Changzhi)."""
    boarding: bool = False
    county_plan: str | None = None
    """Document by which the county arranges a boarding school's service (Changzhi)."""
    billed_by_period: bool = False
    """True where fees are billed per 课时, which then fixes the slot length (Yueyang)."""
    period_minutes: int | None = None
    """Length of one 课时 where the county leaves it to the school (Liangping)."""
    specialist_shortage: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """A stretch of the term with its own clock (作息), e.g. summer and winter in Helan."""

    id: SeasonId
    start: date
    end: date
    """Last day, included."""
    off_work_time: time | None = None
    afternoon_start: time | None = None
    kind: HolidaySeason | None = None
    """`summer` or `winter` where a county prints hours for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """年级."""

    number: int
    """1 to 12."""
    stage: Stage
    graduating: bool = False
    homework_minutes: int | None = None
    """Expected written homework a day; needed where a county asks how much of it fits into the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeClass:
    """行政班."""

    id: HomeClassId
    name: str
    grade: int
    head_teacher: StaffId | None = None
    room: RoomId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """One line of the daytime bell schedule (作息时间)."""

    season: SeasonId
    grades: frozenset[int]
    kind: BellKind
    number: int
    """Lesson number for lessons; running number otherwise."""
    clock: Clock
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One daytime lesson of a home class; its clock is the bell of the same number."""

    home_class: HomeClassId
    weekday: int
    number: int
    subject: str
    teacher: StaffId | None = None
    pe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """时段: a weekday with a start and an end, for some grades."""

    id: SlotId
    weekday: int
    number: int
    """Order within the day, from 1, among the slots of the same grades."""
    grades: frozenset[int]
    clock_by_season: Mapping[SeasonId, Clock]
    service: Service = Service.REGULAR
    strand: Strand | None = None
    """Given where the school keeps the slot for one strand; `None` lets both in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """场地."""

    id: RoomId
    name: str
    kind: RoomKind
    seats: int
    """Pupils each group may have, from the notice on its door. Not the number of chairs."""
    groups: int = 1
    """Groups it holds at once, e.g. how many PE groups the playground carries."""
    features: frozenset[str] = frozenset()
    outdoor: bool = False
    closed: frozenset[SlotId] = frozenset()
    """Slots in which it may not be used."""
    travel_minutes: int = 0
    """Way there and back, for off-site venues."""
    safe_until: date | None = None
    """Last day covered by its safety check; `None`: no check recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """人员: anyone who may stand before pupils."""

    id: StaffId
    name: str
    kind: StaffKind
    provider: ProviderId | None = None
    subject: str | None = None
    skills: frozenset[str] = frozenset()
    """What they can lead; a course names the skill it needs."""
    willing: bool = True
    available: frozenset[SlotId] = frozenset()
    """Slots they can work in. Own daytime lessons are looked at apart."""
    prefers: frozenset[SlotId] = frozenset()
    avoids: frozenset[SlotId] = frozenset()
    max_per_day: int | None = None
    """Meetings a day; `None` is warned about."""
    max_per_week: int | None = None
    roles: frozenset[Role] = frozenset()
    checks: Mapping[Check, date] = field(default_factory=dict)
    """Last valid day of each passed background check."""
    approved_until: date | None = None
    """Last day of the authority's approval, for people from outside."""
    bad_record: bool = False
    """Ethics problem or bad record on file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """第三方机构 and its contract."""

    id: ProviderId
    name: str
    kind: ProviderKind
    list_status: ListStatus = ListStatus.UNLISTED
    vetted: bool = False
    approval_ref: str | None = None
    approved_from: date | None = None
    approved_until: date | None = None
    contract_from: date | None = None
    contract_until: date | None = None
    services: frozenset[CourseId] = frozenset()
    need: str | None = None
    """Why the school cannot meet this need itself (Yueyang asks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """项目: an item on the menu, or a form of care."""

    id: CourseId
    title: str
    form: Form
    strand: Strand | None
    """`None` exactly for the forms of care."""
    category: Category
    activity: Activity = Activity.ENRICHMENT
    subject: str | None = None
    grades: frozenset[int] = frozenset()
    min_size: int = 1
    max_size: int = 45
    pattern: Pattern = Pattern.SINGLE
    max_sections: int | None = None
    grouping: Grouping = Grouping.MIXED
    skill: str | None = None
    """Skill its leader needs; `None`: any willing staff of the school."""
    provider: ProviderId | None = None
    """Given: only staff of this provider lead it."""
    leaders: frozenset[StaffId] = frozenset()
    """Given: only these people lead it, whatever their skills."""
    room_kinds: frozenset[RoomKind] = frozenset()
    """Kinds of room it can use; empty: any."""
    room_features: frozenset[str] = frozenset()
    slots: frozenset[SlotId] | None = None
    """Slots it may meet in; `None`: any slot of its grades."""
    exercise_minutes: int | None = None
    """Real exercise in one meeting; `None`: the whole meeting for PE, nothing for the rest."""
    outdoor: bool = False
    risk: int = 1
    """1 low, 2 middle, 3 high (危险性较高)."""
    commercial: bool = False
    written_homework: bool = False
    """Pupils do written homework in it."""
    pupils_per_adult: int | None = None
    """Staff ratio for this form of activity; `None`: one adult a section."""
    online_resource: str | None = None
    """Platform of an online course; a teacher is on site all the same."""
    off_campus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """志愿: one ranked wish; rank 1 is the dearest."""

    rank: int
    course: CourseId
    teacher: StaffId | None = None
    weekday: int | None = None
    """Given: only on this weekday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """学生."""

    id: PupilId
    name: str
    home_class: HomeClassId
    enrolled: bool = True
    """Applied for the service. Boarders who did not are looked after apart."""
    stays: frozenset[SlotId] = frozenset()
    """Regular slots the family asked for."""
    wanted: int = 0
    """Most wishes to be granted a week."""
    choices: tuple[Choice, ...] = ()
    """By rank."""
    accept_any: bool = False
    """服从调剂."""
    latest_leave: Mapping[int, time] = field(default_factory=dict)
    """By weekday: the service must be over for this child by then."""
    route: RouteId | None = None
    only_way_home: bool = False
    """The bus is the only way home."""
    flags: frozenset[Flag] = frozenset()
    boarder: bool = False
    extended_care: bool = False
    evening_study: bool = False
    agreement: date | None = None
    """Day the service agreement was signed."""
    household: str | None = None
    """Same for siblings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusTrip:
    """车次: one departure on one weekday."""

    id: TripId
    route: RouteId
    vehicle: Vehicle
    weekday: int
    departure_by_season: Mapping[SeasonId, time]
    seats: int | None = None
    """`None`: not limited by us (public buses)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """预排: something a person has already decided, with who and why.

    With `pupil`: this pupil has a place in the course. Without: a section of the course meets in exactly `slots`, and
    in `room`, led by `staff`, where given.
    """

    course: CourseId
    by: str
    why: str
    pupil: PupilId | None = None
    slots: frozenset[SlotId] = frozenset()
    room: RoomId | None = None
    staff: StaffId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """豁免: a school's recorded reason to relax one `in_principle` clause."""

    clause: ClauseId
    reason: str
    approver: str
    approved_on: date
    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlexibleHours:
    """弹性上下班 as this school runs it."""

    late_after: time
    """Work that ends later than this counts as a late finish."""
    late_days_per_week: int
    weekly_minutes: int
    """Most service minutes a week."""
    late_start_until: time
    """Next school day after a late finish nobody is asked to teach a lesson that starts before this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """请假: somebody is away from the first day to the last, both included."""

    staff: StaffId
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUpDay:
    """调休上课日 and the weekday whose timetable it follows."""

    day: date
    follows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolEvent:
    """A dated event of the school; `service` says whether the service runs that day."""

    day: date
    name: str
    service: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayWeek:
    """假期开放周."""

    season: HolidaySeason
    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """学期 with everything dated that is not a person."""

    name: str
    start: date
    end: date
    """Last class day, included."""
    make_up_days: tuple[MakeUpDay, ...] = ()
    holidays: tuple[date, ...] = ()
    """Days off beside the public ones."""
    events: tuple[SchoolEvent, ...] = ()
    holiday_weeks: tuple[HolidayWeek, ...] = ()
    weekend_weekday: int | None = None
    """6 or 7 where one weekend day is used for the service (Changzhi)."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """方案: one school, one term. Everything the solver and the audit may know.

    Order of the tuples carries no meaning; ids are unique within their kind (intake sees to it).
    """

    school: School
    term: Term
    seasons: tuple[Season, ...]
    grades: tuple[Grade, ...]
    home_classes: tuple[HomeClass, ...]
    slots: tuple[Slot, ...]
    rooms: tuple[Room, ...]
    staff: tuple[Staff, ...]
    courses: tuple[Course, ...]
    pupils: tuple[Pupil, ...]
    bells: tuple[Bell, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    providers: tuple[Provider, ...] = ()
    trips: tuple[BusTrip, ...] = ()
    locks: tuple[Lock, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    flexible_hours: FlexibleHours | None = None
    readings: Mapping[ClauseId, Mapping[str, str | int | float | bool]] = field(default_factory=dict)
    """The school's own values for parameters that a clause leaves open, by clause."""

    @cached_property
    def slot_by_id(self) -> Mapping[SlotId, Slot]:
        return {slot.id: slot for slot in self.slots}

    @cached_property
    def room_by_id(self) -> Mapping[RoomId, Room]:
        return {room.id: room for room in self.rooms}

    @cached_property
    def staff_by_id(self) -> Mapping[StaffId, Staff]:
        return {person.id: person for person in self.staff}

    @cached_property
    def course_by_id(self) -> Mapping[CourseId, Course]:
        return {course.id: course for course in self.courses}

    @cached_property
    def pupil_by_id(self) -> Mapping[PupilId, Pupil]:
        return {pupil.id: pupil for pupil in self.pupils}

    @cached_property
    def provider_by_id(self) -> Mapping[ProviderId, Provider]:
        return {provider.id: provider for provider in self.providers}

    @cached_property
    def home_class_by_id(self) -> Mapping[HomeClassId, HomeClass]:
        return {home_class.id: home_class for home_class in self.home_classes}

    @cached_property
    def grade_by_number(self) -> Mapping[int, Grade]:
        return {grade.number: grade for grade in self.grades}

    @cached_property
    def season_by_id(self) -> Mapping[SeasonId, Season]:
        return {season.id: season for season in self.seasons}

    @cached_property
    def trip_by_id(self) -> Mapping[TripId, BusTrip]:
        return {trip.id: trip for trip in self.trips}

    def grade_of(self, pupil: Pupil) -> Grade:
        """The pupil's grade."""
        return self.grade_by_number[self.home_class_by_id[pupil.home_class].grade]

    def slots_of(self, grade: int, service: Service = Service.REGULAR) -> tuple[Slot, ...]:
        """Slots offered to a grade, in order of weekday and number."""
        offered = (slot for slot in self.slots if slot.service is service and grade in slot.grades)
        return tuple(sorted(offered, key=lambda slot: (slot.weekday, slot.number, slot.id)))

    def cells_of(self, pupil: Pupil) -> Mapping[SlotId, frozenset[Form]]:
        """Where the pupil must be looked after, and which forms may do it.

        Regular slots of an enrolled pupil take a chosen or arranged course or base care. Extended care is offered
        on the weekdays the pupil stays; evening study on every evening slot of the grade; a boarder who did not
        enrol has boarders' supervision in each regular slot of the grade.
        """
        grade = self.grade_of(pupil).number
        cells: dict[SlotId, frozenset[Form]] = {}
        if pupil.enrolled:
            service = frozenset({Form.CHOSEN, Form.ARRANGED, Form.BASE_CARE})
            cells.update(dict.fromkeys(pupil.stays, service))
        elif pupil.boarder:
            regular = (slot for slot in self.slots_of(grade) if slot.weekday <= 5)
            cells.update({slot.id: frozenset({Form.BOARDER_CARE}) for slot in regular})
        if pupil.extended_care:
            days = {self.slot_by_id[slot].weekday for slot in pupil.stays if slot in self.slot_by_id}
            extended = (slot for slot in self.slots_of(grade, Service.EXTENDED_CARE) if slot.weekday in days)
            cells.update({slot.id: frozenset({Form.EXTENDED_CARE}) for slot in extended})
        if pupil.evening_study:
            evening = self.slots_of(grade, Service.EVENING_STUDY)
            cells.update({slot.id: frozenset({Form.EVENING_STUDY}) for slot in evening})
        return cells
