"""How does a rule sound in one sentence? The Chinese beside the English ones, which stand over the rules themselves."""

from collections.abc import Mapping

from scheduler.rulebook import Rule

CHINESE: Mapping[str, str] = {
    "starts_after_lessons": "课后服务在该年级当天最后一节课之后开始。",
    "starts_at": "当天第一个时段按规定的钟点开始；放学更晚的，放学后开始。",
    "latest_end": "结束不晚于规定的钟点。",
    "earliest_end": "一个年级当天最后一个时段，结束不早于规定的钟点。",
    "ends_around_off_work": "一个年级当天最后一个时段，在当地正常下班时间前后结束。",
    "offered_minutes": "每个年级每天提供的分钟数不少于规定；课间不算，重叠的只算一次。",
    "period_length": "按课时收费的，一个时段的长度是课时的整数倍。",
    "protected_breaks": "午餐、午休和课间不占用，第一个时段之前和两个时段之间留足休息。",
    "service_days": "课后服务只在这些日子开展，这些日子都开展。",
    "holiday_opening": "寒暑假开放校园的周数达到规定。",
    "slot_order": "每天正好有这些时段，依次各为一类。",
    "afternoon_start": "下午上课时间与规定的冬夏作息一致。",
    "extended_care_time": "延时托管紧接在最后一个时段之后，长度符合规定。",
    "evening_study_time": "晚自习只面向这些学段，在这些钟点之内。",
    "only_these_services": "早到和午间看护不属于课后服务，上课日中午以前也不安排。",
    "strand_of_category": "这一类别的项目在本地算“1”或算“X”。",
    "both_strands": "每周留满的学生，周一至周五“1”和“X”都至少上一次。",
    "enrichment_share": "已安排的“1”和“X”中，“X”的时间占比不低于规定。",
    "no_written_homework": "这些年级的学生不参加写书面作业的活动。",
    "daily_pe": "当天没有体育课、又留校两个时段以上的学生，有一次体育活动。",
    "class_pe_offered": "没有体育课的那一天，班级可以参加一次体育活动。",
    "exercise_minutes": "留校时间够长的学生，每天锻炼达到规定的分钟数。",
    "homework_capacity": "课后服务给班级留出的时间，够完成规定比例的书面作业。",
    "homework_groups": "写作业以一个行政班或一个年级为单位，在规定类型的场地。",
    "room_kinds_of_category": "这些类别的项目在规定类型的场地开展。",
    "banned_activities": "不开展这些活动。",
    "max_risk": "活动的危险程度不超过规定。",
    "no_commerce": "不含商业推销。",
    "on_campus": "主要在校内开展。",
    "online_with_teacher": "用线上资源的项目，现场有本校或外校借调的教师。",
    "outdoor_minutes": "提倡：多在室外活动。",
    "more_of_categories": "提倡：学生多参加这些类别的活动。",
    "breadth": "提倡：项目的类别齐全。",
    "may_lead": "带课的人都有资格带这个项目。",
    "not_by_third_parties": "这一类课不由第三方带（机构人员，或机构的项目）。",
    "provider_kinds": "只引进这些类型的机构。",
    "provider_in_order": "参与的机构，每次上课当天名单、审批和合同都有效。",
    "staff_vetted": "这些人员的审查在整个学期有效，没有不良记录。",
    "own_staff_share": "本校人员带的时间占比高于规定。",
    "third_party_share": "第三方带的时间占比不高于规定。",
    "enough_staff": "每次课的人手与学生人数相称，至少一人。",
    "load_caps": "每人每天、每周的次数不超过教务处定的上限（周末和各种看护都算）。",
    "flexible_hours_kept": "学校实行弹性上下班的，按学校的办法执行。",
    "works_only_when_available": "只在本人可用的时段安排。",
    "duty_each_day": "每个服务日有人担任这一职责，当天不带课，公平轮换。",
    "staff_wishes": "提倡：多排在本人希望的时段，少排在想回避的时段。",
    "only_where_asked_for": "只在家庭申请的时段安排学生，也只安排适用于他的看护。",
    "nobody_refused": "家庭申请的每个时段都有去处。",
    "wishes_kept": "自选项目的席位只给报了志愿的学生，每个志愿只算一次，不超过想上的项数。",
    "priority_groups": "席位不够时，这些学生优先。",
    "guaranteed_place": "这些学生申请的每个时段都有去处。",
    "wishes_granted": "提倡：有志愿的学生至少满足一个。",
    "rides_kept": "乘车的学生赶得上车。",
    "latest_leave_kept": "安排不晚于家庭写明的最晚离校时间。",
    "extended_care_given": "需要延时托管的学生都有延时托管。",
    "boarders_looked_after": "没有报名的住校生，每个时段有人看护。",
    "care_kept_apart": "晚自习、延时托管和住校生看护不与课后服务混在一起。",
    "scope_of_service": "只有政策涵盖的学校和学段开展课后服务。",
    "coordinated_by": "村小写明由哪所中心学校统筹，寄宿制学校写明依据的县级方案。",
    "staff_in_one_place": "同一钟点，一个人不能带两处课，也不能同时上日间的课。",
    "pupils_in_one_place": "同一钟点，一名学生不能在两处，冬夏作息都一样。",
    "rooms_hold_groups": "一个场地同时容纳的组数不超过规定，并且可用。",
    "room_suits": "场地的类型和设施合项目的要求，容得下学生。",
    "section_sizes": "每班人数、年级和开班数合项目的规定。",
    "pattern_kept": "上课方式合项目的规定，时段合学生的年级。",
    "locks_kept": "已经定下的安排不变。",
    "safe_rooms": "使用的场地，安全检查在整个学期有效。",
}
"""By the rule's name. `tests/policies/test_pack.py` says that none is missing."""


def sentence(rule: Rule, language: str = "zh") -> str:
    """What the rule says, in one sentence."""
    if language == "zh":
        return CHINESE[rule.name]
    return (type(rule).__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ").split(" Deviation:")[0]
