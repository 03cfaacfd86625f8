"""What is wrong with people and providers from outside? Who takes part, whether they are in order, and how much they lead."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from math import ceil, floor

from scheduler.audit import naming
from scheduler.audit.report import Deviation
from scheduler.audit.world import SCHOOL_WEEK, Held, World
from scheduler.domain import Check, Course, ListStatus, Provider, ProviderId, ProviderKind, Season, Staff, StaffKind
from scheduler.rulebook import (
    NotByThirdParties,
    OwnStaffShare,
    ProviderInOrder,
    ProviderKinds,
    Scope,
    StaffVetted,
    ThirdPartyShare,
)

KINDS_ZH: Mapping[ProviderKind, str] = {
    ProviderKind.PUBLIC_BENEFIT: "公益性机构",
    ProviderKind.YOUTH_CENTER: "青少年校外活动中心",
    ProviderKind.PRACTICE_BASE: "综合实践活动基地",
    ProviderKind.YOUTH_PALACE: "青少年宫",
    ProviderKind.PUBLIC_VENUE: "公共场馆",
    ProviderKind.ASSOCIATION: "社团协会",
    ProviderKind.TRAINING_ACADEMIC: "学科类培训机构",
    ProviderKind.TRAINING_OTHER: "非学科类培训机构",
    ProviderKind.ENTERPRISE: "经营性企业",
}
STATUS_ZH: Mapping[ListStatus, str] = {
    ListStatus.WHITE: "在白名单",
    ListStatus.BLACK: "在黑名单",
    ListStatus.SUSPENDED: "已被暂停",
    ListStatus.UNLISTED: "未列入名单",
}
CHECKS_ZH: Mapping[Check, str] = {
    Check.POLITICAL: "政治审查",
    Check.MORAL: "品德审查",
    Check.PSYCHOLOGICAL: "心理健康审查",
    Check.HEALTH: "健康检查",
    Check.CRIMINAL_RECORD: "违法犯罪记录核查",
    Check.QUALIFICATION: "资格审查",
}


def third_party(person: Staff) -> bool:
    """Provider staff, and whoever has a provider."""
    return person.kind is StaffKind.PROVIDER_STAFF or person.provider is not None


def not_by_third_parties(world: World, rule: NotByThirdParties) -> Iterator[Deviation]:
    """1 per meeting of the strand whose course is a provider's, or with a third party among its people."""
    for held in world.held_bound(rule.scope):
        if held.course.strand is not rule.strand:
            continue
        outsiders = [person for person in held.staff if third_party(person)]
        if outsiders or held.course.provider is not None:
            names = "、".join(person.name for person in outsiders) or _provider_name(world, held.course)
            yield Deviation(
                amount=1,
                subjects=(*held.subjects, *(naming.staff(person) for person in outsiders)),
                zh=f"{held.zh}属于{naming.strand_zh(rule.strand)}，不得由第三方（{names}）承担。",
                en=f"{held.en} is of strand “{rule.strand.value}” and must not be led by third parties ({names}).",
            )


def _provider_name(world: World, course: Course) -> str:
    provider = world.scenario.provider_by_id.get(course.provider) if course.provider is not None else None
    return provider.name if provider is not None else str(course.provider)


def provider_kinds(world: World, rule: ProviderKinds) -> Iterator[Deviation]:
    """1 per provider of another kind that takes part."""
    for provider in _taking_part(world, rule.scope):
        if provider.kind not in rule.allowed:
            yield Deviation(
                amount=1,
                subjects=(naming.provider(provider),),
                zh=f"{provider.name}是{KINDS_ZH[provider.kind]}，不在允许引进的机构类型之内。",
                en=f"{provider.name} is of the kind “{naming.words(provider.kind)}”, which may not take part.",
            )


def provider_in_order(world: World, rule: ProviderInOrder) -> Iterator[Deviation]:
    """1 per provider that takes part and thing missing, 1 per course of theirs outside their services."""
    first, last = world.timetable.start, world.timetable.end
    for provider in _taking_part(world, rule.scope):
        for zh, en in _missing(provider, rule, first, last):
            who = (naming.provider(provider),)
            yield Deviation(amount=1, subjects=who, zh=f"{provider.name}{zh}。", en=f"{provider.name} {en}.")
        for course in _courses_of(world, rule.scope, provider.id):
            if provider.services and course.id not in provider.services:
                yield Deviation(
                    amount=1,
                    subjects=(naming.provider(provider), naming.course(course)),
                    zh=f"“{course.title}”不在{provider.name}的服务项目之内。",
                    en=f"“{course.title}” is not among the services of {provider.name}.",
                )


def _missing(provider: Provider, rule: ProviderInOrder, first: date, last: date) -> Iterator[tuple[str, str]]:
    status = provider.list_status
    if status in rule.banned_status or (rule.white_only and status is not ListStatus.WHITE):
        yield f"{STATUS_ZH[status]}，不得参与课后服务", f"is “{status.value}” on the bureau's list and may not take part"
    if rule.vetted and not provider.vetted:
        yield "没有通过资质审核", "has not been vetted"
    if rule.approval and not _covers(provider.approved_from, provider.approved_until, first, last):
        yield f"的审批没有覆盖{first}至{last}", f"has no approval for all of {first} to {last}"
    if rule.contract and not _covers(provider.contract_from, provider.contract_until, first, last):
        yield f"的合同没有覆盖{first}至{last}", f"has no contract for all of {first} to {last}"
    if rule.need and not (provider.need or "").strip():
        yield "没有写明引进理由", "comes without a stated need"


def _covers(start: date | None, end: date | None, first: date, last: date) -> bool:
    return start is not None and end is not None and start <= first and end >= last


def _courses_of(world: World, scope: Scope, provider: ProviderId) -> tuple[Course, ...]:
    courses = {section.course: world.course(section) for section in world.sections_bound(scope)}
    return tuple(course for course in courses.values() if course.provider == provider)


def _taking_part(world: World, scope: Scope) -> tuple[Provider, ...]:
    """Known providers with a section of a course of theirs, or with a person on a meeting, by id."""
    by_course = {world.course(section).provider for section in world.sections_bound(scope)}
    by_person = {person.provider for held in world.held_bound(scope) for person in held.staff}
    known = world.scenario.provider_by_id
    return tuple(known[one] for one in sorted(one for one in by_course | by_person if one is not None) if one in known)


def staff_vetted(world: World, rule: StaffVetted) -> Iterator[Deviation]:
    """1 per person with a meeting and check, approval or clean record missing."""
    last = world.timetable.end
    people = {person.id: person for held in world.held_bound(rule.scope) for person in held.staff}
    for person in people.values():
        if rule.kinds and person.kind not in rule.kinds:
            continue
        for zh, en in _unvetted(person, rule, last):
            yield Deviation(amount=1, subjects=(naming.staff(person),), zh=f"{person.name}{zh}。", en=f"{person.name} {en}.")


def _unvetted(person: Staff, rule: StaffVetted, last: date) -> Iterator[tuple[str, str]]:
    for check in sorted(rule.checks):
        until = person.checks.get(check)
        if until is None:
            yield f"没有通过{CHECKS_ZH[check]}", f"has no {naming.words(check)} check on record"
        elif until < last:
            yield (
                f"的{CHECKS_ZH[check]}有效期只到{until}，早于{last}",
                f"has a {naming.words(check)} check valid until {until} only, not {last}",
            )
    if rule.approval and person.approved_until is None:
        yield "没有主管部门批准", "has no approval of the authority"
    elif rule.approval and person.approved_until is not None and person.approved_until < last:
        yield f"的批准只到{person.approved_until}，早于{last}", f"is approved until {person.approved_until} only, not {last}"
    if rule.no_bad_record and person.bad_record:
        yield "有师德问题或不良记录", "has a bad record"


def own_staff_share(world: World, rule: OwnStaffShare) -> Iterator[Deviation]:
    """Minutes that own staff lead short of more than the share, in the worst season."""
    worst = 0, 0, 0
    for season in world.seasons_bound(rule.scope):
        total, own = _minutes_led(world, rule.scope, season, _led_by_own)
        needed = floor(Fraction(total * rule.percent, 100)) + 1
        if total:
            worst = max(worst, (needed - own, own, total))
    short, own, total = worst
    if short > 0:
        yield Deviation(
            amount=short,
            subjects=(naming.school(world.scenario.school),),
            zh=f"每周{total}分钟服务中本校教师承担{own}分钟，没有超过{rule.percent}%，还差{short}分钟。",
            en=f"Own staff lead {own} of {total} minutes a week, not more than {rule.percent} %; {short} short.",
        )


def third_party_share(world: World, rule: ThirdPartyShare) -> Iterator[Deviation]:
    """Minutes that third parties lead above the share, in the worst season."""
    worst = 0, 0, 0
    for season in world.seasons_bound(rule.scope):
        total, theirs = _minutes_led(world, rule.scope, season, _led_by_third_party)
        share = Fraction(total * rule.percent, 100)
        allowed = ceil(share) - 1 if rule.exclusive else floor(share)
        if total:
            worst = max(worst, (theirs - allowed, theirs, total))
    above, theirs, total = worst
    if above > 0:
        limit_zh = f"应低于{rule.percent}%" if rule.exclusive else f"不得超过{rule.percent}%"
        limit_en = f"less than {rule.percent} %" if rule.exclusive else f"at most {rule.percent} %"
        yield Deviation(
            amount=above,
            subjects=(naming.school(world.scenario.school),),
            zh=f"每周{total}分钟服务中第三方承担{theirs}分钟，{limit_zh}，超出{above}分钟。",
            en=f"Third parties lead {theirs} of {total} minutes a week, {above} too many: {limit_en} is allowed.",
        )


def _minutes_led(world: World, scope: Scope, season: Season, counts: Callable[[Held], bool]) -> tuple[int, int]:
    """Minutes of regular meetings with a strand, Monday to Friday: all, and those that count."""
    total = led = 0
    for held in world.held_bound(scope):
        if held.regular and held.course.strand is not None and held.slot.weekday in SCHOOL_WEEK:
            minutes = world.minutes(held.slot, season)
            total += minutes
            led += minutes if counts(held) else 0
    return total, led


def _led_by_own(held: Held) -> bool:
    return bool(held.staff) and held.staff[0].kind is StaffKind.OWN


def _led_by_third_party(held: Held) -> bool:
    return held.course.provider is not None or (bool(held.staff) and third_party(held.staff[0]))
