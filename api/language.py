"""In which language do we answer? Chinese first; English by Accept-Language, by a cookie or by a parameter."""

import io
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Literal

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import HTTPConnection

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
COOKIE = "language"
CATALOGUES = Path(__file__).parent / "locales"

WORDS: Mapping[str, str] = {
    "queued": "排队中",
    "running": "正在求解",
    "done": "已完成",
    "failed": "没有方案",
    "stopped": "已停止",
    "solve": "排课",
    "explain": "查原因",
    "whatif": "试算",
    "export": "导出",
    "import": "导入",
    "pupils": "学生",
    "staff": "人员",
    "courses": "项目",
    "rooms": "场地",
    "home_classes": "班级",
    "grades": "年级",
    "slots": "时段",
    "seasons": "作息",
    "providers": "第三方机构",
    "trips": "校车",
    "term": "学期与校历",
    "school": "学校",
    "bells": "铃声",
    "flexible_hours": "弹性上下班",
    "lessons": "课内课表",
    "locks": "锁定",
    "waivers": "豁免",
    "readings": "政策读法",
    "must": "必须",
    "in_principle": "原则上",
    "encouraged": "鼓励",
    "informational": "仅说明",
    "enrolment": "报名",
    "accounts": "收费与结算",
    "attendance": "考勤",
    "reports": "报表与公示",
    "approval": "审批",
    "publish": "公布",
    "repair": "调课",
    "policies": "政策比对",
    "timeout": "没有应答",
    "no-connection": "连接不上",
    "no-answer": "应答读不懂",
    "answer": "对方出错",
    "refused": "邮件服务器拒收",
    "robot": "群机器人拒收",
    "sign-in": "邮件账号登录失败",
    "not-encrypted": "邮件服务器没有加密",
    "not-supported": "邮件服务器不支持",
    "bad-address": "地址有误",
    "our-fault": "程序出错",
    "no-turn": "一直没有轮到",
    "administrator": "系统管理员",
    "office": "教务处",
    "leader": "学校负责人",
    "head_teacher": "班主任",
    "teacher": "任课教师",
    "provider": "机构人员",
    "guardian": "家长",
    "pupil": "学生本人",
    "bureau": "教育局",
    "tiny": "最小的例子",
    "yueyang": "岳阳：乡镇九年一贯制学校",
    "liangping": "梁平：小学",
    "suifenhe": "绥芬河：小学和初中",
    "helan": "贺兰：农村小学",
    "changzhi": "长治：小学和初中",
}
"""Codes of our data in Chinese."""


def language_of(connection: HTTPConnection) -> Language:
    """The language of one request: what a person chose on the page, else what the client asks for, else Chinese."""
    return told_language(connection) or "zh"


def told_language(connection: HTTPConnection) -> Language | None:
    """The same; `None` where nobody said anything: a program, say."""
    for language in LANGUAGES:
        if connection.cookies.get(COOKIE) == language:
            return language
    accepted = connection.headers.get("accept-language")
    return None if accepted is None else negotiated(accepted)


def negotiated(accepted: str) -> Language:
    """The best of our languages for an Accept-Language header; a broken header counts as none."""
    weighted: list[tuple[float, str]] = []
    for part in accepted[:1000].split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            weighted.append((-weight, tag.strip().split("-")[0].lower()))
    preferred = [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])]
    return "en" if negotiate_locale(preferred, LANGUAGES) == "en" else "zh"


@cache
def english() -> GNUTranslations:
    """The English words of the pages. The Chinese ones are the keys, so Chinese needs no catalogue."""
    with (CATALOGUES / "en.po").open("rb") as source:
        catalogue = read_po(source, locale="en")
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(language: Language, zh: str) -> str:
    """A sentence of the pages in the language asked for; its Chinese form where English has none."""
    return english().gettext(zh) if language == "en" else zh


def word(language: Language, code: str) -> str:
    """A code of our data in words; the code itself where nobody wrote words for it."""
    return say(language, WORDS.get(code, code))
