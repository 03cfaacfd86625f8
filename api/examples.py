"""What does each request look like? One example of every body, by the name of its model."""

from collections.abc import Mapping

from pydantic import JsonValue

MEETING: dict[str, JsonValue] = {"section": "reading-2", "slot": "mon-2"}
CHANGES = '[[teacher_ill]]\nteacher = "wang"\nfrom = 2025-11-03\nto = 2025-11-07\n'

EXAMPLES: Mapping[str, Mapping[str, JsonValue]] = {
    "SignInAsked": {"login": "office", "password": "warm rain on slate"},
    "CodeAsked": {"code": "ABCD-EFGH-…", "name": "王芳", "login": "wang", "password": "warm rain on slate"},
    "PasswordAsked": {"old": "warm rain on slate", "new": "cold wind on reeds"},
    "TokenAsked": {"name": "大屏", "purposes": ["publication"], "days": 90},
    "NicknameAsked": {"nickname": "老大"},
    "AccountAsked": {"active": False},
    "RoleAsked": {"role": "head_teacher", "subject": "2-1"},
    "InvitationAsked": {"role": "teacher", "subject": "wang", "name": "王芳"},
    "CodesAsked": {"pupils": ["202401", "202402"]},
    "TermAsked": {"name": "2025年秋季学期", "first": "2025-09-01", "last": "2026-01-22"},
    "TermChanged": {"name": "2025—2026学年第一学期"},
    "EditsAsked": {
        "edits": [{"kind": "rooms", "entity": "r9", "value": None, "expected": "3f0c…"}],
        "reason": "教室改作他用",
    },
    "UndoAsked": {"reason": "导错了文件"},
    "WaiverAsked": {
        "clause": "base-enrichment-50",
        "reason": "场馆维修",
        "approver": "区教体局",
        "approved": "2025-09-03",
        "first": "2025-09-08",
        "last": "2025-10-31",
    },
    "SolveAsked": {"time_limit": 60, "seed": 7},
    "ChangesAsked": {"time_limit": 60, "seed": 7, "changes": CHANGES},
    "MeetingAsked": MEETING,
    "MoveAsked": {**MEETING, "to_slot": "tue-2"},
    "MoveKept": {**MEETING, "to_slot": "tue-2", "reason": "周一场地有活动"},
    "LockAsked": {"section": "reading-2", "reason": "班子已经磨合好"},
    "UnlockAsked": {"reason": "教师调离"},
    "ArchiveAsked": {"reason": "存档备查"},
    "PublishAsked": {"plan": "5b1e…", "reason": "开学公示"},
    "WithdrawAsked": {"reason": "校车时间有误"},
}
