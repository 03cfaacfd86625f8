"""Where can an invented school meet? Its classrooms, function rooms, reading rooms, gym and playground."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from math import ceil

from scheduler.domain import HomeClass, Room, RoomId, RoomKind
from scheduler.generate.menu import DESKS, Item
from scheduler.generate.profiles import Profile

NUMERALS = "一二三四五六七八九"
FEATURED = {
    "实验台": ("lab", "科学实验室", 32),
    "计算机": ("computers", "计算机教室", 40),
    "舞蹈地胶": ("dance", "舞蹈室", 30),
    "灶台": ("kitchen", "劳动实践室", 28),
    "隔音": ("music", "音乐教室", 45),
    "钢琴": ("music", "音乐教室", 45),
    "种植地": ("garden", "种植园", 40),
}
"""Rooms that a course needs for what stands in them: feature, id, name, seats."""
PLAIN = (("art", "美术教室", 40), ("calligraphy", "书法教室", 36), ("hall", "多功能厅", 60), ("club", "社团活动室", 36))
HALLS = ("风雨操场", "体育馆", "乒乓球馆", "羽毛球馆", "综合馆")
GROUNDS = (
    "操场", "篮球场", "足球场", "田径场", "排球场", "东操场", "西操场", "南操场", "北操场", "运动广场", "跳绳场", "轮滑场",
)  # fmt: skip


def build_rooms(
    profile: Profile, classes: Sequence[HomeClass], items: Sequence[Item], pupils: int, pe_groups: int, tightness: float
) -> tuple[Room, ...]:
    """All rooms; `pe_groups` is how many groups must be able to move at one time."""
    seats = profile.class_size[1] + 4
    rooms = [
        Room(id=home.room, name=f"{home.name}教室", kind=RoomKind.CLASSROOM, seats=max(45, seats), features=frozenset({DESKS}))
        for home in classes
        if home.room
    ]
    rooms += _function_rooms(items, pupils, tightness)
    rooms += _books(pupils)
    rooms += _grounds(pupils, ceil(pe_groups / tightness))
    safe = date(profile.term.end.year, 8, 31)
    return tuple(replace(room, safe_until=safe) for room in rooms)


def _function_rooms(items: Sequence[Item], pupils: int, tightness: float) -> Iterator[Room]:
    wanted = [FEATURED[item.feature] for item in items if item.feature]
    plain = PLAIN[: max(1, round(min(len(PLAIN), 1 + pupils / 250) / tightness))]
    copies = ceil(pupils / 800)
    for key, name, seats in dict.fromkeys((*wanted, *plain)):
        features = frozenset(feature for feature, (room, _, _) in FEATURED.items() if room == key) or frozenset({DESKS})
        for copy in range(copies):
            yield Room(
                id=RoomId(key if copy == 0 else f"{key}_{copy + 1}"),
                name=name if copies == 1 else f"{name}{NUMERALS[copy]}",
                kind=RoomKind.FUNCTION_ROOM,
                seats=seats,
                outdoor=key == "garden",
                features=features,
            )


def _books(pupils: int) -> Iterator[Room]:
    for number in range(1 + pupils // 1200):
        id = RoomId("reading_room" if number == 0 else f"reading_room_{number + 1}")
        name = "阅览室" if pupils < 1200 else f"阅览室{NUMERALS[number]}"
        yield Room(id=id, name=name, kind=RoomKind.READING_ROOM, seats=50)
    if pupils > 300:
        yield Room(id=RoomId("library"), name="图书馆", kind=RoomKind.LIBRARY, seats=45, groups=1 + pupils // 600)


def _grounds(pupils: int, groups: int) -> Iterator[Room]:
    """Halls for two groups each, and under the sky as many grounds as it takes for the others, a dozen groups at most on each."""
    held = 1 if pupils < 300 else 2
    halls = min(len(HALLS), 1 + pupils // 1500)
    for number in range(halls):
        id = RoomId("gym" if number == 0 else f"gym_{number + 1}")
        yield Room(id=id, name=HALLS[number], kind=RoomKind.GYM, seats=50, groups=held)
    outside = max(2, groups - held * halls)
    grounds = min(len(GROUNDS), max(ceil(outside / 12), 1 if pupils <= 600 else 3))
    for number in range(grounds):
        yield Room(
            id=RoomId("playground" if number == 0 else f"playground_{number + 1}"),
            name=GROUNDS[number],
            kind=RoomKind.PLAYGROUND,
            seats=50,
            groups=ceil(outside / grounds),
            outdoor=True,
        )
