"""What is on the menu? A catalogue of enrichment courses and of the arranged ones, in each county's own terms."""

from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.domain import (
    Activity,
    Category,
    Course,
    CourseId,
    Form,
    Grouping,
    Pattern,
    RoomKind,
    Stage,
    Strand,
)
from scheduler.generate.profiles import Profile

ROOMS = frozenset({RoomKind.CLASSROOM})
INDOORS = frozenset({RoomKind.CLASSROOM, RoomKind.FUNCTION_ROOM})
SPECIAL = frozenset({RoomKind.FUNCTION_ROOM})
BOOKS = frozenset({RoomKind.READING_ROOM, RoomKind.LIBRARY})
SPORT = frozenset({RoomKind.PLAYGROUND, RoomKind.GYM})
DESKS = "桌椅"
"""What stands in classrooms and in rooms for quiet crafts: nobody plays chess in the garden."""

LOW, MID, HIGH, JUNIOR = (1, 2), (3, 4), (5, 6), (7, 8, 9)
PRIMARY = LOW + MID + HIGH
FROM_THREE = MID + HIGH + JUNIOR
ALL = PRIMARY + JUNIOR


@dataclass(frozen=True, slots=True)
class Item:
    """One enrichment course before size and luck. The five tastes: arts, sport, science, words, hands."""

    key: str
    title: str
    category: Category
    skill: str
    subjects: tuple[str, ...]
    """Teachers of these subjects lead it by preference; empty: somebody from outside does."""
    tastes: tuple[int, int, int, int, int]
    grades: tuple[int, ...]
    most: int
    rooms: frozenset[RoomKind]
    feature: str | None = None
    pattern: Pattern = Pattern.SINGLE
    exercise: bool = False
    outdoor: bool = False
    risk: int = 1
    charm: float = 0.0
    """How much everybody likes it, whatever their taste."""
    local: bool = False
    """Only where a profile names it."""


CATALOGUE = (
    Item("basketball", "篮球", Category.PE, "篮球", ("体育",), (0, 5, 0, 0, 0), FROM_THREE, 30, SPORT, exercise=True,
         risk=2, charm=1.6),
    Item("calligraphy", "软笔书法", Category.ARTS, "书法", ("语文", "美术"), (3, 0, 0, 2, 2), FROM_THREE, 28,
         INDOORS),
    Item("handcraft", "创意手工", Category.LABOUR, "手工", ("美术", "数学"), (3, 0, 0, 0, 4), PRIMARY, 28, INDOORS,
         charm=0.8),
    Item("science_lab", "趣味科学实验", Category.SCIENCE, "科学实验", ("科学", "物理", "生物", "数学"), (0, 0, 5, 0,
         1), FROM_THREE, 28, SPECIAL, "实验台", charm=1.4),
    Item("choir", "童声合唱", Category.ARTS, "合唱", ("音乐",), (5, 0, 0, 1, 0), ALL, 40, SPECIAL, "钢琴",
         pattern=Pattern.TWO_DAYS),
    Item("rope", "花样跳绳", Category.PE, "跳绳", ("体育", "数学"), (0, 4, 0, 0, 0), PRIMARY, 32, SPORT,
         exercise=True, charm=0.4),
    Item("chess", "中国象棋", Category.GAMES, "象棋", ("数学", "英语"), (0, 0, 3, 0, 1), ALL, 30, INDOORS),
    Item("drawing", "儿童画", Category.ARTS, "绘画", ("美术",), (5, 0, 0, 0, 2), LOW + MID, 28, INDOORS, charm=1.0),
    Item("table_tennis", "乒乓球", Category.PE, "乒乓球", ("体育", "数学"), (0, 5, 0, 0, 0), FROM_THREE, 20,
         frozenset({RoomKind.GYM}), exercise=True, charm=0.9),
    Item("host", "小主持人", Category.CLUB, "朗诵主持", ("语文",), (2, 0, 0, 5, 0), MID + HIGH + JUNIOR, 25, INDOORS),
    Item("robots", "机器人与编程", Category.SCIENCE, "编程", ("科学", "物理", "数学"), (0, 0, 5, 0, 3),
         HIGH + JUNIOR, 24, SPECIAL, "计算机", charm=2.0),
    Item("dance", "民族舞", Category.ARTS, "舞蹈", (), (5, 3, 0, 0, 0), PRIMARY, 26, SPECIAL, "舞蹈地胶",
         exercise=True, charm=0.8),
    Item("picture_books", "绘本故事屋", Category.READING, "阅读指导", ("语文",), (1, 0, 0, 5, 0), LOW, 30, BOOKS),
    Item("football", "校园足球", Category.PE, "足球", ("体育",), (0, 5, 0, 0, 0), MID + HIGH + JUNIOR, 30,
         frozenset({RoomKind.PLAYGROUND}), pattern=Pattern.TWO_DAYS, exercise=True, outdoor=True, risk=2, charm=1.2),
    Item("puzzles", "数学益智游戏", Category.GAMES, "益智游戏", ("数学",), (0, 0, 4, 0, 1), LOW + MID, 30, INDOORS,
         charm=0.5),
    Item("cooking", "家常厨艺", Category.LABOUR, "厨艺", ("科学", "语文"), (0, 0, 1, 0, 5), HIGH + JUNIOR, 24,
         SPECIAL, "灶台", charm=1.8),
    Item("martial", "少年武术", Category.PE, "武术", (), (1, 5, 0, 0, 0), ALL, 36, SPORT, exercise=True, charm=0.3),
    Item("recitation", "经典诵读", Category.CLUB, "朗诵主持", ("语文",), (1, 0, 0, 4, 0), ALL, 36, INDOORS),
    Item("paper_cutting", "剪纸", Category.ARTS, "剪纸", (), (4, 0, 0, 0, 4), MID + HIGH, 26, INDOORS),
    Item("model_making", "航模与车模", Category.SCIENCE, "模型制作", ("科学", "物理"), (0, 0, 4, 0, 4),
         HIGH + JUNIOR, 24, INDOORS, pattern=Pattern.DOUBLE, charm=0.9),
    Item("badminton", "羽毛球", Category.PE, "羽毛球", ("体育", "英语"), (0, 5, 0, 0, 0), HIGH + JUNIOR, 24,
         frozenset({RoomKind.GYM}), exercise=True, charm=0.9),
    Item("debate", "演讲与辩论", Category.CLUB, "演讲辩论", ("语文", "英语", "道德与法治"), (0, 0, 1, 5, 0), JUNIOR,
         28, INDOORS),
    Item("film", "光影课堂", Category.ARTS, "影视赏析", ("英语", "语文", "历史"), (3, 0, 0, 3, 0), HIGH + JUNIOR, 40,
         INDOORS, charm=1.0),
    Item("law", "法治小剧场", Category.LAW, "法治教育", ("道德与法治", "语文"), (2, 0, 0, 3, 0), HIGH + JUNIOR, 32,
         INDOORS),
    Item("safety", "急救与自护", Category.SAFETY, "安全自护", ("体育", "科学", "数学"), (0, 1, 2, 0, 1), MID + HIGH,
         32, INDOORS),
    Item("recorder", "竖笛合奏", Category.ARTS, "竖笛", ("音乐", "语文"), (4, 0, 0, 0, 1), MID, 30, INDOORS),
    Item("dragon_drum", "龙舟鼓", Category.ARTS, "龙舟鼓", (), (4, 3, 0, 0, 1), MID + HIGH + JUNIOR, 26, SPECIAL,
         "隔音", local=True, charm=1.3),
    Item("planting", "小小种植园", Category.LABOUR, "种植", ("科学", "数学", "生物"), (0, 1, 2, 0, 5), ALL, 30, SPECIAL,
         "种植地", outdoor=True, local=True, charm=0.7),
    Item("woodblock", "木版年画", Category.ARTS, "木版年画", (), (5, 0, 0, 0, 4), MID + HIGH, 24, INDOORS,
         local=True, charm=1.3),
    Item("bamboo", "竹编与竹帘", Category.LABOUR, "竹编", (), (2, 0, 0, 0, 5), HIGH, 24, INDOORS, local=True,
         charm=0.6),
    Item("roller", "轮滑", Category.PE, "轮滑", (), (0, 5, 0, 0, 0), PRIMARY, 28, SPORT, exercise=True, risk=2,
         local=True, charm=1.7),
    Item("curling", "旱地冰壶", Category.PE, "冰壶", ("体育",), (0, 4, 2, 0, 0), ALL, 28, frozenset({RoomKind.GYM}),
         exercise=True, local=True, charm=1.1),
    Item("huaer", "花儿与口弦", Category.ARTS, "花儿", (), (5, 0, 0, 2, 0), MID + HIGH, 30, INDOORS, local=True,
         charm=0.8),
    Item("bayin", "上党八音会", Category.ARTS, "八音会", (), (5, 0, 0, 0, 1), MID + HIGH + JUNIOR, 26, SPECIAL,
         "隔音", local=True, charm=1.0),
    Item("duijin", "堆锦", Category.LABOUR, "堆锦", (), (4, 0, 0, 0, 5), HIGH + JUNIOR, 22, INDOORS, local=True,
         charm=0.6),
)  # fmt: skip
"""Roughly in the order in which a school adds courses as it grows."""

ITEM_BY_KEY = {item.key: item for item in CATALOGUE}


def enrichment(profile: Profile, grades: tuple[int, ...], pupils: int) -> tuple[Item, ...]:
    """The courses this school offers: local ones first, then from the catalogue, more for larger schools."""
    size = max(5, min(len(CATALOGUE), 7 + pupils // 40))
    offered = [ITEM_BY_KEY[key] for key in profile.local_courses]
    for item in CATALOGUE:
        unlawful = profile.strands and item.pattern is Pattern.DOUBLE
        # Reading counts as homework help in Helan, so it cannot be a wish for the enrichment slot there.
        unlawful = unlawful or (profile.county == "helan" and item.category is Category.READING)
        if not item.local and not unlawful and set(item.grades) & set(grades) and len(offered) < size:
            offered.append(item)
    return tuple(offered)


def as_course(item: Item, grades: tuple[int, ...], sections: int) -> Course:
    """A catalogue item as a course of this school."""
    return Course(
        id=CourseId(item.key),
        title=item.title,
        form=Form.CHOSEN,
        strand=Strand.X,
        category=item.category,
        activity=Activity.READING if item.category is Category.READING else Activity.ENRICHMENT,
        grades=frozenset(item.grades) & frozenset(grades),
        min_size=max(5, item.most // 4),
        max_size=item.most,
        pattern=item.pattern,
        max_sections=sections,
        skill=item.skill,
        room_kinds=item.rooms,
        room_features=_features(item),
        exercise_minutes=30 if item.exercise and item.category is not Category.PE else None,
        outdoor=item.outdoor,
        risk=item.risk,
        pupils_per_adult=item.most,
    )


def _features(item: Item) -> frozenset[str]:
    if item.feature:
        return frozenset({item.feature})
    return frozenset({DESKS}) if item.rooms == INDOORS else frozenset()


def arranged(profile: Profile, grades: tuple[int, ...], single_class: bool) -> Iterator[Course]:
    """Homework, reading and speaking for grades 1–2, class PE, class activities, and every form of care."""
    yield from _strand_one(profile, grades, single_class)
    for key, title, band in (
        ("low", "低年级", LOW),
        ("mid", "中年级", MID),
        ("high", "高年级", HIGH),
        ("junior", "初中", JUNIOR),
    ):
        held = frozenset(band) & frozenset(grades)
        if not held:
            continue
        yield Course(
            id=CourseId(f"class_pe_{key}"),
            title=f"阳光体育（{title}）",
            form=Form.ARRANGED,
            strand=Strand.X,
            category=Category.PE,
            grades=held,
            max_size=50,
            pupils_per_adult=50,
            room_kinds=SPORT,
        )
    for title, key, stage in (("小学", "primary", PRIMARY), ("初中", "junior", JUNIOR)):
        if not set(stage) & set(grades):
            continue
        yield Course(
            id=CourseId(f"class_games_{key}"),
            title=f"班级益智与手工（{title}）",
            form=Form.ARRANGED,
            strand=Strand.X,
            category=Category.GAMES,
            grades=frozenset(stage) & frozenset(grades),
            max_size=45,
            pupils_per_adult=45,
            room_kinds=ROOMS,
        )
    if profile.county != "helan":
        yield Course(
            id=CourseId("reading"),
            title="自主阅读",
            form=Form.ARRANGED,
            strand=Strand.X,
            category=Category.READING,
            activity=Activity.READING,
            grades=frozenset(grades),
            max_size=45,
            pupils_per_adult=45,
            room_kinds=BOOKS,
        )
    yield from _care(profile, grades)


def _strand_one(profile: Profile, grades: tuple[int, ...], single_class: bool) -> Iterator[Course]:
    by_grade = profile.county == "suifenhe" or not single_class
    for key, title, band in (("mid", "三、四年级", MID), ("high", "五、六年级", HIGH), ("junior", "初中", JUNIOR)):
        held = frozenset(band) & frozenset(grades)
        if not held:
            continue
        yield Course(
            id=CourseId(f"homework_{key}"),
            title=f"作业辅导（{title}）",
            form=Form.ARRANGED,
            strand=Strand.ONE,
            category=Category.HOMEWORK,
            activity=Activity.HOMEWORK_GUIDANCE,
            grades=held,
            max_size=45,
            pupils_per_adult=45,
            grouping=Grouping.GRADE if by_grade else Grouping.MIXED,
            room_kinds=ROOMS,
            written_homework=True,
        )
    # Reading is enrichment everywhere but in Helan, where it is what the first slot is for.
    reads = profile.county == "helan"
    yield Course(
        id=CourseId("reading_aloud"),
        title="绘本共读与口语" if reads else "口语表达与习惯养成",
        form=Form.ARRANGED,
        strand=Strand.ONE,
        category=Category.READING if reads else Category.TUTORING,
        activity=Activity.READING if reads else Activity.ORAL_PRACTICE,
        grades=frozenset(LOW) & frozenset(grades),
        max_size=45,
        pupils_per_adult=45,
        room_kinds=ROOMS,
    )


def _care(profile: Profile, grades: tuple[int, ...]) -> Iterator[Course]:
    def care(key: str, title: str, form: Form, held: tuple[int, ...]) -> Course:
        return Course(
            id=CourseId(key),
            title=title,
            form=form,
            strand=None,
            category=Category.CARE,
            activity=Activity.SUPERVISION,
            grades=frozenset(held) & frozenset(grades),
            max_size=50,
            pupils_per_adult=50,
            room_kinds=ROOMS,
        )

    yield care("base_care", "托管", Form.BASE_CARE, ALL)
    if any(band.extended for band in profile.bands):
        yield care("extended_care", "延时托管", Form.EXTENDED_CARE, PRIMARY)
    if any(band.evening for band in profile.bands) and stage_taught(Stage.JUNIOR, grades):
        yield care("evening_study", "晚自习", Form.EVENING_STUDY, JUNIOR)
    if profile.boarding:
        yield care("boarder_care", "寄宿生看护", Form.BOARDER_CARE, ALL)


def stage_taught(stage: Stage, grades: tuple[int, ...]) -> bool:
    """Whether the school has such grades."""
    return any((grade <= 6) == (stage is Stage.PRIMARY) for grade in grades)
