"""What can a policy ask for? One class a rule: a sentence, its parameters with units, and the unit of its deviation.

A rule is a measure and nothing else: no county, no strength, no weight. `audit/` computes the deviation over a finished
table, `solver/` states the same number over unknowns; both find their twin by the rule's name. The chapters are those
of the policies: hours 时间, content 内容, staff 人员, students 对象, and clashes (nature, not policy).

Common readings, so that both sides measure the same thing:
- *service minutes* are minutes of regular slots; extended care, evening study, boarders' supervision and base care count
  as neither "1" nor "X";
- with seasons of different clocks a weekly measure is taken in each season and the largest deviation counts;
- a *participant* is an enrolled pupil with at least one stay; a *full-week participant* stays in every regular slot
  offered to the grade from Monday to Friday (weekend slots have their own opt-in);
- weekly shares, hours and loads leave weekend slots out, except where a rule says so;
- a slot belongs to the grades it is offered to, a section to those its course is open to, a meeting to those that both
  are; a scope binds what belongs to one of its grades, whoever sits there;
- a slot is *in use*, and a section takes place, when it has a meeting, of whatever course;
- a grade's daytime lessons are the lines of kind `lesson` in its bell schedule;
- placements that hold on some days only are judged stretch by stretch; a pupil sits in a section once, however often the
  table says so;
- what the table names and the school does not have is told once, in `PatternKept` (meetings) or `OnlyWhereAskedFor`
  (placements), and left out everywhere else;
- the *leader* of a meeting is the first person named; *third parties* are provider staff and whoever has a provider, and
  a meeting is theirs when they lead it or its course is a provider's;
- a *seat* is a place in a course of the form `chosen`. A wish is *granted* by a seat in the listed course, led by the
  teacher it names in every meeting, and on no weekday but the one it names. A pupil *has wishes* when enrolled, with stays,
  choices and `wanted` of at least 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType

from scheduler.domain import (
    Activity,
    AreaType,
    Category,
    Check,
    Flag,
    Form,
    HolidaySeason,
    ListStatus,
    ProviderKind,
    Role,
    RoomKind,
    SchoolForm,
    StaffKind,
    Stage,
    Strand,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a clause binds. Empty means everyone; the conditions are joined by "and"."""

    stages: frozenset[Stage] = frozenset()
    grades: frozenset[int] = frozenset()
    graduating: bool | None = None
    """True: graduating grades only; False: the others only."""
    areas: frozenset[AreaType] = frozenset()
    start: date | None = None
    """First and last date it is in force; a season is bound when it shares a day with them."""
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Base of all rules; `unit` names what one point of deviation is."""

    scope: Scope = field(default=Scope())

    @property
    def name(self) -> str:
        """Name in policy.toml and of both twins: `LatestEnd` is `latest_end`."""
        return NAMES[type(self)]


# --- hours 时间 -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StartsAfterLessons(Rule):
    """Regular slots start after the grade's last lesson of that day.

    Deviation: minutes a slot in use starts before the last lesson's end plus the break, per slot and season, for the grade
    bound whose lessons end last.
    """

    min_break_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartsAt(Rule):
    """The first regular slot of the day starts exactly then, or after the last lesson if that ends later.

    Deviation: minutes between the start and `start` (or the last lesson's end plus the break, whichever is later), per
    grade, weekday (Monday to Friday) and season. Days without a slot are not bound.
    """

    start: time
    min_break_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestEnd(Rule):
    """No regular meeting ends later.

    Deviation: minutes past the limit, per meeting (weekend and base care included) and season.
    """

    latest: time


@dataclass(frozen=True, slots=True, kw_only=True)
class EarliestEnd(Rule):
    """The last regular slot offered to a grade on a day does not end earlier.

    Deviation: minutes too early, per grade, weekday (Monday to Friday) and season. Days without a slot are not bound.
    """

    earliest: time


@dataclass(frozen=True, slots=True, kw_only=True)
class EndsAroundOffWork(Rule):
    """The last regular slot offered to a grade ends near the local off-work time (a fact of the season).

    Deviation: minutes outside [off-work − before, off-work + after], per grade, weekday (Monday to Friday) and season.
    `None` leaves that side open. Days without a slot, and seasons whose off-work time is not given, are not bound.
    """

    before_minutes: int | None = 0
    after_minutes: int | None = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedMinutes(Rule):
    """Each grade is offered at least so many regular minutes a day, breaks not counted, no minute counted twice.

    Deviation: minutes short, per grade, weekday (Monday to Friday) and season.
    """

    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLength(Rule):
    """Where fees are billed per 课时, a regular slot lasts a whole multiple of it.

    Deviation: minutes to the nearest multiple (0 is none), per slot in use and season, for the stage furthest off. Schools
    that do not bill by period are not bound. A stage without an entry takes the school's own `period_minutes`, and is not
    bound where that is not given.
    """

    minutes_by_stage: Mapping[Stage, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedBreaks(Rule):
    """Lunch, nap and breaks stay free, and so many minutes lie before the first slot and between two slots.

    Deviation, per slot in use and season, for the grade bound that is worst off: minutes that overlap lunch, nap or a break
    between lessons, plus minutes missing (never more than the break itself) between the slot's start and the latest end
    of the grade's lessons and regular slots, in use or not, that start earlier that day.
    """

    min_break_minutes: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDays(Rule):
    """The service runs on each of these weekdays, and on no other.

    Deviation: 1 per grade and listed weekday without a regular slot; 1 per regular slot in use on another weekday. The
    school's `weekend_weekday` counts as listed when `weekend_days` is 1, and must then be named (1 if not) and have a slot
    for each grade. With `every` false a listed day may go without a slot.
    """

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    weekend_days: int = 0
    every: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayOpening(Rule):
    """The campus opens for so many weeks in the long holidays.

    Deviation: weeks missing in the term's `holiday_weeks` (five weekdays are a week), per holiday that the term's dates or
    the 60 days after touch. 1 February always lies in the winter holiday and 1 August in the summer one: so an autumn term
    is followed by the winter holiday, a spring term by the summer one.
    """

    weeks: Mapping[HolidaySeason, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOrder(Rule):
    """Each day has exactly these regular slots in this order, one strand each.

    Deviation: 1 per grade and weekday (Monday to Friday) with another number of slots; 1 per pupil and slot whose course
    is of the wrong strand for the slot's place among those of the pupil's grade that day, in order of number. Base care is
    of no strand and never wrong; a slot beyond the order has no place.
    """

    order: tuple[Strand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AfternoonStart(Rule):
    """Afternoon lessons start at the printed hour of the season's kind (summer, winter).

    Deviation: minutes off, per season. A season without a kind or an afternoon start is not bound.
    """

    start_by_season: Mapping[HolidaySeason, time]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedCareTime(Rule):
    """Extended care follows the last regular slot and lasts so long.

    Deviation: minutes off in start (more than `gap_minutes` after, or before, the last regular end) plus minutes off in
    length, per extended-care slot offered and season, for the grade bound that is worst off; a grade without regular slots
    that day has no start to keep. `minutes` `None` leaves the length to the school.
    """

    minutes: int | None = None
    gap_minutes: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EveningStudyTime(Rule):
    """Evening study is only for these stages, within these hours.

    Deviation: minutes outside, per evening slot offered and season; 1 per evening slot offered to a grade bound of another
    stage. `stages` empty: every one.
    """

    stages: frozenset[Stage] = frozenset()
    earliest: time | None = None
    latest: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyTheseServices(Rule):
    """Early-arrival care and lunch care are never part of the service, nor is a slot before noon on a class day.

    Deviation: 1 per course of a banned activity that has a section, 1 per regular slot in use that starts before noon on
    Monday to Friday in any season.
    """

    banned: frozenset[Activity] = frozenset({Activity.EARLY_ARRIVAL_CARE, Activity.LUNCH_CARE})


# --- content 内容 ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StrandOfCategory(Rule):
    """A course of this category counts as this strand in this county.

    Deviation: 1 per section whose course declares another strand. Free are care, categories not listed, and those listed on
    both sides.
    """

    one: frozenset[Category] = frozenset()
    x: frozenset[Category] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class BothStrands(Rule):
    """A full-week participant has at least one regular meeting of "1" and one of "X" from Monday to Friday.

    Deviation: 1 per pupil and missing strand.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrichmentShare(Rule):
    """X minutes are at least this share of "1" + "X" minutes assigned.

    Deviation: whole minutes by which X falls short of the least whole number that satisfies, the sum of both strands being
    what it is, per full-week participant, and per home class over all its participants (Monday to Friday). With `inclusive`
    false exactly the share is not enough (one minute short). Nothing assigned: nothing short. Part-week pupils are reported,
    never findings.
    """

    share_percent: int = 50
    inclusive: bool = True
    per_class: bool = True
    """False where families may take the "1" slot alone by right, so that a home class's sum is theirs to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWrittenHomework(Rule):
    """No activity with written homework holds a pupil of these grades.

    Deviation: 1 per placement in a section whose course has `written_homework`, of any form.
    """

    grades: frozenset[int] = frozenset({1, 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPE(Rule):
    """A pupil whose home class has no PE lesson that day, and who stays two or more periods, has one PE meeting.

    Binds pupil-days (Monday to Friday) with at least `min_stays` regular stays of which at least two may hold X (the
    slot is not kept for "1"). Deviation: 1 per pupil-day without a regular PE meeting (category `pe`). Days not bound on
    which no PE seat is left open to the pupil are reported.
    """

    min_stays: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPEOffered(Rule):
    """On a day without a PE lesson the home class is offered a PE meeting.

    A class-day (with at least one stay) is covered when PE seats open to its grade that day, over all PE sections, are at
    least `seat_percent` % of its participants staying that day. A section has its course's `max_size` seats, once a day, and
    is open to a class when it meets that day in a regular slot that belongs to the grade as its course does, and is not
    taken by another class or grade, where the course keeps them apart. Deviation: 1 per uncovered class-day (Monday to
    Friday).
    """

    seat_percent: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseMinutes(Rule):
    """A pupil who stays at least `min_stay_minutes` a day moves for `minutes` of them.

    Stay and exercise are counted in regular slots. Counts each meeting's exercise minutes (never more than the meeting lasts)
    where at least `min_block`. Deviation: minutes short, per participant and day (Monday to Friday), in the worst season.
    """

    minutes: int = 30
    min_block: int = 10
    min_stay_minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkCapacity(Rule):
    """The service leaves a home class time for this share of its written homework.

    Over the participants of the class who stay in every regular slot of that day: the sum of their regular minutes in courses
    with written homework is at least `share_percent` % of homework minutes × their number. Needs the grade's
    `homework_minutes`; grades with 0 or `None` are not bound. Deviation: pupil-minutes short (rounded up), per
    home class and weekday (Monday to Friday).
    """

    share_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeworkGroups(Rule):
    """Written homework is done by one home class or one grade together, in these kinds of room.

    Deviation: per section of a course with written homework that meets in a regular slot, 1 per grade of its pupils beyond
    the first, and 1 per meeting in another kind of room. A meeting without a room is not counted here.
    """

    room_kinds: frozenset[RoomKind] = frozenset({RoomKind.CLASSROOM})


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomKindsOfCategory(Rule):
    """Courses of these categories meet in these kinds of room.

    Deviation: 1 per meeting elsewhere. A meeting without a room is not counted here.
    """

    categories: frozenset[Category]
    room_kinds: frozenset[RoomKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class BannedActivities(Rule):
    """None of these activities takes place.

    Deviation: 1 per section. `forms` empty: every form.
    """

    banned: frozenset[Activity]
    forms: frozenset[Form] = frozenset()
    no_subject: bool = False
    """Also 1 per section whose course names a subject (evening study is not allotted to subjects)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxRisk(Rule):
    """No activity is riskier than this. Deviation: levels above, per section."""

    level: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCommerce(Rule):
    """Nothing commercial takes place. Deviation: 1 per section of a commercial course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCampus(Rule):
    """The service takes place mainly at school.

    Deviation: whole minutes (rounded up) of regular meetings off campus (room kind `off_site` or an off-campus course) above
    `max_percent` % of all, over the week. Counted as for `OwnStaffShare`.
    """

    max_percent: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineWithTeacher(Rule):
    """An online course has a teacher of the school, or a borrowed one, on site.

    Deviation: 1 per meeting of an online course without one.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class OutdoorMinutes(Rule):
    """Encouraged: pupils spend regular minutes outdoors (outdoor room or outdoor course).

    Deviation: regular pupil-slots of strand X spent indoors (a meeting without a room is), summed over Monday to Friday, per
    course.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreOfCategories(Rule):
    """Encouraged: pupils take part in these categories (exercise; rural PE, labour and practice).

    Deviation: participants without any regular meeting of these categories from Monday to Friday, per home class.
    """

    categories: frozenset[Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breadth(Rule):
    """Encouraged: the menu covers many categories.

    Deviation: 1 per category listed that no section with a regular meeting offers.
    """

    categories: frozenset[Category]


# --- staff 人员 -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MayLead(Rule):
    """Everyone on a meeting may lead that course.

    Holds when the person is willing and: is listed in `leaders`, where given; belongs to the course's provider, where
    given; has the course's skill, where given and there is no list of leaders; and, where none of the three is given, is
    own or borrowed staff. Deviation: 1 per person and meeting; 1 per meeting without anyone.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class NotByThirdParties(Rule):
    """Courses of this strand are never led by third parties (provider staff or a course of a provider).

    Deviation: 1 per meeting of the course of a provider, or with a third party among its people, leader or helper.
    """

    strand: Strand = Strand.ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKinds(Rule):
    """Only providers of these kinds take part: with a section of a course of theirs, or a person on a meeting.

    Deviation: 1 per provider that takes part.
    """

    allowed: frozenset[ProviderKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInOrder(Rule):
    """A provider that takes part (see `ProviderKinds`) is in order on every meeting's date.

    In order: list status not banned (and white, where `white_only`); vetted, where asked; approval and contract, where
    asked, cover the timetable's first to last date, both of their dates being on record; each course of theirs with a
    section is among its `services` where it lists any; a need is stated, where asked. Deviation: 1 per provider and thing
    missing (status, vetting, approval, contract, need), and 1 per course not listed.
    """

    banned_status: frozenset[ListStatus] = frozenset({ListStatus.BLACK, ListStatus.SUSPENDED})
    white_only: bool = False
    vetted: bool = False
    approval: bool = False
    contract: bool = True
    need: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffVetted(Rule):
    """People of these kinds hold these checks, valid through the timetable's last date, and no bad record.

    Deviation: 1 per person with a meeting and thing missing (each check, the approval, a clean record). `kinds` empty:
    everyone.
    """

    kinds: frozenset[StaffKind] = frozenset()
    checks: frozenset[Check] = frozenset()
    approval: bool = False
    """Also the authority's approval (`approved_until`)."""
    no_bad_record: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStaffShare(Rule):
    """Own staff (`own`) lead more than this share of the regular meeting minutes of the week.

    Counted are meetings of courses with a strand. A meeting counts for its leader, the first named. Deviation: whole
    minutes short (exactly the share is one short).
    """

    percent: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyShare(Rule):
    """Third parties lead at most this share of the regular meeting minutes.

    Counted as for `OwnStaffShare`. Deviation: whole minutes above. With `exclusive` the share itself is already too much
    (never the whole service).
    """

    percent: int
    exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnoughStaff(Rule):
    """Each meeting has one adult for every `pupils_per_adult` of its course, or one part of them; at least one.

    Deviation: adults missing, per meeting, by the pupils placed.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCaps(Rule):
    """Nobody has more meetings a day or a week (weekend slots and every kind of care included) than the office set.

    Deviation: meetings above, per person and weekday, and per person for the week. No cap set: not bound.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class FlexibleHoursKept(Rule):
    """Flexible hours as the school runs them are kept. Not bound where the scenario has none.

    Deviation, per own or borrowed teacher and season: late finishes above `late_days_per_week`; 1 per late finish
    (Monday to Thursday) followed next morning by a lesson of theirs that starts before `late_start_until`; service minutes a
    week above `weekly_minutes`. A late finish is a weekday (Monday to Friday) on which a meeting of theirs, of any service,
    ends after `late_after`; service minutes are those of their meetings in regular slots, base care and boarders' included.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksOnlyWhenAvailable(Rule):
    """Nobody leads a meeting in a slot outside their available ones. Deviation: 1 per person and meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEachDay(Rule):
    """Each service date has someone on this duty who leads no meeting that day, fairly rotated.

    Deviation: 1 per service date without any such duty; 1 per duty whose holder lacks the role or is on a regular meeting
    that day (a make-up day follows its weekday); per role, duties on service dates of the busiest holder beyond one more
    than those of the least busy (over all who hold the role).
    """

    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWishes(Rule):
    """Encouraged: staff work in slots they prefer and not in those they would rather avoid.

    Deviation: 1 per person and meeting in a slot they avoid.
    """


# --- students 对象 --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyWhereAskedFor(Rule):
    """Nobody is placed in a slot their family did not ask for, nor in a form of care that is not theirs.

    Deviation: 1 per pupil and slot outside `Scenario.cells_of`; 1 per placement whose form its cells do not all take; 1 per
    unknown pupil or section that a placement names.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyRefused(Rule):
    """Each slot a family asked for has a place. Deviation: 1 per enrolled pupil and slot without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WishesKept(Rule):
    """A wish granted was really made, once, and not more of them than wanted.

    Deviation: 1 per seat that grants no wish (course; teacher, where named, leads it; weekday, where named, is the only
    one); 1 per placement marked `chosen` in a course of another form; 1 per further section of one chosen course; seats above
    `wanted` per pupil. A pupil who accepts any course may hold a seat in an unlisted one of their grade, and a lock may give
    a pupil a seat in its course.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityGroups(Rule):
    """Children of these groups come first where seats are short.

    Deviation: 1 per pupil of these groups who has wishes and none granted, while in some course they listed, open to their
    grade, a pupil of no such group holds a seat of a section whose slots this child stays in (and whose teacher and weekday
    suit the wish). A pupil belongs by a flag, a stage or a grade; nothing given: nobody does.
    """

    flags: frozenset[Flag] = frozenset()
    stages: frozenset[Stage] = frozenset()
    """Whole stages that belong to the groups (小学生)."""
    grades: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteedPlace(Rule):
    """Children of these groups have a place in every slot they asked for. Deviation: 1 per enrolled pupil and slot without."""

    flags: frozenset[Flag] = frozenset()
    grades: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WishesGranted(Rule):
    """Encouraged: children with wishes have one granted. Deviation: 1 per participant with wishes and none granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RidesKept(Rule):
    """Riders reach their bus.

    Deviation, per rider with `only_way_home` and weekday they stay, in each season: minutes by which the last regular
    placement's end plus the buffer passes the departure of the trip they take (the last trip of the route if none is
    named), 1 where no trip of the route leaves that day (or the one named is not of that route, weekday and season); and
    riders above a trip's seats, per trip in its fullest season, counting those with no other way home. Other riders are
    reported.
    """

    buffer_minutes: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestLeaveKept(Rule):
    """No placement, of any form, ends after the hour the family named.

    Deviation: minutes past by the day's last end, per pupil, weekday and season.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedCareGiven(Rule):
    """Each child who needs extended care has it.

    Deviation: 1 per pupil and extended-care slot (of `Scenario.cells_of`) without a place of that form; 1 per pupil whose
    grade is offered no such slot.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardersLookedAfter(Rule):
    """Boarders who did not enrol are supervised in each regular slot.

    Deviation: 1 per pupil and slot (of `Scenario.cells_of`) without a place of the form `boarder_care`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class CareKeptApart(Rule):
    """Evening study, extended care and boarders' supervision never mix with the service.

    Deviation: 1 per meeting whose course's form does not belong in its slot's service (chosen, arranged, base care and
    boarders' care in regular slots; extended care and evening study in their own).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeOfService(Rule):
    """Only schools and stages the policy covers run the service.

    Deviation: 1 per participant of another stage; 1 for another ownership and 1 for another form of school. Empty: every
    one.
    """

    stages: frozenset[Stage] = frozenset()
    ownership: frozenset[str] = frozenset()
    forms: frozenset[SchoolForm] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinatedBy(Rule):
    """Village schools name their central school, boarding schools the county's plan. Deviation: 1 per name missing."""


# --- clashes: nature ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInOnePlace(Rule):
    """Nobody leads two meetings, or a meeting and a daytime lesson, at the same clock time.

    Deviation: 1 per person and overlapping pair, whatever the season.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilsInOnePlace(Rule):
    """No pupil is in two meetings at the same clock time, whatever the season.

    Deviation: 1 per pupil and overlapping pair.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsHoldGroups(Rule):
    """A room holds no more meetings at one clock time than it has groups, and is open.

    Deviation: meetings above, per room and slot in use: the groups held at the moment the slot starts (its own meetings
    and those of slots on the same weekday that have started no later and not yet ended, in the worst season), slots that
    start together in every season counted once; 1 per meeting in a slot in which the room is closed; 1 per meeting without a
    room, or in an unknown one.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSuits(Rule):
    """The room has the kind and features the course asks for, and seats for its pupils.

    Deviation: 1 per meeting and wrong kind; 1 per missing feature; pupils above the seats, per meeting.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSizes(Rule):
    """A section has between its course's least and most pupils, from its grades, and there are not too many sections.

    Deviation: pupils below or above, per section (the least binds chosen courses only); 1 per pupil of another grade;
    sections above `max_sections`, per course; pupils beyond the first home class or grade's group, where the course's
    grouping is by home class or grade: 1 per further class or grade in a section.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternKept(Rule):
    """A section meets as its course's pattern says, in slots it may use that fit its pupils' grades.

    `single`: one slot; `two_days`: two slots of one number on two weekdays; `double`: two running slots (next number) of one
    weekday; the two slots have a grade in common. Arranged courses and care meet in exactly one slot a section. Deviation: 1
    per section of another shape; 1 per meeting outside `slots`; 1 per meeting in a slot that is not offered to any of the
    course's grades; 1 per meeting of one strand in a slot that the school keeps for the other; 1 per unknown thing that a
    section or meeting names; 1 per section id that two sections share.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class LocksKept(Rule):
    """What people have decided stays decided. Deviation: 1 per lock that the table does not carry out.

    A lock with a pupil asks for a place in any section of the course; without, for one section that meets in exactly the
    lock's slots (where given), always in its room and always led by its person (where given).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeRooms(Rule):
    """A room in use has a safety check that covers the timetable's last date. Deviation: 1 per room."""


HOURS: Mapping[str, type[Rule]] = {
    "starts_after_lessons": StartsAfterLessons,
    "starts_at": StartsAt,
    "latest_end": LatestEnd,
    "earliest_end": EarliestEnd,
    "ends_around_off_work": EndsAroundOffWork,
    "offered_minutes": OfferedMinutes,
    "period_length": PeriodLength,
    "protected_breaks": ProtectedBreaks,
    "service_days": ServiceDays,
    "holiday_opening": HolidayOpening,
    "slot_order": SlotOrder,
    "afternoon_start": AfternoonStart,
    "extended_care_time": ExtendedCareTime,
    "evening_study_time": EveningStudyTime,
    "only_these_services": OnlyTheseServices,
}
CONTENT: Mapping[str, type[Rule]] = {
    "strand_of_category": StrandOfCategory,
    "both_strands": BothStrands,
    "enrichment_share": EnrichmentShare,
    "no_written_homework": NoWrittenHomework,
    "daily_pe": DailyPE,
    "class_pe_offered": ClassPEOffered,
    "exercise_minutes": ExerciseMinutes,
    "homework_capacity": HomeworkCapacity,
    "homework_groups": HomeworkGroups,
    "room_kinds_of_category": RoomKindsOfCategory,
    "banned_activities": BannedActivities,
    "max_risk": MaxRisk,
    "no_commerce": NoCommerce,
    "on_campus": OnCampus,
    "online_with_teacher": OnlineWithTeacher,
    "outdoor_minutes": OutdoorMinutes,
    "more_of_categories": MoreOfCategories,
    "breadth": Breadth,
}
STAFF: Mapping[str, type[Rule]] = {
    "may_lead": MayLead,
    "not_by_third_parties": NotByThirdParties,
    "provider_kinds": ProviderKinds,
    "provider_in_order": ProviderInOrder,
    "staff_vetted": StaffVetted,
    "own_staff_share": OwnStaffShare,
    "third_party_share": ThirdPartyShare,
    "enough_staff": EnoughStaff,
    "load_caps": LoadCaps,
    "flexible_hours_kept": FlexibleHoursKept,
    "works_only_when_available": WorksOnlyWhenAvailable,
    "duty_each_day": DutyEachDay,
    "staff_wishes": StaffWishes,
}
STUDENTS: Mapping[str, type[Rule]] = {
    "only_where_asked_for": OnlyWhereAskedFor,
    "nobody_refused": NobodyRefused,
    "wishes_kept": WishesKept,
    "priority_groups": PriorityGroups,
    "guaranteed_place": GuaranteedPlace,
    "wishes_granted": WishesGranted,
    "rides_kept": RidesKept,
    "latest_leave_kept": LatestLeaveKept,
    "extended_care_given": ExtendedCareGiven,
    "boarders_looked_after": BoardersLookedAfter,
    "care_kept_apart": CareKeptApart,
    "scope_of_service": ScopeOfService,
    "coordinated_by": CoordinatedBy,
}
CLASHES: Mapping[str, type[Rule]] = {
    "staff_in_one_place": StaffInOnePlace,
    "pupils_in_one_place": PupilsInOnePlace,
    "rooms_hold_groups": RoomsHoldGroups,
    "room_suits": RoomSuits,
    "section_sizes": SectionSizes,
    "pattern_kept": PatternKept,
    "locks_kept": LocksKept,
    "safe_rooms": SafeRooms,
}
RULES: Mapping[str, type[Rule]] = {**HOURS, **CONTENT, **STAFF, **STUDENTS, **CLASHES}
"""Every rule by its name, chapter by chapter; written by hand."""

NAMES: Mapping[type[Rule], str] = {rule: name for name, rule in RULES.items()}
