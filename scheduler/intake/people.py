"""Who and what does the school have? Rows of grades, classes, rooms, staff, providers, courses and pupils made into facts."""

from scheduler.domain import (
    Activity,
    Check,
    Course,
    CourseId,
    Form,
    Grade,
    Grouping,
    HomeClass,
    HomeClassId,
    ListStatus,
    Pattern,
    Provider,
    ProviderId,
    Pupil,
    PupilId,
    Room,
    RoomId,
    RoomKind,
    RouteId,
    Staff,
    StaffId,
    StaffKind,
    Strand,
)
from scheduler.intake.checks import route_known, stays_fit
from scheduler.intake.names import Names
from scheduler.intake.rows import Row
from scheduler.intake.sheets import Classes, Column, Courses, GradeRows, Providers, Pupils, Rooms, StaffRows

CARE = frozenset({Form.BASE_CARE, Form.EXTENDED_CARE, Form.EVENING_STUDY, Form.BOARDER_CARE})
"""Forms that belong to no strand."""

CHECK_COLUMNS = {
    Check.POLITICAL: StaffRows.check_political,
    Check.MORAL: StaffRows.check_moral,
    Check.PSYCHOLOGICAL: StaffRows.check_psychological,
    Check.HEALTH: StaffRows.check_health,
    Check.CRIMINAL_RECORD: StaffRows.check_criminal_record,
    Check.QUALIFICATION: StaffRows.check_qualification,
}


def or_else(value: int | None, default: int) -> int:
    """The number, 0 included, or the default where none was given."""
    return default if value is None else value


def grade(row: Row, names: Names) -> Grade | None:
    """One grade."""
    if row.refused:
        return None
    return Grade(
        number=row.need(GradeRows.number),
        stage=row.need(GradeRows.stage),
        graduating=row[GradeRows.graduating] or False,
        homework_minutes=row[GradeRows.homework_minutes],
    )


def known_grade(row: Row, column: Column[int], names: Names) -> None:
    """A fault where the grade is not among the school's."""
    number = row[column]
    if number is not None and names.grades and number not in names.grades:
        row.fault(
            column,
            f"“年级”表里没有 {number} 年级。",
            f"grade {number} is not in the sheet grades.",
            "请改正，或在“年级”表里加上。",
            "Correct it, or add the grade.",
        )


def known_grades(row: Row, column: Column[frozenset[int]], names: Names) -> frozenset[int]:
    """The grades of the cell; a fault for those the school does not have."""
    numbers = row[column] or frozenset()
    if names.grades and (unknown := numbers - names.grades):
        listed = "、".join(map(str, sorted(unknown)))
        row.fault(
            column,
            f"“年级”表里没有 {listed} 年级。",
            f"grades {listed} are not in the sheet grades.",
            "请改正，或在“年级”表里加上。",
            "Correct it, or add the grades.",
        )
    return numbers


def home_class(row: Row, names: Names) -> HomeClass | None:
    """One home class."""
    head = names.one(row, Classes.head_teacher, StaffId)
    room = names.one(row, Classes.room, RoomId)
    known_grade(row, Classes.grade, names)
    if row.refused:
        return None
    id = row.need(Classes.id)
    return HomeClass(
        id=HomeClassId(id), name=row[Classes.name] or id, grade=row.need(Classes.grade), head_teacher=head, room=room
    )


def room(row: Row, names: Names) -> Room | None:
    """One room."""
    closed = names.slots_at(row, Rooms.closed)
    if row.refused:
        return None
    id, kind, outdoor = row.need(Rooms.id), row.need(Rooms.kind), row[Rooms.outdoor]
    return Room(
        id=RoomId(id),
        name=row[Rooms.name] or id,
        kind=kind,
        seats=row.need(Rooms.seats),
        groups=or_else(row[Rooms.groups], 1),
        features=row[Rooms.features] or frozenset(),
        outdoor=kind is RoomKind.PLAYGROUND if outdoor is None else outdoor,
        closed=closed,
        travel_minutes=or_else(row[Rooms.travel_minutes], 0),
        safe_until=row[Rooms.safe_until],
    )


def person(row: Row, names: Names) -> Staff | None:
    """One person who may stand before pupils."""
    provider = names.one(row, StaffRows.provider, ProviderId)
    available = names.slots_at(row, StaffRows.available)
    prefers = names.slots_at(row, StaffRows.prefers)
    avoids = names.slots_at(row, StaffRows.avoids)
    if row[StaffRows.kind] is StaffKind.PROVIDER_STAFF:
        row.require(StaffRows.provider, "机构人员没有填所属机构。", "provider staff need their provider.")
    if row.refused:
        return None
    willing = row[StaffRows.willing]
    checks = {check: row[column] for check, column in CHECK_COLUMNS.items()}
    return Staff(
        id=StaffId(row.need(StaffRows.id)),
        name=row.need(StaffRows.name),
        kind=row.need(StaffRows.kind),
        provider=provider,
        subject=row[StaffRows.subject],
        skills=row[StaffRows.skills] or frozenset(),
        willing=True if willing is None else willing,
        available=available,
        prefers=prefers,
        avoids=avoids,
        max_per_day=row[StaffRows.max_per_day],
        max_per_week=row[StaffRows.max_per_week],
        roles=row[StaffRows.roles] or frozenset(),
        checks={check: day for check, day in checks.items() if day is not None},
        approved_until=row[StaffRows.approved_until],
        bad_record=row[StaffRows.bad_record] or False,
    )


def provider(row: Row, names: Names) -> Provider | None:
    """One provider with its contract."""
    services = names.many(row, Providers.services, CourseId)
    if row.refused:
        return None
    return Provider(
        id=ProviderId(row.need(Providers.id)),
        name=row.need(Providers.name),
        kind=row.need(Providers.kind),
        list_status=row[Providers.list_status] or ListStatus.UNLISTED,
        vetted=row[Providers.vetted] or False,
        approval_ref=row[Providers.approval_ref],
        approved_from=row[Providers.approved_from],
        approved_until=row[Providers.approved_until],
        contract_from=row[Providers.contract_from],
        contract_until=row[Providers.contract_until],
        services=services,
        need=row[Providers.need],
    )


def course(row: Row, names: Names) -> Course | None:
    """One item of the menu, or one form of care."""
    provided_by = names.one(row, Courses.provider, ProviderId)
    leaders = names.many(row, Courses.leaders, StaffId)
    grades = known_grades(row, Courses.grades, names)
    slots = names.slots_at(row, Courses.slots) if row[Courses.slots] is not None else None
    form, strand = row[Courses.form], row[Courses.strand]
    _strand_suits(row, form, strand)
    least, most = or_else(row[Courses.min_size], 1), or_else(row[Courses.max_size], 45)
    if least > most:
        row.fault(
            Courses.min_size,
            f"最少人数 {least} 比最多人数 {most} 还多。",
            f"at least {least} is more than at most {most}.",
            "请改正其中一个。",
            "Correct one of them.",
        )
    if row.refused or form is None:
        return None
    id = row.need(Courses.id)
    return Course(
        id=CourseId(id),
        title=row[Courses.title] or id,
        form=form,
        strand=strand,
        category=row.need(Courses.category),
        activity=row[Courses.activity] or (Activity.SUPERVISION if form in CARE else Activity.ENRICHMENT),
        subject=row[Courses.subject],
        grades=grades,
        min_size=least,
        max_size=most,
        pattern=row[Courses.pattern] or Pattern.SINGLE,
        max_sections=row[Courses.max_sections],
        grouping=row[Courses.grouping] or Grouping.MIXED,
        skill=row[Courses.skill],
        provider=provided_by,
        leaders=leaders,
        room_kinds=row[Courses.room_kinds] or frozenset(),
        room_features=row[Courses.room_features] or frozenset(),
        slots=slots,
        exercise_minutes=row[Courses.exercise_minutes],
        outdoor=row[Courses.outdoor] or False,
        risk=or_else(row[Courses.risk], 1),
        commercial=row[Courses.commercial] or False,
        written_homework=row[Courses.written_homework] or False,
        pupils_per_adult=row[Courses.pupils_per_adult],
        online_resource=row[Courses.online_resource],
        off_campus=row[Courses.off_campus] or False,
    )


def _strand_suits(row: Row, form: Form | None, strand: Strand | None) -> None:
    if form is None:
        return
    if form in CARE and strand is not None:
        row.fault(
            Courses.strand,
            "托管、晚自习、看护不分“1”和“X”。",
            "care and evening study belong to neither strand.",
            "请把这一格清空。",
            "Empty this cell.",
        )
    elif form not in CARE:
        row.require(Courses.strand, "没有填属于“1”还是“X”。", "it is empty: does the course belong to 1 or to X?")
        if strand is Strand.ONE:
            row.require(Courses.activity, "“1”类项目要写明活动类型。", "it is empty; a course of strand 1 must say what is done.")


def pupil(row: Row, names: Names) -> Pupil | None:
    """One pupil; wishes come from their own sheet."""
    home = names.one(row, Pupils.home_class, HomeClassId)
    number = names.grade_by_class.get(home) if home is not None else None
    known = home is None or number is not None
    stays = names.slots_at(row, Pupils.stays, number, regular=True) if known and home is not None else frozenset()
    if number is not None:
        stays_fit(row, stays, number, {slot.id: slot for slot in names.slots})
    route_known(row, row[Pupils.route], names.routes)
    if row[Pupils.only_way_home]:
        row.require(Pupils.route, "只能乘车的学生没有填线路。", "it is empty though the bus is the only way home.")
    if row.refused or home is None:
        return None
    enrolled = row[Pupils.enrolled]
    route = row[Pupils.route]
    return Pupil(
        id=PupilId(row.need(Pupils.id)),
        name=row.need(Pupils.name),
        home_class=home,
        enrolled=True if enrolled is None else enrolled,
        stays=stays,
        wanted=row[Pupils.wanted] or 0,
        accept_any=row[Pupils.accept_any] or False,
        latest_leave=row[Pupils.latest_leave] or {},
        route=RouteId(route) if route is not None else None,
        only_way_home=row[Pupils.only_way_home] or False,
        flags=row[Pupils.flags] or frozenset(),
        boarder=row[Pupils.boarder] or False,
        extended_care=row[Pupils.extended_care] or False,
        evening_study=row[Pupils.evening_study] or False,
        agreement=row[Pupils.agreement],
        household=row[Pupils.household],
    )
