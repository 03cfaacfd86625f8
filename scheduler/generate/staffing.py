"""Who works at an invented school? Teachers, heads, people from outside and their provider, with skills, caps and checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from random import Random

from scheduler.domain import (
    Check,
    CourseId,
    ListStatus,
    Provider,
    ProviderId,
    Role,
    Service,
    Slot,
    SlotId,
    Staff,
    StaffId,
    StaffKind,
    Stage,
    Strand,
)
from scheduler.generate.daytime import Post
from scheduler.generate.menu import Item
from scheduler.generate.names import Namer
from scheduler.generate.profiles import Profile

PRIMARY_SHARES = {"语文": 0.36, "数学": 0.24, "英语": 0.10, "体育": 0.12, "音乐": 0.07, "美术": 0.07, "科学": 0.04}
JUNIOR_SHARES = {
    "语文": 0.18, "数学": 0.18, "英语": 0.17, "体育": 0.10, "道德与法治": 0.14, "物理": 0.10, "生物": 0.07, "音乐": 0.06,
}  # fmt: skip

HEADS = (
    ("校长", frozenset({Role.DUTY_LEADER}), 0),
    ("教导主任", frozenset({Role.INSPECTOR}), 1),
    ("副校长", frozenset({Role.DUTY_LEADER}), 1),
    ("德育主任", frozenset({Role.INSPECTOR}), 1),
    ("总务主任", frozenset({Role.DUTY_LEADER}), 1),
)
"""Title, duty and meetings a week of those who keep watch rather than teach."""


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody, and who of them leads which enrichment course."""

    staff: tuple[Staff, ...]
    providers: tuple[Provider, ...]
    posts: tuple[Post, ...]
    """Those with daytime lessons."""
    by_provider: Mapping[str, ProviderId]
    """Items led by a provider's people."""


def posts(profile: Profile, stage: Stage, classes: int, pupils: int, tightness: float) -> list[str]:
    """The subjects of this stage's teachers, one entry a teacher."""
    if not classes:
        return []
    wanted = max(classes * profile.teachers_per_class[stage], pupils / 18)
    number = max(ceil(classes * 1.5), len(_shares(stage)) if classes > 2 else 4, round(wanted / tightness))
    exact = {subject: share * number for subject, share in _shares(stage).items()}
    counts = {subject: int(value) for subject, value in exact.items()}
    rest = sorted(exact, key=lambda subject: counts[subject] - exact[subject])
    for subject in rest[: number - sum(counts.values())]:
        counts[subject] += 1
    return [subject for subject, count in counts.items() for _ in range(count)]


def _shares(stage: Stage) -> Mapping[str, float]:
    return PRIMARY_SHARES if stage is Stage.PRIMARY else JUNIOR_SHARES


def hire(
    random: Random,
    namer: Namer,
    profile: Profile,
    slots: Sequence[Slot],
    subjects_by_stage: Mapping[Stage, Sequence[str]],
    items: Sequence[Item],
    weekly_groups: int,
    pupils: int,
) -> Team:
    """The whole team. `weekly_groups` is how many meetings a week somebody must lead."""
    teachers = sum(len(subjects) for subjects in subjects_by_stage.values())
    outside = [item for item in items if not item.subjects]
    cap = max(5, ceil((weekly_groups - 3 * len(outside)) / (0.8 * teachers)))
    checks = dict.fromkeys(Check, date(profile.term.end.year, 8, 31))
    staff = list(_heads(namer, profile, slots, pupils, checks))
    taught: list[Post] = []
    for stage, subjects in subjects_by_stage.items():
        for subject in subjects:
            taught.append(Post(StaffId(f"T{len(staff) + 1:03}"), stage, subject))
            staff.append(
                Staff(
                    id=StaffId(f"T{len(staff) + 1:03}"),
                    name=namer.adult(),
                    kind=StaffKind.OWN,
                    subject=subject,
                    available=_own_hours(random, slots, stage),
                    max_per_day=profile.meetings_per_day,
                    max_per_week=cap + random.choice((0, 0, 1)),
                    checks=checks,
                )
            )
    staff = _with_skills(random, staff, items)
    staff = [_with_wishes(random, person) for person in staff]
    names = profile.providers[: 1 + pupils // 800]
    provided = sorted(outside, key=lambda item: not item.local)[: len(names)]
    providers = tuple(
        _provider(profile, number, name, item) for number, (name, item) in enumerate(zip(names, provided, strict=False), start=1)
    )
    by_provider = {item.key: provider.id for item, provider in zip(provided, providers, strict=True)}
    for item in outside:
        for number in range(1 if pupils <= 250 else 2 + (pupils - 1) // 600):
            contract = by_provider.get(item.key)
            staff.append(_from_outside(random, namer, profile, slots, item, number, len(staff), contract, checks))
    return Team(tuple(staff), providers, tuple(taught), by_provider)


def _heads(namer: Namer, profile: Profile, slots: Sequence[Slot], pupils: int, checks: Mapping[Check, date]) -> Iterable[Staff]:
    for number, (title, roles, meetings) in enumerate(HEADS[: 5 if pupils > 400 else 4], start=1):
        yield Staff(
            id=StaffId(f"T{number:03}"),
            name=namer.adult(),
            kind=StaffKind.OWN,
            subject=title,
            willing=meetings > 0,
            available=frozenset(slot.id for slot in slots if slot.weekday <= 5 and slot.service is Service.REGULAR),
            max_per_day=min(1, meetings),
            max_per_week=meetings,
            roles=roles,
            checks=checks,
        )


def _own_hours(random: Random, slots: Sequence[Slot], stage: Stage) -> frozenset[SlotId]:
    """Every weekday slot but, for some, one afternoon of teaching research; Saturdays and evenings for some."""
    away = random.randrange(1, 6) if random.random() < 0.12 else 0
    saturday = random.random() < 0.4
    kept = []
    for slot in slots:
        own_stage = any((grade <= 6) == (stage is Stage.PRIMARY) for grade in slot.grades)
        free = saturday if slot.weekday > 5 else slot.weekday != away
        if free and (slot.service is not Service.EVENING_STUDY or own_stage):
            kept.append(slot.id)
    return frozenset(kept)


def _with_skills(random: Random, staff: list[Staff], items: Sequence[Item]) -> list[Staff]:
    """Two to four leaders a course, more in a large school, of its subjects first; skills are spread evenly."""
    skills: dict[StaffId, set[str]] = {person.id: set() for person in staff}
    teachers = [person for person in staff if not person.roles]
    for item in items:
        if not item.subjects:
            continue
        able = [person for person in teachers if person.subject in item.subjects] or teachers
        order = sorted(able, key=lambda person: (len(skills[person.id]), random.random()))
        if len(order) < 2:
            order += random.sample([person for person in teachers if person not in order], 1)
        for person in order[: max(2, min(4, len(teachers) // 8), len(teachers) // 16)]:
            skills[person.id].add(item.skill)
    return [replace(person, skills=frozenset(skills[person.id])) for person in staff]


def _with_wishes(random: Random, person: Staff) -> Staff:
    """One teacher in four would rather not work on one of the days, one in four would like one."""
    days = sorted({slot.split("-")[1] for slot in person.available})
    if not days or person.roles:
        return person
    luck, day = random.random(), random.choice(days)
    chosen = frozenset(slot for slot in person.available if slot.split("-")[1] == day)
    if luck < 0.25:
        return replace(person, avoids=chosen)
    return replace(person, prefers=chosen) if luck < 0.5 else person


def _provider(profile: Profile, number: int, name: str, item: Item) -> Provider:
    return Provider(
        id=ProviderId(f"provider-{number}"),
        name=name,
        kind=profile.provider_kind,
        list_status=ListStatus.WHITE,
        vetted=True,
        approval_ref=f"教审〔{profile.term.start.year}〕{17 + len(item.title)}号",
        approved_from=date(profile.term.start.year - 1, 9, 1),
        approved_until=date(profile.term.end.year, 8, 31),
        contract_from=date(profile.term.start.year, profile.term.start.month, 1),
        contract_until=date(profile.term.end.year, 8, 31),
        services=frozenset({CourseId(item.key)}),
        need=f"本校没有能教“{item.title}”的教师",
    )


OUTSIDE_KINDS = {
    "dance": StaffKind.PROFESSIONAL,
    "martial": StaffKind.PROFESSIONAL,
    "paper_cutting": StaffKind.RETIRED,
    "bamboo": StaffKind.VOLUNTEER,
    "duijin": StaffKind.VOLUNTEER,
    "huaer": StaffKind.VOLUNTEER,
}


def _from_outside(
    random: Random,
    namer: Namer,
    profile: Profile,
    slots: Sequence[Slot],
    item: Item,
    number: int,
    place: int,
    provider: ProviderId | None,
    checks: Mapping[Check, date],
) -> Staff:
    """Somebody who comes for one course on three days of the week."""
    days = frozenset(random.sample(range(1, 6), 3))
    saturday = number == 0
    hours = frozenset(
        slot.id
        for slot in slots
        if (slot.weekday in days or (slot.weekday > 5 and saturday))
        and slot.service is Service.REGULAR
        and slot.strand is not Strand.ONE
    )
    return Staff(
        id=StaffId(f"T{place + 1:03}"),
        name=namer.adult(),
        kind=StaffKind.PROVIDER_STAFF if provider else OUTSIDE_KINDS.get(item.key, StaffKind.PROFESSIONAL),
        provider=provider,
        skills=frozenset({item.skill}),
        available=hours,
        max_per_day=2,
        max_per_week=5,
        checks=checks,
        approved_until=date(profile.term.end.year, 8, 31),
    )
