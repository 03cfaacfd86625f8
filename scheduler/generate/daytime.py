"""Which lesson has each home class when? A clash-free weekly timetable for invented classes and teachers.

Lessons of a subject are dealt onto the five days like cards, so that no day has two PE lessons. Within a day, lesson
numbers are an edge colouring of the graph of classes and teachers; since nobody has more lessons than the day has
numbers, it always exists (Kőnig) and is found by swapping along alternating paths.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from scheduler.domain import HomeClassId, Lesson, StaffId, Stage

PE = "体育"

LOWER = {
    "语文": 8,
    "数学": 5,
    PE: 4,
    "音乐": 2,
    "美术": 2,
    "道德与法治": 2,
    "科学": 1,
    "阅读": 2,
    "劳动": 1,
    "班队": 1,
    "写字": 2,
}
MIDDLE = {
    "语文": 7,
    "数学": 5,
    "英语": 3,
    PE: 3,
    "音乐": 2,
    "美术": 2,
    "道德与法治": 2,
    "科学": 2,
    "信息科技": 1,
    "劳动": 1,
    "班队": 1,
    "写字": 1,
}
SEVENTH = {
    "语文": 6, "数学": 6, "英语": 5, PE: 3, "音乐": 1, "美术": 1, "道德与法治": 2, "历史": 2, "地理": 2, "生物": 2, "信息科技": 1,
    "劳动": 1, "班会": 1, "阅读": 2,
}  # fmt: skip
EIGHTH = {
    "语文": 6, "数学": 6, "英语": 5, PE: 3, "音乐": 1, "美术": 1, "道德与法治": 2, "历史": 2, "地理": 2, "生物": 2, "物理": 2,
    "劳动": 1, "班会": 1, "信息科技": 1,
}  # fmt: skip
NINTH = {
    "语文": 6, "数学": 6, "英语": 5, PE: 3, "音乐": 1, "美术": 1, "道德与法治": 2, "历史": 2, "物理": 4, "化学": 3,
    "劳动": 1, "班会": 1,
}  # fmt: skip

PRIMARY_POSTS: Mapping[str, frozenset[str]] = {
    "语文": frozenset({"语文", "阅读", "写字", "班队", "道德与法治"}),
    "数学": frozenset({"数学", "科学", "劳动", "信息科技"}),
    "英语": frozenset({"英语", "道德与法治", "阅读"}),
    PE: frozenset({PE}),
    "音乐": frozenset({"音乐", "美术"}),
    "美术": frozenset({"美术", "音乐", "写字", "劳动"}),
    "科学": frozenset({"科学", "信息科技", "劳动"}),
}
"""What a primary teacher of each post may also teach."""

JUNIOR_POSTS: Mapping[str, frozenset[str]] = {
    "语文": frozenset({"语文", "阅读"}),
    "数学": frozenset({"数学"}),
    "英语": frozenset({"英语"}),
    PE: frozenset({PE, "劳动"}),
    "道德与法治": frozenset({"道德与法治", "历史", "班会", "地理"}),
    "物理": frozenset({"物理", "化学", "信息科技", "劳动", "生物"}),
    "生物": frozenset({"生物", "地理", "信息科技", "化学", "劳动"}),
    "音乐": frozenset({"音乐", "美术", "劳动", "班会"}),
}


def curriculum(grade: int) -> Mapping[str, int]:
    """Lessons a week by subject."""
    if grade <= 2:
        return LOWER
    if grade <= 6:
        return MIDDLE
    return {7: SEVENTH, 8: EIGHTH}.get(grade, NINTH)


@dataclass(frozen=True, slots=True)
class Post:
    """A teacher seen from the daytime timetable."""

    staff: StaffId
    stage: Stage
    subject: str


def teach(
    random: Random, grades: Mapping[HomeClassId, int], lessons_a_day: Mapping[HomeClassId, int], posts: Sequence[Post]
) -> tuple[tuple[Lesson, ...], Mapping[HomeClassId, StaffId]]:
    """The weekly lessons of all classes, and each class's head teacher.

    A head teacher teaches the class, 语文 if possible, and heads no other class unless everybody of theirs does.
    """
    decks, heads = _decks(grades, lessons_a_day, posts)
    days = _evenly_dealt(random, decks, min(lessons_a_day.values()))
    lessons: list[Lesson] = []
    for weekday in range(1, 6):
        for primary in (True, False):
            today = [lesson for lesson in days if lesson[3] == weekday and (grades[lesson[0]] <= 6) is primary]
            random.shuffle(today)
            numbers = _numbered([(home_class, teacher) for home_class, _, teacher, _ in today], lessons_a_day)
            lessons += [
                Lesson(home_class=home_class, weekday=weekday, number=number, subject=subject, teacher=teacher, pe=subject == PE)
                for (home_class, subject, teacher, _), number in zip(today, numbers, strict=True)
            ]
    return tuple(sorted(lessons, key=lambda lesson: (lesson.home_class, lesson.weekday, lesson.number))), heads


def _decks(
    grades: Mapping[HomeClassId, int], lessons_a_day: Mapping[HomeClassId, int], posts: Sequence[Post]
) -> tuple[Mapping[HomeClassId, list[tuple[str, StaffId]]], Mapping[HomeClassId, StaffId]]:
    """Each class's lessons of the week, one card a lesson, with who gives them."""
    load = {post.staff: 0 for post in posts}
    heads: dict[HomeClassId, StaffId] = {}
    decks: dict[HomeClassId, list[tuple[str, StaffId]]] = {}
    for home_class in sorted(grades):
        stage = Stage.PRIMARY if grades[home_class] <= 6 else Stage.JUNIOR
        deck: list[tuple[str, StaffId]] = []
        for subject, count in _filled(curriculum(grades[home_class]), lessons_a_day[home_class] * 5).items():
            teacher = _lightest(load, posts, stage, subject)
            load[teacher] += count
            deck += [(subject, teacher)] * count
        own = [teacher for _, teacher in deck if teacher not in heads.values()]
        heads[home_class] = own[0] if own else deck[0][1]
        decks[home_class] = deck
    return decks, heads


Dealt = list[tuple[HomeClassId, str, StaffId, int]]
"""Home class, subject, teacher and weekday of each lesson."""


def _evenly_dealt(random: Random, decks: Mapping[HomeClassId, list[tuple[str, StaffId]]], most: int) -> Dealt:
    """Of sixty deals in which nobody teaches more than `most` lessons a day, the one whose PE is spread best.

    Where teachers are so few that chance finds none, one deal with lessons exchanged.
    """
    best: Dealt = []
    least = len(decks) + 1
    tries = 0
    while tries < 60 or (not best and tries < 2000):
        tries += 1
        days = _dealt(random, decks)
        classes = Counter(weekday for _, subject, _, weekday in days if subject == PE)
        missing = len(decks) - min(classes[weekday] for weekday in range(1, 6))
        busiest = max(Counter((teacher, weekday) for _, _, teacher, weekday in days).values())
        if busiest <= most and missing < least:
            best, least = days, missing
    return best or _relieved(_dealt(random, decks), most)


def _relieved(days: Dealt, most: int) -> Dealt:
    """The deal with lessons exchanged between two days of a class, until nobody teaches more than `most` a day."""
    days = list(days)
    load = Counter((teacher, weekday) for _, _, teacher, weekday in days)
    of_class: defaultdict[HomeClassId, list[int]] = defaultdict(list)
    for number, lesson in enumerate(days):
        of_class[lesson[0]].append(number)
    for number, (home_class, subject, teacher, weekday) in enumerate(days):
        if load[teacher, weekday] <= most:
            continue
        for other in of_class[home_class]:
            _, given, colleague, day = days[other]
            if day != weekday and colleague != teacher and load[teacher, day] < most and load[colleague, weekday] < most:
                days[number], days[other] = (home_class, subject, teacher, day), (home_class, given, colleague, weekday)
                load.update([(teacher, day), (colleague, weekday)])
                load.subtract([(teacher, weekday), (colleague, day)])
                break
    if max(load.values()) > most:
        raise ValueError("too few teachers for the daytime timetable")
    return days


def _dealt(random: Random, decks: Mapping[HomeClassId, list[tuple[str, StaffId]]]) -> Dealt:
    """The cards dealt two days apart, so that three lessons of a subject fall on Monday, Wednesday, Friday or the like."""
    starts = [place % 5 for place in range(len(decks))]
    random.shuffle(starts)
    days: Dealt = []
    for first, (home_class, deck) in zip(starts, decks.items(), strict=True):
        days += [(home_class, subject, teacher, (first + 2 * card) % 5 + 1) for card, (subject, teacher) in enumerate(deck)]
    return days


def _filled(plan: Mapping[str, int], periods: int) -> Mapping[str, int]:
    """The plan with 自习 added, or its last subjects shortened, to fill the week."""
    missing = periods - sum(plan.values())
    if missing >= 0:
        return {**plan, "自习": missing} if missing else plan
    cut = dict(plan)
    for subject in reversed(tuple(plan)):
        if missing < 0 and subject != PE:
            taken = min(-missing, cut[subject] - 1)
            cut[subject] -= taken
            missing += taken
    return cut


def _lightest(load: Mapping[StaffId, int], posts: Sequence[Post], stage: Stage, subject: str) -> StaffId:
    """The teacher of this subject with the fewest lessons; any teacher of the stage where nobody has the subject."""
    allowed = PRIMARY_POSTS if stage is Stage.PRIMARY else JUNIOR_POSTS
    of_stage = [post for post in posts if post.stage is stage]
    exact = [post for post in of_stage if post.subject == subject]
    near = [post for post in of_stage if subject in allowed.get(post.subject, frozenset())]
    pool = exact if exact and min(load[post.staff] for post in exact) < 14 else (near or of_stage)
    return min(pool, key=lambda post: (load[post.staff], post.staff)).staff


def _numbered(edges: Sequence[tuple[HomeClassId, StaffId]], lessons_a_day: Mapping[HomeClassId, int]) -> list[int]:
    """Lesson numbers, from 1, such that no class and no teacher has two lessons of one number."""
    most = max((lessons_a_day[home_class] for home_class, _ in edges), default=0)
    used: dict[str, dict[int, int]] = {}
    colour = [0] * len(edges)
    for index, (home_class, teacher) in enumerate(edges):
        left, right = used.setdefault(f"c{home_class}", {}), used.setdefault(f"t{teacher}", {})
        free_left = _free(left, lessons_a_day[home_class])
        free_right = _free(right, most)
        if free_left not in right:
            chosen = free_left
        else:
            _swap_path(edges, colour, used, f"t{teacher}", free_left, free_right)
            chosen = free_left
        colour[index] = chosen
        left[chosen] = right[chosen] = index
    return colour


def _free(used: Mapping[int, int], most: int) -> int:
    return next(number for number in range(1, most + 1) if number not in used)


def _swap_path(
    edges: Sequence[tuple[HomeClassId, StaffId]],
    colour: list[int],
    used: Mapping[str, dict[int, int]],
    start: str,
    wanted: int,
    other: int,
) -> None:
    """Exchange two numbers along the path from `start`, so that `wanted` becomes free there."""
    path: list[int] = []
    node, looking = start, wanted
    while (index := used[node].get(looking)) is not None:
        path.append(index)
        home_class, teacher = edges[index]
        node = f"c{home_class}" if node == f"t{teacher}" else f"t{teacher}"
        looking = other if looking == wanted else wanted
    for index in path:
        for end in (f"c{edges[index][0]}", f"t{edges[index][1]}"):
            del used[end][colour[index]]
        colour[index] = other if colour[index] == wanted else wanted
        # Both ends are written after the whole path is cleared, or a neighbour would be overwritten.
    for index in path:
        for end in (f"c{edges[index][0]}", f"t{edges[index][1]}"):
            used[end][colour[index]] = index
