"""Which sheets and columns does a school fill in? One table; reading, writing, the template and the docs follow it.

A sheet is a CSV file (`rooms.csv` or `场地.csv`) or a sheet of the workbook (`场地`). `school` is special: a column of
facts and a column of values in a workbook, `scenario.toml` in a folder.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from scheduler.domain import (
    Activity,
    AreaType,
    BellKind,
    Category,
    Check,
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
from scheduler.intake.kinds import (
    AnyValue,
    ClockTime,
    County,
    Day,
    GradeNumber,
    Grades,
    Identifier,
    Integer,
    Kind,
    LeaveTimes,
    Name,
    Reference,
    References,
    SlotTokens,
    Text,
    TextSet,
    Weekday,
    Weekdays,
    Wish,
    Word,
    Words,
    YesNo,
)
from scheduler.intake.text import half_width
from scheduler.intake.words import Entry

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Column(Generic[T]):
    """One column: its names, what stands in it, and what a person should know about it."""

    name: str
    """English header, also the key in `scenario.toml`."""
    zh: str
    """Chinese header."""
    kind: Kind[T]
    help_zh: str
    help_en: str
    example: tuple[str, ...] = ()
    """Chinese cell texts, one for each example row of the sheet."""
    required: bool = False
    also: tuple[str, ...] = ()
    """Other headers people use."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet: its names, its columns in order and what a row of it is."""

    name: str
    """Stem of the CSV file."""
    zh: str
    """Name of the workbook's sheet."""
    columns: tuple[Column[object], ...]
    help_zh: str
    help_en: str
    required: bool = False
    """It must have at least one row."""
    also: tuple[str, ...] = ()

    def column(self, name: str) -> Column[object]:
        """The column of that English header."""
        return next(column for column in self.columns if column.name == name)


def _columns_of(group: type) -> tuple[Column[object], ...]:
    return tuple(value for value in vars(group).values() if isinstance(value, Column))


_GRADES = Grades()
_SLOTS = SlotTokens()
_YES_NO = YesNo()
_DAY = Day()
_CLOCK = ClockTime()
_STAFF = Reference("staff", "人员", "a person")


class Schools:
    """Facts of school, term and flexible hours; in `scenario.toml` they stand under those three headings."""

    name = Column("name", "学校名称", Name(), "学校全称。", "Full name of the school.", ("示例小学",), True)
    county = Column("county", "县区", County(), "所用政策包。", "Policy pack to be used.", ("岳阳",), True, ("政策", "所在县区"))
    area = Column(
        "area", "所在区域", Word(AreaType), "乡镇、村按农村执行。", "Township and village count as rural.", ("乡镇",), True
    )
    ownership = Column("ownership", "办学性质", Word(Ownership), "不填为公办。", "Public if left empty.", ("公办",))
    form = Column("form", "办学形式", Word(SchoolForm), "", "", ("小学",), True)
    central_school = Column(
        "central_school", "中心校", Name(), "村小由哪所中心校统筹。", "School that co-ordinates a village school."
    )
    boarding = Column("boarding", "寄宿制", _YES_NO, "不填为否。", "No if left empty.", ("否",))
    county_plan = Column(
        "county_plan", "县区统筹方案", Text(), "寄宿制学校由县区统筹的文件。", "Document of the county's plan for boarders."
    )
    billed_by_period = Column(
        "billed_by_period", "按课时收费", _YES_NO, "不填为否。", "Fees are billed per period; no if left empty.", ("否",)
    )
    period_minutes = Column(
        "period_minutes", "课时分钟数", Integer(10, 120), "县区由学校自定课时长度时填。", "Where the county leaves it open."
    )
    specialist_shortage = Column(
        "specialist_shortage", "专业师资不足", _YES_NO, "不填为否。", "Short of specialist teachers; no if left empty."
    )
    term_name = Column("term_name", "学期", Name(), "", "Name of the term.", ("2025年秋季学期",), True)
    term_start = Column("term_start", "学期开始", _DAY, "第一个上课日。", "First class day.", ("2025-09-01",), True)
    term_end = Column("term_end", "学期结束", _DAY, "最后一个上课日。", "Last class day.", ("2026-01-16",), True)
    weekend_weekday = Column(
        "weekend_weekday", "周末服务日", Weekday(), "周末安排一天时填周六或周日。", "Saturday or Sunday, where used."
    )
    late_after = Column(
        "late_after", "弹性：晚于此时算晚下班", _CLOCK, "实行弹性上下班时，四项都要填。", "All four, for flexible hours."
    )
    late_days_per_week = Column(
        "late_days_per_week", "弹性：每周晚下班天数", Integer(0, 7), "每人每周最多几天。", "Most late days a week."
    )
    weekly_minutes = Column(
        "weekly_minutes", "弹性：每周服务分钟", Integer(0, 5000), "每人每周最多多少分钟。", "Most minutes a week."
    )
    late_start_until = Column(
        "late_start_until",
        "弹性：次日最早上课",
        _CLOCK,
        "晚下班的次日，此时之前不排课。",
        "No lesson before this on the next school day.",
    )


class Seasons:
    id = Column("id", "作息编号", Identifier(), "", "", ("夏季", "冬季"), True, ("作息", "季节", "编号"))
    start = Column("start", "开始日期", _DAY, "第一天。", "First day.", ("2025-09-01", "2025-10-09"), True, ("起始日期",))
    end = Column("end", "结束日期", _DAY, "最后一天（含）。", "Last day, included.", ("2025-10-08", "2026-01-16"), True)
    off_work_time = Column(
        "off_work_time", "当地下班时间", _CLOCK, "当地正常下班时间。", "When people here leave work.", ("18:00", "17:30")
    )
    afternoon_start = Column("afternoon_start", "下午上课时间", _CLOCK, "", "First afternoon lesson.", ("14:30", "14:00"))
    kind = Column(
        "kind", "冬夏", Word(HolidaySeason), "政策分冬夏作息时填。", "Where a county prints two clocks.", ("夏季", "冬季")
    )


class GradeRows:
    number = Column("grade", "年级", GradeNumber(), "", "", ("1", "2", "3"), True)
    stage = Column("stage", "学段", Word(Stage), "", "", ("小学", "小学", "小学"), True)
    graduating = Column("graduating", "毕业年级", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "否"))
    homework_minutes = Column(
        "homework_minutes",
        "每日书面作业分钟",
        Integer(0, 300),
        "预计每天书面作业多少分钟。",
        "Expected written homework a day, in minutes.",
        ("0", "0", "60"),
    )


class Classes:
    id = Column("id", "班级编号", Identifier(), "", "", ("一1", "二1", "三1"), True, ("班号", "编号"))
    name = Column("name", "班级名称", Name(), "不填同编号。", "The id if left empty.", ("一（1）班", "二（1）班", "三（1）班"))
    grade = Column("grade", "年级", GradeNumber(), "", "", ("1", "2", "3"), True)
    head_teacher = Column("head_teacher", "班主任", _STAFF, "", "Head teacher.", ("T01", "T02", "T03"))
    room = Column("room", "教室", Reference("rooms", "场地", "a room"), "", "Its classroom.", ("R101", "R102", "R103"))


class Bells:
    season = Column(
        "season",
        "作息",
        References("seasons", "作息", "seasons"),
        "不填为所有作息。",
        "All seasons if left empty.",
        ("", "", "夏季"),
        also=("作息编号", "季节"),
    )
    grades = Column("grades", "年级", _GRADES, "", "", ("全部", "全部", "全部"), True)
    kind = Column("kind", "类型", Word(BellKind), "", "", ("上课", "上课", "午餐"), True)
    number = Column(
        "number", "节次", Integer(0, 30), "上课填第几节。", "Lesson number; a running one otherwise.", ("1", "6", "1"), True
    )
    start = Column("start", "开始", _CLOCK, "", "", ("08:30", "15:30", "12:00"), True, ("开始时间",))
    end = Column("end", "结束", _CLOCK, "", "", ("09:10", "16:10", "13:00"), True, ("结束时间",))
    weekdays = Column("weekdays", "星期", Weekdays(), "不填为周一至周五。", "Monday to Friday if left empty.", ("", "", ""))


class Lessons:
    home_class = Column("home_class", "班级", Reference("classes", "班级", "a class"), "", "", ("一1", "二1", "三1"), True)
    weekday = Column("weekday", "星期", Weekday(), "", "", ("周一", "周二", "周三"), True)
    number = Column("number", "节次", Integer(1, 20), "第几节。", "Lesson number.", ("1", "1", "6"), True)
    subject = Column("subject", "学科", Name(), "", "", ("语文", "数学", "体育"), True, ("课程", "科目"))
    teacher = Column("teacher", "任课教师", _STAFF, "", "", ("T01", "T02", "T03"), also=("教师",))
    pe = Column(
        "pe", "体育课", _YES_NO, "不填时，学科含“体育”的算。", "If left empty: where the subject says so.", ("", "", "是")
    )


class Slots:
    id = Column(
        "id",
        "时段编号",
        Identifier(),
        "可不填，按星期和序号编为 mon-1 等。",
        "May be left empty: mon-1 and so on.",
        ("", "", ""),
        also=("编号",),
    )
    weekdays = Column(
        "weekdays",
        "星期",
        Weekdays(),
        "可写多天，如 周一至周五。",
        "One or more, e.g. Mon-Fri.",
        ("周一至周五", "周一至周五", "周一至周五"),
        True,
        ("weekday",),
    )
    number = Column(
        "number", "序号", Integer(1, 20), "当天第几个时段。", "Order within the day.", ("1", "2", "3"), True, ("节次",)
    )
    grades = Column("grades", "年级", _GRADES, "", "Grades it is offered to.", ("全部", "全部", "全部"), True)
    season = Column(
        "season",
        "作息",
        References("seasons", "作息", "seasons"),
        "不填为所有作息；各作息时间不同的，每种作息填一行。",
        "All seasons if left empty; where clocks differ, one row a season.",
        ("", "", ""),
        also=("作息编号", "季节"),
    )
    start = Column("start", "开始", _CLOCK, "", "", ("16:20", "17:10", "18:00"), True, ("开始时间",))
    end = Column("end", "结束", _CLOCK, "", "", ("17:00", "17:50", "18:30"), True, ("结束时间",))
    service = Column(
        "service",
        "服务类型",
        Word(Service),
        "不填为课后服务。",
        "After-school service if left empty.",
        ("课后服务", "课后服务", "延时托管"),
    )
    strand = Column(
        "strand", "限定", Word(Strand), "只放“1”或只放“X”时填。", "Where kept for 1 or for X.", ("", "", ""), also=("类别",)
    )


class Rooms:
    id = Column("id", "场地编号", Identifier(), "", "", ("R101", "R102", "R103", "操场"), True, ("编号", "教室编号"))
    name = Column(
        "name",
        "场地名称",
        Name(),
        "不填同编号。",
        "The id if left empty.",
        ("一（1）班教室", "二（1）班教室", "三（1）班教室", "操场"),
    )
    kind = Column("kind", "场地类型", Word(RoomKind), "", "", ("教室", "教室", "教室", "操场"), True, ("类型",))
    seats = Column(
        "seats",
        "每组容量",
        Integer(1, 2000),
        "每组最多学生数，以门上公示为准，不是椅子数。",
        "Pupils each group may have, from the notice on the door; not chairs.",
        ("45", "45", "45", "45"),
        True,
        ("容量", "容纳人数"),
    )
    groups = Column(
        "groups",
        "同时组数",
        Integer(1, 50),
        "同时可容几组，不填为 1。",
        "Groups at once; 1 if left empty.",
        ("1", "1", "1", "3"),
    )
    features = Column("features", "设施", TextSet(), "如 钢琴、投影。", "E.g. piano, projector.", ("投影", "投影、钢琴", "", ""))
    outdoor = Column(
        "outdoor",
        "室外",
        _YES_NO,
        "不填时操场为是，其余为否。",
        "If left empty: yes for playgrounds only.",
        ("否", "否", "否", "是"),
    )
    closed = Column("closed", "不可用时段", _SLOTS, "如 周三2。", "Slots in which it may not be used.", ("", "周三2", "", ""))
    travel_minutes = Column(
        "travel_minutes", "往返分钟", Integer(0, 300), "校外场地往返时间，不填为 0。", "Way there and back; 0 if empty."
    )
    safe_until = Column(
        "safe_until",
        "安全检查有效期至",
        _DAY,
        "",
        "Last day its safety check covers.",
        ("2026-02-28", "2026-02-28", "2026-02-28", "2026-02-28"),
    )


def _check(check: Check, zh: str, en: str) -> Column[date]:
    return Column(
        f"check_{check.value}",
        f"{zh}有效期至",
        _DAY,
        "最后有效日期。",
        f"Last valid day of the {en} check.",
        ("2026-08-31", "2026-08-31", "2026-08-31", "2026-08-31"),
    )


class StaffRows:
    id = Column("id", "人员编号", Identifier(), "", "", ("T01", "T02", "T03", "W01"), True, ("工号", "编号"))
    name = Column("name", "姓名", Name(), "", "", ("王芳", "李明", "陈静", "周教练"), True)
    kind = Column(
        "kind",
        "人员类别",
        Word(StaffKind),
        "",
        "",
        ("本校教师", "本校教师", "本校教师", "机构人员"),
        True,
        ("类别",),
    )
    provider = Column(
        "provider",
        "所属机构",
        Reference("providers", "机构", "a provider"),
        "机构人员必填。",
        "Needed for provider staff.",
        ("", "", "", "P01"),
    )
    subject = Column("subject", "任教学科", Name(), "", "", ("语文", "数学", "体育", ""), also=("学科",))
    skills = Column("skills", "能带的项目", TextSet(), "如 剪纸、篮球。", "What they can lead.", ("剪纸", "", "篮球", "武术"))
    willing = Column("willing", "愿意参加", _YES_NO, "不填为是。", "Yes if left empty.", ("是", "是", "是", "是"))
    available = Column(
        "available",
        "可用时段",
        _SLOTS,
        "如 全部、周一1、每天1-2；没有填“无”。",
        "E.g. all, mon-1, daily-1-2; “none” if none.",
        ("全部", "全部", "全部", "周一2 周三2"),
        True,
    )
    prefers = Column("prefers", "希望时段", _SLOTS, "", "Slots they would like.", ("", "周一1", "", ""))
    avoids = Column("avoids", "回避时段", _SLOTS, "", "Slots they would rather not have.", ("周五2", "", "", ""))
    max_per_day = Column(
        "max_per_day", "每日最多次数", Integer(0, 20), "", "Most meetings a day.", ("3", "3", "3", "2"), also=("每天上限",)
    )
    max_per_week = Column(
        "max_per_week", "每周最多次数", Integer(0, 60), "", "Most meetings a week.", ("12", "12", "12", "4"), also=("每周上限",)
    )
    roles = Column("roles", "职责", Words(Role), "值班领导、督查。", "Duty leader, inspector.", ("值班领导", "督查", "", ""))
    check_political = _check(Check.POLITICAL, "政治审查", "political")
    check_moral = _check(Check.MORAL, "品德审查", "moral")
    check_psychological = _check(Check.PSYCHOLOGICAL, "心理审查", "psychological")
    check_health = _check(Check.HEALTH, "健康证明", "health")
    check_criminal_record = _check(Check.CRIMINAL_RECORD, "无犯罪记录", "criminal-record")
    check_qualification = _check(Check.QUALIFICATION, "资格证明", "qualification")
    approved_until = Column(
        "approved_until",
        "校外人员审批有效期至",
        _DAY,
        "外聘人员填。",
        "Approval of people from outside.",
        ("", "", "", "2026-08-31"),
    )
    bad_record = Column("bad_record", "师德或不良记录", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "否", "否"))


class Providers:
    id = Column("id", "机构编号", Identifier(), "", "", ("P01",), True, ("编号",))
    name = Column("name", "机构名称", Name(), "", "", ("县青少年宫",), True)
    kind = Column("kind", "机构类型", Word(ProviderKind), "", "", ("青少年宫",), True, ("类型",))
    list_status = Column("list_status", "名单状态", Word(ListStatus), "不填为未列入。", "Unlisted if left empty.", ("白名单",))
    vetted = Column("vetted", "已审核", _YES_NO, "不填为否。", "No if left empty.", ("是",))
    approval_ref = Column("approval_ref", "审批文号", Text(), "", "Reference of the approval.", ("教审〔2025〕1号",))
    approved_from = Column("approved_from", "审批起", _DAY, "", "", ("2025-09-01",))
    approved_until = Column("approved_until", "审批止", _DAY, "", "", ("2026-08-31",))
    contract_from = Column("contract_from", "合同起", _DAY, "", "", ("2025-09-01",))
    contract_until = Column("contract_until", "合同止", _DAY, "", "", ("2026-01-31",))
    services = Column("services", "服务项目", References("courses", "项目", "courses"), "", "Courses of the contract.", ("武术",))
    need = Column("need", "引进理由", Text(), "校内为何不能满足。", "Why the school cannot do it itself.", ("本校无武术教师",))


class Courses:
    id = Column("id", "项目编号", Identifier(), "", "", ("作业", "剪纸", "篮球", "武术", "班级体育", "延时"), True, ("编号",))
    title = Column(
        "title",
        "项目名称",
        Name(),
        "不填同编号。",
        "The id if left empty.",
        ("作业辅导", "剪纸", "篮球", "武术", "班级体育活动", "延时托管"),
        also=("名称", "课程名称"),
    )
    form = Column(
        "form",
        "形式",
        Word(Form),
        "家长填志愿的为自选，学校安排的为统一安排。",
        "Chosen by families, or arranged by the school.",
        ("统一安排", "自选", "自选", "自选", "统一安排", "延时托管"),
        True,
    )
    strand = Column(
        "strand",
        "类别",
        Word(Strand),
        "“1”为学科辅导，“X”为素质拓展；托管类不填。",
        "1 or X; empty for care.",
        ("1", "X", "X", "X", "X", ""),
        also=("1或X",),
    )
    category = Column(
        "category",
        "项目类别",
        Word(Category),
        "",
        "",
        ("作业", "艺术", "体育", "体育", "体育", "看护"),
        True,
        ("分类",),
    )
    activity = Column(
        "activity",
        "活动类型",
        Word(Activity),
        "不填为素质拓展；“1”类必填。",
        "Enrichment if left empty; needed for strand 1.",
        ("作业指导", "素质拓展", "素质拓展", "素质拓展", "素质拓展", "看护"),
    )
    subject = Column("subject", "学科", Name(), "", "School subject, if any.")
    grades = Column(
        "grades", "年级", _GRADES, "不填为全部。", "All if left empty.", ("全部", "2-3", "全部", "2、3", "全部", "全部")
    )
    min_size = Column("min_size", "最少人数", Integer(0, 2000), "不填为 1。", "1 if left empty.", ("1", "2", "2", "2", "1", "1"))
    max_size = Column(
        "max_size",
        "最多人数",
        Integer(1, 2000),
        "每班上限，不填为 45。",
        "45 if left empty.",
        ("45", "30", "40", "30", "45", "45"),
    )
    pattern = Column(
        "pattern",
        "上课方式",
        Word(Pattern),
        "不填为一次。",
        "Once a week if left empty.",
        ("一次", "一次", "两天同节", "一次", "一次", "一次"),
    )
    max_sections = Column("max_sections", "最多开班数", Integer(0, 500), "", "Most sections.", ("", "2", "3", "1", "", ""))
    grouping = Column(
        "grouping",
        "编班",
        Word(Grouping),
        "不填为走班。",
        "Mixed if left empty.",
        ("按班", "走班", "走班", "走班", "按班", "走班"),
    )
    skill = Column(
        "skill", "所需专长", Text(), "不填则本校愿意者均可。", "Any willing staff if empty.", ("", "剪纸", "篮球", "武术", "", "")
    )
    provider = Column(
        "provider",
        "机构",
        Reference("providers", "机构", "a provider"),
        "由机构承担时填。",
        "Where a provider runs it.",
        ("", "", "", "P01", "", ""),
    )
    leaders = Column(
        "leaders",
        "指定教师",
        References("staff", "人员", "staff"),
        "只能由这些人带。",
        "Only these lead it.",
        ("", "", "陈静", "", "", ""),
    )
    room_kinds = Column(
        "room_kinds",
        "场地要求",
        Words(RoomKind),
        "不填为不限。",
        "Any if left empty.",
        ("教室", "教室", "操场", "操场", "操场", ""),
    )
    room_features = Column("room_features", "设施要求", TextSet(), "", "Features the room must have.")
    slots = Column(
        "slots",
        "可用时段",
        _SLOTS,
        "不填为所属年级的所有时段。",
        "Any slot of its grades if left empty.",
        ("", "", "", "周一2、周三2", "", "每天3"),
    )
    exercise_minutes = Column(
        "exercise_minutes", "锻炼分钟", Integer(0, 300), "一次实际锻炼时间；体育类不填为整段。", "Real exercise in one meeting."
    )
    outdoor = Column("outdoor", "室外", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "是", "是", "是", "否"))
    risk = Column(
        "risk",
        "危险程度",
        Integer(1, 3),
        "1 低、2 中、3 高，不填为 1。",
        "1 low to 3 high; 1 if empty.",
        ("1", "1", "2", "2", "1", "1"),
    )
    commercial = Column("commercial", "含商业推销", _YES_NO, "不填为否。", "No if left empty.")
    written_homework = Column(
        "written_homework", "写书面作业", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "否", "否", "否", "否")
    )
    pupils_per_adult = Column(
        "pupils_per_adult", "每名成人带学生数", Integer(1, 500), "不填为每班一名教师。", "One adult a section if left empty."
    )
    online_resource = Column("online_resource", "线上资源", Text(), "线上课程的平台。", "Platform of an online course.")
    off_campus = Column("off_campus", "在校外", _YES_NO, "不填为否。", "No if left empty.")


class Pupils:
    id = Column("id", "学号", Identifier(), "", "", ("20250101", "20240101", "20230101"), True, ("编号", "学生编号", "学籍号"))
    name = Column("name", "姓名", Name(), "", "", ("张小雨", "刘子涵", "赵一鸣"), True)
    home_class = Column(
        "home_class", "班级", Reference("classes", "班级", "a class"), "", "", ("一1", "二（1）班", "三1"), True, ("行政班",)
    )
    enrolled = Column("enrolled", "参加课后服务", _YES_NO, "不填为是。", "Yes if left empty.", ("是", "是", "是"))
    stays = Column(
        "stays",
        "留校时段",
        _SLOTS,
        "如 全部、周一1、每天1-2。",
        "E.g. all, mon-1, daily-1-2.",
        ("全部", "周一1 周三1-2", "每天1-2"),
        also=("留校",),
    )
    wanted = Column(
        "wanted",
        "每周想上几项",
        Integer(0, 20),
        "填了志愿的必填。",
        "Needed where wishes are given.",
        ("0", "1", "2"),
        also=("想上项数",),
    )
    accept_any = Column(
        "accept_any", "服从调剂", _YES_NO, "不填为否。", "Takes any other course; no if empty.", ("否", "是", "是")
    )
    latest_leave = Column("latest_leave", "最晚离校", LeaveTimes(), "", "", ("", "", "周五18:30"))
    route = Column(
        "route", "乘车线路", Text(), "与“班车”表的线路一致。", "As in the sheet of buses.", ("", "", "东线"), also=("线路",)
    )
    only_way_home = Column(
        "only_way_home", "只能乘车", _YES_NO, "不填为否。", "The bus is the only way home.", ("否", "否", "是")
    )
    flags = Column("flags", "优先保障", Words(Flag), "", "", ("", "留守儿童", ""), also=("优先对象",))
    boarder = Column("boarder", "住校", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "否"))
    extended_care = Column("extended_care", "延时托管", _YES_NO, "不填为否。", "No if left empty.", ("是", "否", "否"))
    evening_study = Column("evening_study", "晚自习", _YES_NO, "不填为否。", "No if left empty.", ("否", "否", "否"))
    agreement = Column("agreement", "协议签订日期", _DAY, "", "", ("2025-08-30", "2025-08-30", "2025-08-30"))
    household = Column("household", "家庭编号", Text(), "兄弟姐妹填同一编号。", "The same for siblings.", ("H1", "", "H1"))


class Choices:
    """One row a pupil with 志愿1, 志愿2 …, or one row a wish with its rank."""

    pupil = Column("pupil", "学号", Reference("pupils", "学生", "a pupil"), "", "", ("20240101", "20230101"), True, ("学生",))
    wish = Column("wish", "志愿", Wish(), "志愿1 最想要。", "wish1 is the dearest.")
    rank = Column("rank", "志愿序号", Integer(1, 50), "每行一个志愿时填。", "For one row a wish.")
    course = Column("course", "项目", Reference("courses", "项目", "a course"), "", "")
    teacher = Column("teacher", "教师", _STAFF, "", "Teacher asked for.")
    weekday = Column("weekday", "星期", Weekday(), "", "Only on this weekday.")


class Buses:
    id = Column(
        "id",
        "车次编号",
        Identifier(),
        "可不填，按线路、星期和时间编号。",
        "May be left empty.",
        ("", ""),
        also=("车次", "编号"),
    )
    route = Column("route", "线路", Text(usual=40), "", "", ("东线", "东线"), True)
    vehicle = Column("vehicle", "车辆类型", Word(Vehicle), "", "", ("校车", "校车"), True, ("车型",))
    weekdays = Column("weekdays", "星期", Weekdays(), "", "", ("周一至周四", "周五"), True, ("weekday",))
    departure = Column("departure", "发车时间", _CLOCK, "", "", ("18:05", "18:35"), True)
    season = Column(
        "season",
        "作息",
        References("seasons", "作息", "seasons"),
        "不填为所有作息。",
        "All seasons if left empty.",
        ("", ""),
        also=("作息编号", "季节"),
    )
    seats = Column("seats", "座位数", Integer(0, 500), "公交车可不填。", "Empty: no limit of ours.", ("40", "40"))


class Locks:
    course = Column("course", "项目", Reference("courses", "项目", "a course"), "", "", ("篮球",), True)
    by = Column("by", "经办人", Name(), "", "Who decided.", ("教务处",), True)
    why = Column("why", "原因", Text(), "", "Reason.", ("校队训练",), True, ("理由",))
    pupil = Column(
        "pupil", "学生", Reference("pupils", "学生", "a pupil"), "给某名学生定位时填。", "To give this pupil a place.", ("",)
    )
    slots = Column("slots", "时段", _SLOTS, "", "Slots it meets in, all of them.", ("周二2、周四2",))
    room = Column("room", "场地", Reference("rooms", "场地", "a room"), "", "", ("操场",))
    staff = Column("staff", "教师", _STAFF, "", "", ("陈静",))


class Waivers:
    clause = Column("clause", "条款编号", Text(), "", "Id of the clause.", (), True, ("条款",))
    reason = Column("reason", "理由", Text(500), "", "", (), True, ("原因",))
    approver = Column("approver", "批准人", Name(), "", "", (), True)
    approved_on = Column("approved_on", "批准日期", _DAY, "", "", (), True)
    start = Column("start", "开始日期", _DAY, "", "", (), True)
    end = Column("end", "结束日期", _DAY, "", "", (), True)


class Calendar:
    kind = Column("kind", "类型", Word(Entry), "", "", ("调休上课", "放假", "活动"), True)
    day = Column("date", "日期", _DAY, "", "", ("2025-09-28", "2025-10-01", "2025-11-12"), True, ("day",))
    end = Column(
        "end", "至", _DAY, "放假、假期开放填最后一天。", "Last day of a stretch.", ("", "2025-10-08", ""), also=("结束日期",)
    )
    name = Column("name", "名称", Name(), "活动必填。", "Needed for events.", ("", "国庆节", "运动会"))
    follows = Column(
        "follows", "按星期几上课", Weekday(), "调休上课必填。", "For make-up days.", ("周二", "", ""), also=("按周几",)
    )
    service = Column("service", "当日有服务", _YES_NO, "活动填；不填为否。", "For events; no if empty.", ("", "", "否"))
    season = Column("season", "假期", Word(HolidaySeason), "假期开放填。", "For holiday opening.", ("", "", ""))


class Readings:
    clause = Column("clause", "条款编号", Text(), "", "Id of the clause.", (), True, ("条款",))
    parameter = Column("parameter", "参数", Text(), "", "", (), True)
    value = Column("value", "取值", AnyValue(), "", "", (), True, ("值",))


SCHOOL = Sheet(
    "school", "学校", _columns_of(Schools), "学校、学期和弹性上下班。", "School, term and flexible hours.", True, ("学校信息",)
)
SEASONS = Sheet("seasons", "作息", _columns_of(Seasons), "每种作息一行。", "One row a season.", True, ("季节", "作息季节"))
GRADES = Sheet("grades", "年级", _columns_of(GradeRows), "每个年级一行。", "One row a grade.", True)
CLASSES = Sheet("classes", "班级", _columns_of(Classes), "每个行政班一行。", "One row a home class.", True, ("行政班",))
BELLS = Sheet(
    "bells", "作息时间", _columns_of(Bells), "白天作息，每节课一行。", "The daytime, one row a bell.", False, ("作息表",)
)
LESSONS = Sheet(
    "lessons",
    "日课表",
    _columns_of(Lessons),
    "白天课表，每节课一行。",
    "Daytime lessons, one row each.",
    False,
    ("课程表", "课表"),
)
SLOTS = Sheet("slots", "时段", _columns_of(Slots), "课后服务时段。", "Slots of the service.", True)
ROOMS = Sheet("rooms", "场地", _columns_of(Rooms), "每个场地一行。", "One row a room.", True, ("教室",))
STAFF = Sheet("staff", "人员", _columns_of(StaffRows), "每人一行。", "One row a person.", True, ("教师", "师资"))
PROVIDERS = Sheet("providers", "机构", _columns_of(Providers), "第三方机构。", "Third-party providers.", False, ("第三方机构",))
COURSES = Sheet(
    "courses", "项目", _columns_of(Courses), "项目表，每个项目一行。", "The menu, one row a course.", True, ("项目表", "课程")
)
PUPILS = Sheet(
    "pupils", "学生", _columns_of(Pupils), "每名学生一行。", "One row a pupil.", True, ("学生名单", "名单", "students")
)
CHOICES = Sheet("choices", "志愿", _columns_of(Choices), "每名学生一行，志愿1 最想要。", "One row a pupil.", False, ("选课志愿",))
BUSES = Sheet("buses", "班车", _columns_of(Buses), "每个车次一行。", "One row a departure.", False, ("校车", "车次"))
LOCKS = Sheet("locks", "预排", _columns_of(Locks), "已经定下的安排。", "What is already decided.", False)
WAIVERS = Sheet("waivers", "豁免", _columns_of(Waivers), "经批准放宽的条款。", "Clauses relaxed, with approval.", False)
CALENDAR = Sheet("calendar", "校历", _columns_of(Calendar), "调休、放假、活动、假期开放。", "Dated exceptions.", False)
READINGS = Sheet("readings", "条款取值", _columns_of(Readings), "政策留给学校定的数值。", "Values a clause leaves open.", False)

SHEETS: tuple[Sheet, ...] = (
    SCHOOL,
    SEASONS,
    GRADES,
    CLASSES,
    BELLS,
    LESSONS,
    SLOTS,
    ROOMS,
    STAFF,
    PROVIDERS,
    COURSES,
    PUPILS,
    CHOICES,
    BUSES,
    LOCKS,
    WAIVERS,
    CALENDAR,
    READINGS,
)
"""Every sheet, in the order of the workbook."""

NOTE_HEADERS = ("备注", "说明", "note", "notes", "remark", "序号", "no.")
"""Columns people add for themselves; read by nobody."""

OTHER_SHEETS = ("填写说明", "说明", "help", "readme", "instructions", "词表", "lists", "问题清单", "faults")
"""Sheets that carry no data."""


def sheet_named(name: str) -> Sheet | None:
    """The sheet of that file stem or sheet name, in any accepted spelling."""
    key = name.strip().casefold()
    return next((sheet for sheet in SHEETS if key in spellings_of(sheet)), None)


def spellings_of(sheet: Sheet) -> Iterator[str]:
    """Names of a sheet, folded."""
    yield from (name.casefold() for name in (sheet.name, sheet.zh, *sheet.also))


def headers_of(column: Column[object]) -> Iterator[str]:
    """Headers of a column, folded."""
    yield from (half_width(header).casefold() for header in (column.name, column.zh, *column.also))
