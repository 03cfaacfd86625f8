"""What does a published file call somebody or something, and whom does a person mean who writes that into a cell?

A label is the plain name wherever it is unmistakable; two teachers of one name carry their ids. What is read may be a
label, a name or an id, typed carelessly; a name that two people share is told, never guessed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from scheduler.domain import (
    CourseId,
    HomeClassId,
    PupilId,
    RoomId,
    Scenario,
    Service,
    Slot,
    SlotId,
    StaffId,
    TripId,
)
from scheduler.intake.text import same_look

WEEKDAYS: Mapping[str, Sequence[str]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
SERVICES = {Service.EXTENDED_CARE: "延时", Service.EVENING_STUDY: "晚自习"}
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
BETWEEN = re.compile(r"\s*[、,，;；|/\n]\s*")
QUOTED = re.compile(r"「([^」]*)」|([^、,，;；|/\n「]+)")

Id = TypeVar("Id", bound=str)


class Register(Generic[Id]):
    """The names of one kind of thing, both ways."""

    def __init__(self, names: Iterable[tuple[Id, str]], aliases: Iterable[tuple[Id, str]] = ()) -> None:
        named = list(names)
        ids = {shown(key): key for key, _ in named}
        count = Counter(same_look(shown(name)) for _, name in named)
        self.label_by_id: Mapping[Id, str] = {
            key: name
            if count[same_look(shown(name))] == 1 and _plain(name) and ids.get(shown(name), key) == key
            else _marked(key, name)
            for key, name in named
        }
        meant: defaultdict[str, dict[Id, None]] = defaultdict(dict)
        ids_too: Iterable[tuple[Id, str]] = ((key, key) for key, _ in named)
        for key, text in (*named, *self.label_by_id.items(), *aliases, *ids_too):
            meant[same_look(shown(text))][key] = None
        self._by_look: Mapping[str, tuple[Id, ...]] = {look: tuple(keys) for look, keys in meant.items()}
        self._exact: Mapping[str, Id] = {shown(label): key for key, label in self.label_by_id.items()} | ids

    def label(self, key: Id) -> str:
        """What to write; the id itself for what the school does not know."""
        return self.label_by_id.get(key, key)

    def find(self, text: str) -> tuple[Id, ...]:
        """Everything the text may mean: one where it is clear, none where it is unknown."""
        exact = self._exact.get(shown(text))
        return (exact,) if exact is not None else self._by_look.get(same_look(shown(text)), ())


class Names:
    """The registers of one school."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def courses(self) -> Register[CourseId]:
        return Register((course.id, course.title) for course in self.scenario.courses)

    @cached_property
    def rooms(self) -> Register[RoomId]:
        return Register((room.id, room.name) for room in self.scenario.rooms)

    @cached_property
    def staff(self) -> Register[StaffId]:
        return Register((person.id, person.name) for person in self.scenario.staff)

    @cached_property
    def home_classes(self) -> Register[HomeClassId]:
        return Register((home_class.id, home_class.name) for home_class in self.scenario.home_classes)

    @cached_property
    def pupils(self) -> Register[PupilId]:
        return Register((pupil.id, pupil.name) for pupil in self.scenario.pupils)

    @cached_property
    def trips(self) -> Register[TripId]:
        return Register((trip.id, trip.id) for trip in self.scenario.trips)

    @cached_property
    def slots(self) -> Register[SlotId]:
        slots = self.scenario.slots
        return Register(
            ((slot.id, name) for slot, name in zip(slots, _slot_names(slots), strict=True)),
            ((slot.id, alias) for slot in slots for alias in _slot_aliases(slot)),
        )


def shown(text: str) -> str:
    """The text on one line: control characters and line breaks, which could end a cell or a line of a file, are spaces."""
    return SPACES.sub(" ", INVISIBLE.sub("", text)).strip()


def joined(labels: Iterable[str]) -> str:
    """Several labels in one cell; one with a separator in it is put between 「」."""
    return "、".join(f"「{label}」" if BETWEEN.search(label) else label for label in labels)


def parted(text: str) -> tuple[str, ...]:
    """The labels of one cell, as `joined` put them together or as people write lists."""
    found = (quoted or plain for quoted, plain in QUOTED.findall(text))
    return tuple(part for part in (shown(each) for each in found) if part)


def _plain(name: str) -> bool:
    """Comes back from a cell as it was."""
    return name != "" and shown(name) == name and not set("「」") & set(name)


def _marked(key: str, name: str) -> str:
    label = f"{shown(name)}〔{key}〕"
    return label if shown(name) and _plain(label) and not BETWEEN.search(label) else key


def _slot_names(slots: Sequence[Slot]) -> Sequence[str]:
    """周一第1时段, with the service and the grades where that alone would fit two slots."""
    steps = [[_base(slot), _base(slot) + _of(slot), _base(slot) + _of(slot) + _grades(slot)] for slot in slots]
    counts = [Counter(step[level] for step in steps) for level in range(3)]
    return [
        next((step[level] for level in range(3) if counts[level][step[level]] == 1), slot.id)
        for slot, step in zip(slots, steps, strict=True)
    ]


def _base(slot: Slot) -> str:
    return f"{WEEKDAYS['zh'][slot.weekday - 1]}第{slot.number}时段"


def _of(slot: Slot) -> str:
    return SERVICES.get(slot.service, "")


def _grades(slot: Slot) -> str:
    """（3、4年级）, without a separator of ours."""
    grades = sorted(slot.grades)
    running = grades == list(range(grades[0], grades[-1] + 1)) if grades else False
    told = f"{grades[0]}至{grades[-1]}" if running and len(grades) > 1 else "和".join(map(str, grades))
    return f"（{told}年级）"


def _slot_aliases(slot: Slot) -> Iterable[str]:
    zh, en = (WEEKDAYS[language][slot.weekday - 1] for language in ("zh", "en"))
    for day in (zh, f"星期{zh[1]}", f"礼拜{zh[1]}"):
        yield from (f"{day}第{slot.number}时段", f"{day}第{slot.number}节", f"{day}{slot.number}", f"{day}{slot.number}节")
    yield from (f"{en}-{slot.number}", f"{en} slot {slot.number}")
