"""Where can an invented school meet? Its classrooms, function rooms, reading rooms, gym and playground."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import ceil

from scheduler.domain import HomeClass, Room, RoomId, RoomKind
from scheduler.generate.menu import Item
from scheduler.generate.profiles import Profile

FEATURED = {
    "实验台": ("lab", "科学实验室", 32),
    "计算机": ("computers", "计算机教室", 40),
    "舞蹈地胶": ("dance", "舞蹈室", 30),
    "灶台": ("kitchen", "劳动实践室", 28),
    "隔音": ("music", "音乐教室", 45),
    "种植地": ("garden", "种植园", 40),
}
PLAIN = (("art", "美术教室", 40), ("calligraphy", "书法教室", 36), ("hall", "多功能厅", 60), ("club", "社团活动室", 36))


def build_rooms(
    profile: Profile, classes: Sequence[HomeClass], items: Sequence[Item], pupils: int, pe_groups: int, tightness: float
) -> tuple[Room, ...]:
    """All rooms; `pe_groups` is how many groups must be able to move at one time."""
    safe = date(profile.term.end.year, 8, 31)
    seats = profile.class_size[1] + 4
    rooms = [
        Room(id=home.room, name=f"{home.name}教室", kind=RoomKind.CLASSROOM, seats=max(45, seats), safe_until=safe)
        for home in classes
        if home.room
    ]
    rooms += _function_rooms(items, pupils, tightness, safe)
    rooms.append(Room(id=RoomId("reading_room"), name="阅览室", kind=RoomKind.READING_ROOM, seats=50, safe_until=safe))
    if pupils > 300:
        groups = 1 if pupils < 600 else 2
        rooms.append(Room(id=RoomId("library"), name="图书馆", kind=RoomKind.LIBRARY, seats=45, groups=groups, safe_until=safe))
    gym = 1 if pupils < 300 else 2
    playground = max(2, ceil(pe_groups / tightness) - gym)
    rooms.append(Room(id=RoomId("gym"), name="风雨操场", kind=RoomKind.GYM, seats=50, groups=gym, safe_until=safe))
    rooms.append(
        Room(
            id=RoomId("playground"),
            name="操场",
            kind=RoomKind.PLAYGROUND,
            seats=50,
            groups=playground,
            outdoor=True,
            safe_until=safe,
        )
    )
    return tuple(rooms)


def _function_rooms(items: Sequence[Item], pupils: int, tightness: float, safe: date) -> Iterator[Room]:
    wanted = [FEATURED[item.feature] for item in items if item.feature]
    plain = PLAIN[: max(1, round(min(len(PLAIN), 1 + pupils / 250) / tightness))]
    copies = 2 if pupils > 800 else 1
    features = {name: feature for feature, (_, name, _) in FEATURED.items()}
    for key, name, seats in dict.fromkeys((*wanted, *plain)):
        for copy in range(copies):
            yield Room(
                id=RoomId(key if copy == 0 else f"{key}_{copy + 1}"),
                name=name if copies == 1 else f"{name}{'一二'[copy]}",
                kind=RoomKind.FUNCTION_ROOM,
                seats=seats,
                outdoor=key == "garden",
                features=frozenset({features[name]}) if name in features else frozenset(),
                safe_until=safe,
            )
