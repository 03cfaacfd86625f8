"""Does everything mentioned exist, once? For scenarios that come whole, as JSON; rows are looked up while they are read."""

from collections.abc import Iterable, Iterator

from scheduler.domain import Pupil, Scenario
from scheduler.errors import Fault
from scheduler.intake.draft import Draft


def draft_of(scenario: Scenario, place: str) -> Draft:
    """The scenario taken apart, for the checks that rows get."""
    return Draft(
        place,
        [],
        school=scenario.school,
        term=scenario.term,
        flexible_hours=scenario.flexible_hours,
        seasons=list(scenario.seasons),
        grades=list(scenario.grades),
        home_classes=list(scenario.home_classes),
        bells=list(scenario.bells),
        lessons=list(scenario.lessons),
        slots=list(scenario.slots),
        rooms=list(scenario.rooms),
        staff=list(scenario.staff),
        providers=list(scenario.providers),
        courses=list(scenario.courses),
        pupils=list(scenario.pupils),
        choices={pupil.id: pupil.choices for pupil in scenario.pupils},
        trips=list(scenario.trips),
        locks=list(scenario.locks),
        waivers=list(scenario.waivers),
        readings=scenario.readings,
    )


def check_references(draft: Draft) -> None:
    """Adds a fault for every double id and every mention of something that is not there."""
    ids: dict[str, list[str]] = {
        "seasons": [each.id for each in draft.seasons],
        "grades": [str(each.number) for each in draft.grades],
        "classes": [each.id for each in draft.home_classes],
        "slots": [each.id for each in draft.slots],
        "rooms": [each.id for each in draft.rooms],
        "staff": [each.id for each in draft.staff],
        "providers": [each.id for each in draft.providers],
        "courses": [each.id for each in draft.courses],
        "pupils": [each.id for each in draft.pupils],
        "buses": [each.id for each in draft.trips],
    }
    for sheet, listed in ids.items():
        for id in sorted({id for id in listed if listed.count(id) > 1} if len(set(listed)) < len(listed) else ()):
            draft.faults.append(_fault(draft, f"{sheet}.{id}", f"“{id}”出现了两次。", f"“{id}” is there twice."))
    known = {sheet: set(listed) for sheet, listed in ids.items()}
    for path, sheet, mentioned in _mentions(draft):
        if mentioned is not None and mentioned not in known[sheet]:
            zh, en = f"提到的“{mentioned}”不存在（{sheet}）。", f"“{mentioned}” is not among the {sheet}."
            draft.faults.append(_fault(draft, path, zh, en))
    _clocks_of_each_season(draft)


def _clocks_of_each_season(draft: Draft) -> None:
    """Slots and departures have a time in every season."""
    seasons = {season.id for season in draft.seasons}
    timed = [(f"slots.{slot.id}", set(slot.clock_by_season)) for slot in draft.slots]
    timed += [(f"trips.{trip.id}", set(trip.departure_by_season)) for trip in draft.trips]
    for path, known in timed:
        if missing := "、".join(sorted(seasons - known)):
            zh, en = f"没有作息“{missing}”的时间。", f"there is no time in the season {missing}."
            draft.faults.append(_fault(draft, path, zh, en))


def _fault(draft: Draft, path: str, zh: str, en: str) -> Fault:
    return Fault(place=draft.place, column=path, zh=zh, en=en, todo_zh="请改正编号。", todo_en="Correct the id.")


Mention = tuple[str, str, str | None]
"""Where, in which sheet it should be, and the id."""


def _mentions(draft: Draft) -> Iterator[Mention]:
    for home_class in draft.home_classes:
        path = f"home_classes.{home_class.id}"
        yield path, "grades", str(home_class.grade)
        yield path, "staff", home_class.head_teacher
        yield path, "rooms", home_class.room
    for bell in draft.bells:
        yield "bells", "seasons", bell.season
        yield from _all("bells", "grades", map(str, bell.grades))
    for lesson in draft.lessons:
        yield "lessons", "classes", lesson.home_class
        yield "lessons", "staff", lesson.teacher
    for slot in draft.slots:
        yield from _all(f"slots.{slot.id}", "seasons", slot.clock_by_season)
        yield from _all(f"slots.{slot.id}", "grades", map(str, slot.grades))
    for room in draft.rooms:
        yield from _all(f"rooms.{room.id}", "slots", room.closed)
    for person in draft.staff:
        yield f"staff.{person.id}", "providers", person.provider
        yield from _all(f"staff.{person.id}", "slots", person.available | person.prefers | person.avoids)
    for provider in draft.providers:
        yield from _all(f"providers.{provider.id}", "courses", provider.services)
    for course in draft.courses:
        path = f"courses.{course.id}"
        yield path, "providers", course.provider
        yield from _all(path, "grades", map(str, course.grades))
        yield from _all(path, "staff", course.leaders)
        yield from _all(path, "slots", course.slots or ())
    for pupil in draft.pupils:
        yield from _of_pupil(pupil)
    for trip in draft.trips:
        yield from _all(f"trips.{trip.id}", "seasons", trip.departure_by_season)
    for lock in draft.locks:
        path = f"locks.{lock.course}"
        yield path, "courses", lock.course
        yield path, "pupils", lock.pupil
        yield path, "rooms", lock.room
        yield path, "staff", lock.staff
        yield from _all(path, "slots", lock.slots)


def _of_pupil(pupil: Pupil) -> Iterator[Mention]:
    path = f"pupils.{pupil.id}"
    yield path, "classes", pupil.home_class
    yield from _all(path, "slots", pupil.stays)
    for choice in pupil.choices:
        yield path, "courses", choice.course
        yield path, "staff", choice.teacher


def _all(path: str, sheet: str, ids: Iterable[str]) -> Iterator[Mention]:
    return ((path, sheet, id) for id in sorted(ids))
