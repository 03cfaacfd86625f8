"""Which words do people write for our closed lists? Chinese first, English second, then other spellings we accept."""

from collections.abc import Mapping
from enum import StrEnum

from scheduler.domain import (
    Activity,
    AreaType,
    BellKind,
    Category,
    Flag,
    Form,
    Grouping,
    HolidaySeason,
    ListStatus,
    Ownership,
    Pattern,
    ProviderKind,
    Role,
    RoomKind,
    SchoolForm,
    Service,
    StaffKind,
    Stage,
    Strand,
    Vehicle,
)


class Entry(StrEnum):
    """What a line of the calendar sheet says about its date."""

    MAKE_UP_DAY = "make_up_day"
    HOLIDAY = "holiday"
    EVENT = "event"
    HOLIDAY_WEEK = "holiday_week"


# Pairs and not a dictionary: members of two lists may be the same text (小学 is a stage and a form of school).
_WORDS: tuple[tuple[StrEnum, tuple[str, ...]], ...] = (
    (Stage.PRIMARY, ("小学", "primary", "小学段")),
    (Stage.JUNIOR, ("初中", "junior", "初中段")),
    (Stage.SENIOR, ("高中", "senior", "高中段")),
    (AreaType.URBAN, ("城区", "urban", "城市")),
    (AreaType.COUNTY_TOWN, ("县城", "county town", "城镇")),
    (AreaType.TOWNSHIP, ("乡镇", "township", "镇")),
    (AreaType.VILLAGE, ("村", "village", "村小")),
    (Ownership.PUBLIC, ("公办", "public")),
    (Ownership.PRIVATE, ("民办", "private", "私立")),
    (SchoolForm.PRIMARY, ("小学", "primary")),
    (SchoolForm.JUNIOR, ("初级中学", "junior", "初中")),
    (SchoolForm.NINE_YEAR, ("九年一贯制", "nine-year", "九年制", "九年一贯制学校")),
    (SchoolForm.COMPLETE_SECONDARY, ("完全中学", "complete secondary")),
    (SchoolForm.TWELVE_YEAR, ("十二年一贯制", "twelve-year", "十二年制", "十二年一贯制学校")),
    (SchoolForm.OTHER, ("其他", "other")),
    (Strand.ONE, ("1", "one", "学科辅导", "“1”", "一")),
    (Strand.X, ("X", "enrichment", "素质拓展", "“X”")),
    (Service.REGULAR, ("课后服务", "regular", "常规")),
    (Service.EXTENDED_CARE, ("延时托管", "extended care", "延时")),
    (Service.EVENING_STUDY, ("晚自习", "evening study", "晚修")),
    (Form.CHOSEN, ("自选", "chosen", "选课")),
    (Form.ARRANGED, ("统一安排", "arranged", "安排")),
    (Form.BASE_CARE, ("托管兜底", "base care", "兜底")),
    (Form.EXTENDED_CARE, ("延时托管", "extended care", "延时")),
    (Form.EVENING_STUDY, ("晚自习", "evening study", "晚修")),
    (Form.BOARDER_CARE, ("住校生看护", "boarder care", "住宿生看护")),
    (Category.HOMEWORK, ("作业", "homework", "作业辅导")),
    (Category.TUTORING, ("答疑辅导", "tutoring", "辅导")),
    (Category.READING, ("阅读", "reading")),
    (Category.PE, ("体育", "pe", "体育锻炼")),
    (Category.ARTS, ("艺术", "arts", "文艺")),
    (Category.SCIENCE, ("科学", "science", "科普", "科技")),
    (Category.LABOUR, ("劳动", "labour", "labor", "劳动教育")),
    (Category.MORAL, ("德育", "moral")),
    (Category.PRACTICE, ("综合实践", "practice", "社会实践")),
    (Category.GAMES, ("游戏", "games", "棋类", "益智游戏")),
    (Category.SAFETY, ("安全教育", "safety", "安全")),
    (Category.LAW, ("法治", "law", "法制")),
    (Category.LECTURE, ("讲座", "lecture")),
    (Category.CLUB, ("社团", "club", "兴趣小组")),
    (Category.CARE, ("看护", "care", "托管")),
    (Activity.HOMEWORK_GUIDANCE, ("作业指导", "homework guidance")),
    (Activity.FACE_TO_FACE_MARKING, ("面批面改", "face-to-face marking", "面批")),
    (Activity.TUTORING_QA, ("辅导答疑", "tutoring and questions", "答疑")),
    (Activity.STUDY_EXTENSION, ("学习拓展", "study extension", "拓展学习")),
    (Activity.REVIEW, ("复习", "review")),
    (Activity.PREVIEW, ("预习", "preview")),
    (Activity.READING, ("阅读", "reading")),
    (Activity.ORAL_PRACTICE, ("口头练习", "oral practice", "口语练习")),
    (Activity.ENRICHMENT, ("素质拓展", "enrichment", "拓展活动")),
    (Activity.SUPERVISION, ("看护", "supervision", "看管")),
    (Activity.EXAM_DRILL, ("刷题考试", "exam drill", "应试训练")),
    (Activity.NEW_LESSON, ("讲授新课", "new lesson", "上新课")),
    (Activity.GROUP_MAKEUP_CLASS, ("集体补课", "group make-up class", "补课")),
    (Activity.COLLECTIVE_TEACHING, ("集体教学", "collective teaching")),
    (Activity.TEACHING_EXTENSION, ("教学延伸", "teaching extension")),
    (Activity.COMPETITION_TRAINING, ("竞赛培训", "competition training", "奥赛培训")),
    (Activity.RUSH_PROGRESS, ("赶进度", "rushing ahead")),
    (Activity.HARMFUL, ("不健康内容", "harmful")),
    (Activity.EARLY_ARRIVAL_CARE, ("早到看护", "early-arrival care")),
    (Activity.LUNCH_CARE, ("午间看护", "lunch care", "午托")),
    (Pattern.SINGLE, ("一次", "single", "单次")),
    (Pattern.TWO_DAYS, ("两天同节", "two days")),
    (Pattern.DOUBLE, ("两节连上", "double", "连堂")),
    (Grouping.HOME_CLASS, ("按班", "home class", "行政班")),
    (Grouping.GRADE, ("按年级", "grade", "年级")),
    (Grouping.MIXED, ("走班", "mixed", "混合")),
    (RoomKind.CLASSROOM, ("教室", "classroom", "普通教室")),
    (RoomKind.FUNCTION_ROOM, ("功能室", "function room", "专用教室")),
    (RoomKind.READING_ROOM, ("阅览室", "reading room")),
    (RoomKind.LIBRARY, ("图书馆", "library", "图书室")),
    (RoomKind.GYM, ("体育馆", "gym", "室内体育场")),
    (RoomKind.PLAYGROUND, ("操场", "playground", "运动场")),
    (RoomKind.OFF_SITE, ("校外场地", "off site", "校外")),
    (StaffKind.OWN, ("本校教师", "own", "本校", "在编教师")),
    (StaffKind.BORROWED, ("外校教师", "borrowed", "借用教师", "外借教师")),
    (StaffKind.RETIRED, ("退休教师", "retired", "退休")),
    (StaffKind.VOLUNTEER, ("志愿者", "volunteer")),
    (StaffKind.PARENT, ("家长", "parent")),
    (StaffKind.PROFESSIONAL, ("专业人士", "professional", "社会专业人员")),
    (StaffKind.PROVIDER_STAFF, ("机构人员", "provider staff", "机构教师")),
    (Role.DUTY_LEADER, ("值班领导", "duty leader", "带班领导")),
    (Role.INSPECTOR, ("督查", "inspector", "巡查")),
    (ProviderKind.PUBLIC_BENEFIT, ("公益组织", "public benefit")),
    (ProviderKind.YOUTH_CENTER, ("青少年活动中心", "youth center", "youth centre")),
    (ProviderKind.PRACTICE_BASE, ("实践基地", "practice base")),
    (ProviderKind.YOUTH_PALACE, ("青少年宫", "youth palace", "少年宫")),
    (ProviderKind.PUBLIC_VENUE, ("公共场馆", "public venue")),
    (ProviderKind.ASSOCIATION, ("协会", "association")),
    (ProviderKind.TRAINING_ACADEMIC, ("学科类培训机构", "academic training institution")),
    (ProviderKind.TRAINING_OTHER, ("非学科类培训机构", "non-academic training institution")),
    (ProviderKind.ENTERPRISE, ("企业", "enterprise")),
    (ListStatus.WHITE, ("白名单", "white list", "white")),
    (ListStatus.BLACK, ("黑名单", "black list", "black")),
    (ListStatus.SUSPENDED, ("暂停", "suspended")),
    (ListStatus.UNLISTED, ("未列入", "unlisted")),
    (Flag.LEFT_BEHIND, ("留守儿童", "left-behind", "留守")),
    (Flag.MIGRANT_WORKER_CHILD, ("务工随迁子女", "migrant worker's child", "随迁子女")),
    (Flag.DISABILITY, ("残疾", "disability")),
    (Flag.HARDSHIP, ("家庭困难", "hardship", "困难家庭")),
    (Flag.RURAL_OUT_OF_POVERTY, ("农村脱贫户", "rural out of poverty", "脱贫户")),
    (Flag.DIBAO, ("低保", "dibao", "低保家庭")),
    (Flag.LEARNING_DIFFICULTY, ("学习困难", "learning difficulty", "学困")),
    (Flag.TALENT, ("特长", "talent", "学有余力")),
    (BellKind.LESSON, ("上课", "lesson", "课")),
    (BellKind.BREAK, ("课间", "break", "大课间")),
    (BellKind.LUNCH, ("午餐", "lunch", "午饭")),
    (BellKind.NAP, ("午休", "nap")),
    (BellKind.EARLY_ARRIVAL, ("早到", "early arrival", "早读前")),
    (Vehicle.SCHOOL_BUS, ("校车", "school bus")),
    (Vehicle.PUBLIC_BUS, ("公交车", "public bus", "公交")),
    (Vehicle.COACH, ("客运班车", "coach", "班车")),
    (HolidaySeason.WINTER, ("冬季", "winter", "寒假", "冬")),
    (HolidaySeason.SUMMER, ("夏季", "summer", "暑假", "夏")),
    (Entry.MAKE_UP_DAY, ("调休上课", "make-up day", "补课日", "调休")),
    (Entry.HOLIDAY, ("放假", "holiday", "假日")),
    (Entry.EVENT, ("活动", "event", "校历活动")),
    (Entry.HOLIDAY_WEEK, ("假期开放", "holiday opening", "假期开放周")),
)


def words_of(kind: type[StrEnum]) -> Mapping[str, tuple[str, ...]]:
    """By value of the list: the Chinese word we write, the English word we write, other words we accept."""
    return {member.value: words for member, words in _WORDS if type(member) is kind}


WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAY_KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

YES = ("是", "yes", "y", "true", "1", "有", "√", "✓", "✔", "对", "愿意", "已")
NO = ("否", "no", "n", "false", "0", "无", "×", "✗", "x", "没有", "不愿意", "未")
ALL = ("全部", "all", "所有", "全选", "*", "不限", "任意")
NONE = ("无", "none", "没有", "-", "—", "/")

COUNTIES: Mapping[str, str] = {
    "岳阳": "yueyang",
    "岳阳市": "yueyang",
    "梁平": "liangping",
    "梁平区": "liangping",
    "绥芬河": "suifenhe",
    "绥芬河市": "suifenhe",
    "贺兰": "helan",
    "贺兰县": "helan",
    "长治": "changzhi",
    "长治市": "changzhi",
}
"""Chinese names of the packs that come with the program; any other pack goes by its folder's name."""


def county_in_chinese(county: str) -> str:
    """岳阳 for yueyang; a pack of somebody else's goes by its folder's name."""
    return next((name for name, pack in COUNTIES.items() if pack == county), county)
