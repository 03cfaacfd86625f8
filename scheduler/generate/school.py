"""How does an invented school come together? One pass from size and luck to a whole Scenario."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from random import Random

from scheduler.domain import (
    Course,
    CourseId,
    Grade,
    HomeClass,
    HomeClassId,
    Lesson,
    Pupil,
    RoomId,
    Scenario,
    School,
    SchoolForm,
    Service,
    Slot,
    Stage,
    Strand,
)
from scheduler.generate.daytime import teach
from scheduler.generate.families import settle, trips_for, wish
from scheduler.generate.grid import build_bells, build_slots
from scheduler.generate.menu import Item, arranged, as_course, enrichment
from scheduler.generate.names import Namer
from scheduler.generate.profiles import PROFILES, Profile
from scheduler.generate.rooms import build_rooms
from scheduler.generate.staffing import hire, posts

NUMERALS = "一二三四五六七八九"
SMALLEST, LARGEST = 60, 6000
"""Pupils a school may be invented with."""


def generate(county: str, pupils: int, seed: int, tightness: float = 1.0) -> Scenario:
    """An invented school of one county, the same for the same arguments.

    `tightness` above 1 takes teachers, function rooms, PE groups and popular sections away; below 1 adds them. At 1.0
    the school is scarce but can be planned.
    """
    if county not in PROFILES:
        raise ValueError(f"unknown county {county!r}; choose one of {', '.join(sorted(PROFILES))}")
    if not SMALLEST <= pupils <= LARGEST:
        raise ValueError(f"{pupils} pupils: choose between {SMALLEST} and {LARGEST}")
    if not 0.5 <= tightness <= 3:
        raise ValueError(f"tightness {tightness}: choose between 0.5 and 3")
    return build(PROFILES[county], pupils, Random(f"{county} {pupils} {seed}"), tightness)


def build(profile: Profile, count: int, random: Random, tightness: float = 1.0) -> Scenario:
    """The school of this profile with `count` pupils."""
    namer = Namer(random)
    grades = _grades(profile, count)
    classes, sizes = _classes(random, profile, grades, count)
    slots = build_slots(profile, grades)
    pupils = settle(random, namer, profile, classes, sizes, slots)
    items = enrichment(profile, grades, count)
    grade_of = {home.id: home.grade for home in classes}
    subjects = {stage: _posts(profile, stage, grade_of, pupils, tightness) for stage in (Stage.PRIMARY, Stage.JUNIOR)}
    need = sum(leaders_needed(profile, classes, pupils, slots).values())
    team = hire(random, namer, profile, slots, subjects, items, need, count)
    a_day = {grade: len(next(iter(band.lessons.values()))) for band in profile.bands for grade in band.grades}
    lessons, heads = teach(random, grade_of, {home: a_day[grade] for home, grade in grade_of.items()}, team.posts)
    pupils = [wish(random, profile, pupil, grade_of[pupil.home_class], items, slots, team.staff) for pupil in pupils]
    single_class = len(classes) == len(grades)
    courses = [replace(course, provider=team.by_provider.get(course.id)) for course in _menu(items, pupils, grades, tightness)]
    scenario = Scenario(
        school=School(
            name=profile.name,
            county=profile.county,
            area=profile.area,
            form=profile.form if max(grades) > 6 else SchoolForm.PRIMARY,
            boarding=profile.boarding,
            billed_by_period=profile.billed_by_period,
            period_minutes=profile.period_minutes,
        ),
        term=profile.term,
        seasons=profile.seasons,
        grades=tuple(
            Grade(
                number=grade,
                stage=Stage.PRIMARY if grade <= 6 else Stage.JUNIOR,
                graduating=grade == profile.graduating,
                homework_minutes=profile.homework_minutes.get(grade, 0),
            )
            for grade in grades
        ),
        home_classes=tuple(replace(home, head_teacher=heads[home.id]) for home in classes),
        slots=slots,
        rooms=build_rooms(profile, classes, items, count, pe_groups(profile, classes, slots, lessons), tightness),
        staff=team.staff,
        courses=(*courses, *arranged(profile, grades, single_class)),
        pupils=tuple(pupils),
        bells=build_bells(profile, grades),
        lessons=lessons,
        providers=team.providers,
        trips=trips_for(profile, pupils),
        flexible_hours=profile.flexible,
    )
    return scenario


def _grades(profile: Profile, count: int) -> tuple[int, ...]:
    """All grades of the profile; a very small school has no junior stage."""
    grades = tuple(sorted(grade for band in profile.bands for grade in band.grades))
    return grades if count >= 12 * len(grades) else tuple(grade for grade in grades if grade <= 6)


def _classes(random: Random, profile: Profile, grades: tuple[int, ...], count: int) -> tuple[list[HomeClass], list[int]]:
    """Home classes and how many pupils each has; years differ a little."""
    weights = [random.uniform(0.9, 1.1) for _ in grades]
    cohorts = _split(count, weights)
    classes: list[HomeClass] = []
    sizes: list[int] = []
    for grade, cohort in zip(grades, cohorts, strict=True):
        number = max(ceil(cohort / profile.class_size[1]), round(cohort / profile.class_size[0]), 1)
        for place, size in enumerate(_split(cohort, [1.0] * number), start=1):
            name = f"{NUMERALS[grade - 1]}（{place}）班" if grade <= 6 else f"{NUMERALS[grade - 1]}年级（{place}）班"
            classes.append(
                HomeClass(id=HomeClassId(f"{grade}-{place}"), name=name, grade=grade, room=RoomId(f"room-{grade}-{place}"))
            )
            sizes.append(size)
    return classes, sizes


def _split(total: int, weights: Sequence[float]) -> list[int]:
    """`total` in whole parts as near as can be to the weights."""
    parts, used, given = [], 0.0, 0
    for weight in weights:
        used += weight
        parts.append(round(total * used / sum(weights)) - given)
        given += parts[-1]
    return parts


def _posts(
    profile: Profile, stage: Stage, grade_of: Mapping[HomeClassId, int], pupils: Sequence[Pupil], tightness: float
) -> Sequence[str]:
    of_stage = {home for home, grade in grade_of.items() if (grade <= 6) == (stage is Stage.PRIMARY)}
    heads = sum(pupil.home_class in of_stage for pupil in pupils)
    return posts(profile, stage, len(of_stage), heads, tightness)


def _menu(items: Sequence[Item], pupils: Sequence[Pupil], grades: tuple[int, ...], tightness: float) -> list[Course]:
    """The enrichment courses with as many sections as the office dares.

    The five best-loved have a third of the seats their wishers would need; the rest a little more than half.
    """
    wishers = Counter(choice.course for pupil in pupils for choice in pupil.choices)
    loved = sorted(items, key=lambda item: (-wishers[CourseId(item.key)], item.key))[:5]
    courses = []
    for item in items:
        wished = wishers[CourseId(item.key)]
        share = (1 / 3 if item in loved else 0.6) / tightness
        sections = max(1, round(wished * share / item.most))
        most = item.most
        if item in loved and wished < 2.2 * tightness * sections * most:
            most = max(12, min(most, int(wished / (2.5 * tightness * sections))))
        courses.append(as_course(replace(item, most=most), grades, sections))
    return courses


def pe_groups(profile: Profile, classes: Sequence[HomeClass], slots: Sequence[Slot], lessons: Sequence[Lesson]) -> int:
    """Groups that must be able to move at one time, one enrichment course among them.

    Suifenhe: every class moves every day. Elsewhere: the classes without a PE lesson, on the day with most of them.
    Spread over the slots of the day that may hold enrichment, a third more than the average. Where the day has a single
    such slot (Helan), half the seats are enough: children are offered PE, not sent to it.
    """
    moving = {(lesson.home_class, lesson.weekday) for lesson in lessons if lesson.pe}
    total = 0
    for band in profile.bands:
        held = [home.id for home in classes if home.grade in band.grades]
        numbers = {slot.number for slot in slots if slot.id.startswith(f"{band.key}-mon") and _may_move(slot)}
        if held and numbers:
            busiest = max(sum(profile.daily_exercise or (home, day) not in moving for home in held) for day in range(1, 6))
            total += ceil(busiest * (4 / 3 if len(numbers) > 1 else 1 / 2) / len(numbers))
    return total + 1


def _may_move(slot: Slot) -> bool:
    return slot.service is Service.REGULAR and slot.strand is not Strand.ONE


def leaders_needed(
    profile: Profile, classes: Sequence[HomeClass], pupils: Sequence[Pupil], slots: Sequence[Slot]
) -> Mapping[str, int]:
    """Groups that must be led in each slot, by slot id, when the average group is as the profile says."""
    grade_of = {home.id: home.grade for home in classes}
    here: Counter[str] = Counter()
    boarders: Counter[str] = Counter()
    for pupil in pupils:
        grade = grade_of[pupil.home_class]
        here.update(pupil.stays)
        for slot in slots:
            if grade not in slot.grades:
                continue
            here[slot.id] += slot.service is Service.EXTENDED_CARE and pupil.extended_care
            here[slot.id] += slot.service is Service.EVENING_STUDY and pupil.evening_study
            watched = pupil.boarder and not pupil.enrolled and slot.service is Service.REGULAR and slot.weekday <= 5
            boarders[slot.id] += watched
    return {slot.id: ceil(here[slot.id] / profile.group) + ceil(boarders[slot.id] / 50) for slot in slots}
