"""What does a school look like that cannot be planned, and why? Small schools that can be, and the one thing that spoils each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from random import Random

from scheduler.domain import (
    Category,
    ClauseId,
    CourseId,
    Form,
    Grouping,
    ListStatus,
    Lock,
    ProviderId,
    PupilId,
    RoomKind,
    RouteId,
    Scenario,
    SlotId,
    StaffId,
    StaffKind,
    Strand,
)
from scheduler.policy import Clause, Strength
from scheduler.rulebook import (
    BothStrands,
    DailyPE,
    EnrichmentShare,
    LatestEnd,
    LatestLeaveKept,
    LocksKept,
    NobodyRefused,
    NoWrittenHomework,
    OwnStaffShare,
    ProviderInOrder,
    RidesKept,
    Rule,
)
from tests.rules.worlds import Drawing
from tests.solver.laws import NATURE, clauses

DAYS = ("Mon", "Tue", "Wed")
BINDING: tuple[Rule, ...] = (
    NobodyRefused(),
    LocksKept(),
    DailyPE(),
    NoWrittenHomework(),
    LatestEnd(latest=time(18, 0)),
    LatestLeaveKept(),
    RidesKept(),
    OwnStaffShare(percent=50),
    EnrichmentShare(share_percent=50),
    BothStrands(),
    ProviderInOrder(),
)

World = tuple[Scenario, tuple[Clause, ...]]


def law() -> tuple[Clause, ...]:
    """What binds these schools: nature, and one clause of each rule."""
    binding = [replace(c, id=ClauseId(f"law {c.id}"), strength=Strength.MUST) for c in clauses(BINDING)]
    return (*clauses(NATURE), *binding)


def plannable(random: Random) -> Drawing:
    """A school of eight to sixteen children in grades 2 and 4 that can be planned with something to spare."""
    school = Drawing(grade=2, home_class="二1")
    school.grade(4)
    school.home_class("四1", 4)
    days = random.sample(DAYS, random.choice([2, 3]))
    for day in sorted(days, key=DAYS.index):
        for number, hours in ((1, "16:30-17:10"), (2, "17:20-18:00")):
            school.slot(f"{day.lower()}{number}", f"{day} {hours}", number=number, grades={2, 4})
    for number in range(random.randint(5, 6)):
        school.staff(f"t{number}", skills="球" if number < 4 else "画")
    school.staff("coach", kind=StaffKind.PROVIDER_STAFF, provider=ProviderId("宫"), skills="棋")
    school.provider("宫", list_status=ListStatus.WHITE, contract_from=date(2025, 9, 1), contract_until=date(2026, 1, 31))
    for number in range(3):
        school.room(f"r{number}", seats=random.choice([16, 20]))
    school.room("操场", kind=RoomKind.PLAYGROUND, seats=20, groups=2, outdoor=True)
    for grade in (2, 4):
        school.course(
            f"作业{grade}" if grade == 4 else "阅读2",
            form=Form.ARRANGED,
            strand=Strand.ONE,
            category=Category.HOMEWORK if grade == 4 else Category.READING,
            grades=frozenset({grade}),
            written_homework=grade == 4,
            room_kinds=frozenset({RoomKind.CLASSROOM}),
            grouping=Grouping.GRADE,
            max_size=20,
        )
    ground = frozenset({RoomKind.PLAYGROUND})
    school.course("体育", form=Form.ARRANGED, category=Category.PE, room_kinds=ground, skill="球", max_size=20)
    school.course("画画", room_kinds=frozenset({RoomKind.CLASSROOM}), skill="画", min_size=2, max_size=12)
    school.course("象棋", room_kinds=frozenset({RoomKind.CLASSROOM}), provider=ProviderId("宫"), max_size=12)
    school.course("托管", form=Form.BASE_CARE, max_size=40)
    for number in range(random.randint(8, 16)):
        home_class = ("二1", "四1")[number % 2]
        whole = random.random() < 0.7
        stays = [slot for slot in school.slots if whole or slot[:3] != days[0].lower()]
        wishes = random.sample(["画画", "象棋"], random.choice([0, 1, 2]))
        school.pupil(f"p{number}", stays=" ".join(stays), wishes=" ".join(wishes), home_class=home_class)
    return school


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A school with one thing in it that makes every plan unlawful, and what an explanation must name."""

    world: World
    kind: str
    rules: frozenset[str] = frozenset()
    """Names of the rules whose clauses must be among what is named."""
    grounds: frozenset[str] = frozenset()
    """Grounds that must be among what is named."""


def lock(course: str, slot: str | None = None, **facts: object) -> Lock:
    slots = frozenset({SlotId(slot)}) if slot else frozenset()
    return replace(Lock(course=CourseId(course), by="教务处", why="校队", slots=slots), **facts)  # type: ignore[arg-type]


def double_booked(school: Drawing, random: Random) -> Planted:
    """One teacher locked into two courses of one slot."""
    slot = random.choice(list(school.slots))
    one, other = random.sample(["阅读2", "作业4", "体育"], 2)
    school.locks += [lock(one, slot, staff=StaffId("t0")), lock(other, slot, staff=StaffId("t0"))]
    return said(school, "double booked", grounds={"lock", "staff"})


def room_booked_twice(school: Drawing, random: Random) -> Planted:
    """One room locked for two courses of one slot, by people of their own, with no other room of its kind."""
    slot = random.choice(list(school.slots))
    for number in (1, 2):
        del school.rooms[f"r{number}"]
    school.locks += [lock("阅读2", slot), lock("作业4", slot)]
    return said(school, "room booked twice", grounds={"lock", "room"})


def room_too_small(school: Drawing, random: Random) -> Planted:
    """All rooms hold fewer children than asked for a slot."""
    for id, room in school.rooms.items():
        school.rooms[id] = replace(room, seats=1)
    return said(school, "room too small", rules={"nobody_refused"}, grounds={"stay"})


def homework_too_young(school: Drawing, random: Random) -> Planted:
    """A child of grade 2 locked into written homework."""
    school.courses["作业4"] = replace(school.courses["作业4"], grades=frozenset(), form=Form.CHOSEN, grouping=Grouping.MIXED)
    school.pupils["p0"] = replace(school.pupils["p0"], wanted=1)
    school.locks.append(lock("作业4", pupil=PupilId("p0")))
    return said(school, "homework too young", rules={"no_written_homework"}, grounds={"lock"})


def not_of_this_grade(school: Drawing, random: Random) -> Planted:
    """A child locked into a course that is not open to the grade."""
    school.courses["画画"] = replace(school.courses["画画"], grades=frozenset({4}))
    school.locks.append(lock("画画", pupil=PupilId("p0")))
    return said(school, "not of this grade", grounds={"lock"})


def too_many_locked(school: Drawing, random: Random) -> Planted:
    """More children locked into a course than its one section takes."""
    most = random.choice([2, 3])
    school.courses["画画"] = replace(school.courses["画画"], max_size=most, max_sections=1)
    for id in list(school.pupils)[: most + 1]:
        stays = frozenset(school.slots)
        school.pupils[id] = replace(school.pupils[id], wanted=2, stays=frozenset(SlotId(one) for one in stays))
        school.locks.append(lock("画画", pupil=PupilId(id)))
    return said(school, "too many locked", grounds={"lock", "course"})


def nobody_to_look_after_them(school: Drawing, random: Random) -> Planted:
    """Nobody is available in one slot."""
    slot = random.choice(list(school.slots))
    for id, person in school.staff_by_id.items():
        school.staff_by_id[id] = replace(person, available=person.available - {slot})
    return said(school, "nobody there", rules={"nobody_refused"}, grounds={"stay", "course"})


def one_teacher_for_all(school: Drawing, random: Random) -> Planted:
    """One teacher, and groups that are too small for all the children who stay."""
    for id, person in school.staff_by_id.items():
        if id != "t0":
            school.staff_by_id[id] = replace(person, willing=False)
    for id, course in school.courses.items():
        school.courses[id] = replace(course, max_size=3, min_size=1)
    return said(school, "one teacher", rules={"nobody_refused"}, grounds={"stay"})


def week_too_long(school: Drawing, random: Random) -> Planted:
    """Teachers who may lead fewer meetings a week than there are slots."""
    for id, person in school.staff_by_id.items():
        school.staff_by_id[id] = replace(person, max_per_week=0 if id != "t0" else 1)
    return said(school, "week too long", rules={"nobody_refused"}, grounds={"stay", "staff"})


def provider_out_of_contract(school: Drawing, random: Random) -> Planted:
    """A locked course whose provider's contract ends before the term."""
    school.providers["宫"] = replace(school.providers["宫"], contract_until=date(2025, 12, 1))
    school.pupil("fan", stays=" ".join(school.slots), wishes="象棋", home_class="四1")
    school.locks.append(lock("象棋"))
    return said(school, "provider out of contract", rules={"provider_in_order"}, grounds={"lock"})


def provider_not_there(school: Drawing, random: Random) -> Planted:
    """A course locked into a slot in which its provider sends nobody."""
    slot = random.choice(list(school.slots))
    coach = school.staff_by_id["coach"]
    school.staff_by_id["coach"] = replace(coach, available=coach.available - {slot})
    school.pupil("fan", stays=" ".join(school.slots), wishes="象棋", home_class="四1")
    school.locks.append(lock("象棋", slot))
    return said(school, "provider not there", grounds={"lock", "course"})


def bus_too_early(school: Drawing, random: Random) -> Planted:
    """A rider with no other way home whose bus leaves before the service ends."""
    weekday = school.slots[next(iter(school.slots))].weekday
    for day in {slot.weekday for slot in school.slots.values()}:
        school.trip(f"北{day}", "北", day, "16:50" if day == weekday else "18:30")
    school.pupil("rider", stays=" ".join(school.slots), home_class="四1", route=RouteId("北"), only_way_home=True)
    return said(school, "bus too early", rules={"rides_kept", "nobody_refused"}, grounds={"stay"})


def must_leave_early(school: Drawing, random: Random) -> Planted:
    """A child who must be home before the slot it asked for is over."""
    days = {slot.weekday for slot in school.slots.values()}
    school.pupil("early", stays=" ".join(school.slots), home_class="二1", latest_leave=dict.fromkeys(days, time(17, 0)))
    return said(school, "must leave early", rules={"latest_leave_kept", "nobody_refused"}, grounds={"stay"})


def ground_too_small(school: Drawing, random: Random) -> Planted:
    """A playground for fewer children a day than are due exercise."""
    school.rooms["操场"] = replace(school.rooms["操场"], seats=2, groups=1)
    return said(school, "ground too small", rules={"daily_pe"})


def nobody_for_exercise(school: Drawing, random: Random) -> Planted:
    """Nobody can lead PE."""
    for id, person in school.staff_by_id.items():
        school.staff_by_id[id] = replace(person, skills=person.skills - {"球"})
    return said(school, "nobody for exercise", rules={"daily_pe"})


def no_own_staff(school: Drawing, random: Random) -> Planted:
    """Borrowed teachers alone, where own staff must lead more than half; no base care to hide in."""
    del school.courses["托管"]
    for id, person in school.staff_by_id.items():
        if person.kind is StaffKind.OWN:
            school.staff_by_id[id] = replace(person, kind=StaffKind.BORROWED)
    return said(school, "no own staff", rules={"own_staff_share"})


def ends_too_late(school: Drawing, random: Random) -> Planted:
    """A slot that runs past the latest end, and families who asked for it."""
    slot = random.choice([id for id in school.slots if id.endswith("2")])
    late = school.slots[slot]
    clocks = {season: replace(clock, end=time(18, random.choice([10, 20]))) for season, clock in late.clock_by_season.items()}
    school.slots[slot] = replace(late, clock_by_season=clocks)
    return said(school, "ends too late", rules={"latest_end", "nobody_refused"}, grounds={"stay"})


def no_enrichment(school: Drawing, random: Random) -> Planted:
    """A grade to which no course of strand X is open."""
    for id, course in school.courses.items():
        if course.strand is Strand.X:
            school.courses[id] = replace(course, grades=frozenset({2}))
    whole = " ".join(school.slots)
    school.pupil("whole", stays=whole, home_class="四1")
    return said(school, "no enrichment")


def nothing_open(school: Drawing, random: Random) -> Planted:
    """A slot in which nothing is open, not even base care."""
    slot = random.choice(list(school.slots))
    rest = frozenset(SlotId(one) for one in school.slots) - {slot}
    for id, course in school.courses.items():
        school.courses[id] = replace(course, slots=rest)
    return said(school, "nothing open", rules={"nobody_refused"}, grounds={"stay"})


def closed_rooms(school: Drawing, random: Random) -> Planted:
    """All rooms are closed in a slot."""
    slot = random.choice(list(school.slots))
    for id, room in school.rooms.items():
        school.rooms[id] = replace(room, closed=frozenset({SlotId(slot)}))
    return said(school, "closed rooms", rules={"nobody_refused"}, grounds={"stay"})


def said(school: Drawing, kind: str, rules: set[str] | None = None, grounds: set[str] | None = None) -> Planted:
    """The school as spoiled."""
    return Planted(world=(school.scenario(), law()), kind=kind, rules=frozenset(rules or ()), grounds=frozenset(grounds or ()))


KINDS: Sequence[Callable[[Drawing, Random], Planted]] = (
    double_booked,
    room_booked_twice,
    room_too_small,
    homework_too_young,
    not_of_this_grade,
    too_many_locked,
    nobody_to_look_after_them,
    one_teacher_for_all,
    week_too_long,
    provider_out_of_contract,
    provider_not_there,
    bus_too_early,
    must_leave_early,
    ground_too_small,
    nobody_for_exercise,
    no_own_staff,
    ends_too_late,
    no_enrichment,
    nothing_open,
    closed_rooms,
)


def planted(seed: int) -> Planted:
    """A spoiled school; each kind comes in turn."""
    random = Random(seed)
    return KINDS[seed % len(KINDS)](plannable(random), random)


def whole(seed: int) -> World:
    """The same school unspoiled."""
    return plannable(Random(seed)).scenario(), law()
