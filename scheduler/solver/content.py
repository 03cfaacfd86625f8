"""What fills the week? Rows over places and sections for strands, shares and what is banned."""

from collections.abc import Callable

import numpy as np

from scheduler.domain import Course, RoomKind, StaffKind, Strand
from scheduler.rulebook import (
    BannedActivities,
    BothStrands,
    Breadth,
    EnrichmentShare,
    MaxRisk,
    NoCommerce,
    OnCampus,
    OnlineWithTeacher,
    Scope,
    StrandOfCategory,
)
from scheduler.solver.model import INFINITE, Ints, Mask
from scheduler.solver.scopes import (
    full_week,
    grades_bound,
    meetings_bound,
    minutes_bound,
    participants,
    pupils_bound,
    seasons_bound,
    sections_bound,
)
from scheduler.solver.statement import Statement, at_least, priced, together, worst_season
from scheduler.solver.unknowns import Unknowns


def strand_of_category(unknowns: Unknowns, rule: StrandOfCategory) -> Statement:
    """Sections of courses that declare another strand; a category listed on both sides is free."""

    def wrong(course: Course) -> int:
        one, x = course.category in rule.one - rule.x, course.category in rule.x - rule.one
        return int((one and course.strand is Strand.X) or (x and course.strand is Strand.ONE))

    return _per_section(unknowns, rule.scope, wrong)


def banned_activities(unknowns: Unknowns, rule: BannedActivities) -> Statement:
    """Sections of banned activities, and of courses with a subject where none may be."""

    def wrong(course: Course) -> int:
        if rule.forms and course.form not in rule.forms:
            return 0
        return int(course.activity in rule.banned) + int(rule.no_subject and course.subject is not None)

    return _per_section(unknowns, rule.scope, wrong)


def max_risk(unknowns: Unknowns, rule: MaxRisk) -> Statement:
    """Levels above, a section."""
    return _per_section(unknowns, rule.scope, lambda course: max(0, course.risk - rule.level))


def no_commerce(unknowns: Unknowns, rule: NoCommerce) -> Statement:
    """Sections of commercial courses."""
    return _per_section(unknowns, rule.scope, lambda course: int(course.commercial))


def _per_section(unknowns: Unknowns, scope: Scope, amount: Callable[[Course], int]) -> Statement:
    """The amount of each section that the scope binds."""
    amounts = np.array([amount(offer.course) for offer in unknowns.offers], dtype=np.int64)
    return priced(unknowns.sections, amounts * sections_bound(unknowns, scope))


def strand_of_offers(unknowns: Unknowns) -> Ints:
    """0 for care, 1 for "1", 2 for "X". Shape: one an offer."""
    codes = {None: 0, Strand.ONE: 1, Strand.X: 2}
    return np.array([codes[offer.course.strand] for offer in unknowns.offers], dtype=np.int64)


def both_strands(unknowns: Unknowns, rule: BothStrands) -> Statement:
    """A place of each strand a week, for full-week participants."""
    pupils = np.flatnonzero(full_week(unknowns) & pupils_bound(unknowns, rule.scope))
    number = np.full(len(unknowns.pupils), -1, dtype=np.int64)
    number[pupils] = np.arange(len(pupils))
    strand = strand_of_offers(unknowns)
    sits, slots = unknowns.sit_slots
    in_week = (number[unknowns.sit_pupil[sits]] >= 0) & unknowns.in_week[slots]
    ones = np.ones(len(pupils), dtype=np.int64)
    parts = []
    for code in (1, 2):
        kept = sits[in_week & (strand[unknowns.sit_offer[sits]] == code)]
        rows = number[unknowns.sit_pupil[kept]]
        parts.append(at_least(rows, unknowns.sits[kept], 1, ones, unknowns.pupil_kind[pupils]))
    return together(parts)


def enrichment_share(unknowns: Unknowns, rule: EnrichmentShare) -> Statement:
    """100 × X minutes − percent × ("1" + X) minutes ≥ 0 for each full-week participant, and for each home class."""
    bound = pupils_bound(unknowns, rule.scope)
    every = np.arange(len(unknowns.pupils))
    parts = [_share_of(unknowns, rule, "pupil", every, full_week(unknowns) & bound, unknowns.pupil_kind)]
    if rule.per_class:
        nobody = np.zeros(0, dtype=np.int64)
        parts.append(_share_of(unknowns, rule, "class", unknowns.pupil_class, participants(unknowns) & bound, nobody))
    return together(parts)


def _share_of(unknowns: Unknowns, rule: EnrichmentShare, whose: str, owner: Ints, counted: Mask, kind: Ints) -> Statement:
    """One row an owner and season, over the places of the pupils counted. `kind`: the owners' groups, empty for none."""
    strand = strand_of_offers(unknowns)
    sits, slots = unknowns.sit_slots
    kept = unknowns.in_week[slots] & (strand[unknowns.sit_offer[sits]] > 0) & counted[unknowns.sit_pupil[sits]]
    sits, slots = sits[kept], slots[kept]
    owners, rows = np.unique(owner[unknowns.sit_pupil[sits]], return_inverse=True)
    count = len(owners)
    weight = np.where(strand[unknowns.sit_offer[sits]] == 2, 100 - rule.share_percent, -rule.share_percent)
    seasons = seasons_bound(unknowns, rule.scope)
    parts = []
    for season in seasons:
        parts.append(
            Statement(
                rows=rows,
                columns=unknowns.sits[sits],
                coefficients=weight * unknowns.lengths(season)[slots],
                lower=np.zeros(count, dtype=np.int64),
                upper=np.full(count, INFINITE, dtype=np.int64),
                group=kind[owners] if len(kind) else None,
                scale=np.full(count, 100, dtype=np.int64),
                in_minutes=True,
            )
        )
        if not rule.inclusive and rule.share_percent > 0:
            parts[-1] = _and_one_more(unknowns, parts[-1], (whose, season, rule.scope), unknowns.lengths(season)[slots] > 0)
    return worst_season(parts)


def _and_one_more(unknowns: Unknowns, share: Statement, key: tuple[object, ...], counts: Mask) -> Statement:
    """The same, where exactly the share is not enough: at least 1 more once any minute is assigned."""
    count = len(share.lower)
    assigned = [
        unknowns.any_of(("assigned", *key, row), share.columns[(share.rows == row) & counts], summed=True) for row in range(count)
    ]
    return Statement(
        rows=np.concatenate([share.rows, np.arange(count)]),
        columns=np.concatenate([share.columns, np.array(assigned, dtype=np.int64)]),
        coefficients=np.concatenate([share.coefficients, np.full(count, -1)]),
        lower=share.lower,
        upper=share.upper,
        group=share.group,
        scale=share.scale,
        in_minutes=True,
    )


def on_campus(unknowns: Unknowns, rule: OnCampus) -> Statement:
    """percent × all minutes − 100 × minutes off campus ≥ 0, in the worst season."""
    away = np.array([kind.like.kind is RoomKind.OFF_SITE for kind in unknowns.room_classes], dtype=bool)
    course = np.array([offer.course.off_campus for offer in unknowns.offers], dtype=bool)
    rooms = np.flatnonzero(away[unknowns.room_class] & ~course[unknowns.room_offer])
    weight = np.where(course, rule.max_percent - 100, rule.max_percent)
    parts = []
    for season in seasons_bound(unknowns, rule.scope):
        minutes = minutes_bound(unknowns, rule.scope, season)
        parts.append(
            Statement(
                rows=np.zeros(len(unknowns.offers) + len(rooms), dtype=np.int64),
                columns=np.concatenate([unknowns.sections, unknowns.rooms[rooms]]),
                coefficients=np.concatenate([weight * minutes, -100 * minutes[unknowns.room_offer[rooms]]]),
                lower=np.zeros(1, dtype=np.int64),
                upper=np.full(1, INFINITE, dtype=np.int64),
                scale=np.full(1, 100, dtype=np.int64),
                in_minutes=True,
            )
        )
    return worst_season(parts)


def online_with_teacher(unknowns: Unknowns, rule: OnlineWithTeacher) -> Statement:
    """Online sections beyond the own and borrowed teachers on them, each meeting."""
    times = meetings_bound(unknowns, rule.scope)
    online = np.array([offer.course.online_resource is not None for offer in unknowns.offers], dtype=bool)
    offers = np.flatnonzero(online & (times > 0))
    number = np.full(len(unknowns.offers), -1, dtype=np.int64)
    number[offers] = np.arange(len(offers))
    teacher = np.array([person.kind in (StaffKind.OWN, StaffKind.BORROWED) for person in unknowns.staff], dtype=bool)
    leads = np.flatnonzero(teacher[unknowns.lead_staff] & (number[unknowns.lead_offer] >= 0))
    return at_least(
        np.concatenate([np.arange(len(offers)), number[unknowns.lead_offer[leads]]]),
        np.concatenate([unknowns.sections[offers], unknowns.leads[leads]]),
        np.concatenate([-times[offers], times[unknowns.lead_offer[leads]]]),
        np.zeros(len(offers), dtype=np.int64),
    )


def breadth(unknowns: Unknowns, rule: Breadth) -> Statement:
    """A section with a regular meeting in each category."""
    if not grades_bound(unknowns.scenario, rule.scope):
        return Statement()
    categories = sorted(rule.categories)
    regular = meetings_bound(unknowns, rule.scope, unknowns.regular) > 0
    members = [o for o, offer in enumerate(unknowns.offers) if regular[o] and offer.course.category in rule.categories]
    rows = np.array([categories.index(unknowns.offers[o].course.category) for o in members], dtype=np.int64)
    sections = unknowns.sections[np.array(members, dtype=np.int64)]
    return at_least(rows, sections, 1, np.ones(len(categories), dtype=np.int64))
