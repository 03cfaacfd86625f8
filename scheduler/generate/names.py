"""What are invented people called? Natural Chinese names, drawn by rule; nobody real is meant."""

from random import Random

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
"""Commoner ones first; the draw leans towards the front."""

GIRLS = (
    "雨桐 梓涵 欣怡 诗涵 思琪 佳怡 若曦 语嫣 心怡 雨萱 梦琪 可馨 "
    "子萱 紫涵 依诺 一诺 雅婷 静怡 婉清 晓彤 思雨 雨欣 佳琪 雪怡 诗琪 "
    "芷若 书瑶 钰涵 语桐 沐晴 安琪 悦然 舒窈 清妍 晨曦 嘉怡 艺馨 "
    "梦瑶 欣妍 美琳 慧敏 晓雯 丽娜 秋月 春燕 小雨 文静 倩雯 玉洁 雅琴 "
    "思彤 可欣 妙涵 苡沫 芮希 昕玥 恩熙 知夏 星玥 念初 初夏 今禾 "
    "南乔 书宁 望舒 悦宁 羽彤 若溪 听雨 楚涵 湘怡 云舒 玥彤 梓萌 语晨 "
    "佳慧 雯静 晓慧 婷婷 莹莹 露露 甜甜 圆圆 妞妞 彤彤 静 婷 敏 雪 琳 颖 璐 瑶 悦 欣 彤 玥 萱 琪 怡 婧 妍 霖"
).split()
BOYS = (
    "浩然 子轩 宇轩 俊杰 梓豪 浩宇 博文 子墨 一鸣 明轩 天宇 俊熙 "
    "雨泽 泽宇 文博 昊天 思远 志强 家豪 睿哲 子涵 皓轩 嘉懿 煜城 懿轩 "
    "烨伟 苑博 伟泽 鹏飞 立轩 弘文 哲瀚 雨辰 楷瑞 建辉 晋鹏 天磊 "
    "绍辉 泽洋 鑫磊 鹏煊 昊强 伟宸 博涛 烨霖 君浩 子骞 明杰 立诚 鸿煊 "
    "铭泽 沐辰 奕辰 宇航 景行 知远 亦凡 书恒 承宇 逸飞 嘉木 子安 "
    "云帆 星辰 嘉树 致远 怀瑾 修远 凯文 俊豪 家乐 小龙 海涛 志远 国强 "
    "振宇 宏宇 瑞霖 佳航 晨阳 乐天 旭东 春雷 大勇 小军 石头 强 磊 涛 鹏 杰 浩 宇 轩 晨 睿 昊 阳 凯 帅 翔 超 峰 毅"
).split()
WOMEN = (
    "丽华 秀英 桂芳 海燕 春梅 晓红 文英 建华 雪梅 玉兰 淑芬 凤霞 艳丽 红梅 丽娟 晓燕 彩霞 素珍 爱华 慧芳 静 敏 艳 娟 霞 燕 玲 丹 "
    "萍 红 倩 洁 莉 婷 娜 琳 蓉 颖 雅琴 思敏 佩瑶 晓琳 文婷 佳丽 雨晴 梦洁 楚楚 雪莹 晓晴 欣然 若兰 小玉"
).split()
MEN = (
    "建国 志明 国庆 卫东 海波 建军 永强 文斌 志刚 德明 春生 立新 晓东 伟 强 军 勇 磊 涛 斌 刚 波 辉 鹏 杰 峰 健 亮 明 俊 凯 "
    "俊峰 志勇 海涛 少华 建平 新民 云峰 学文 正平 家明 晓峰 文杰 一帆 子健 浩 翔宇 振华 宏伟 继东"
).split()


class Namer:
    """Draws names, never the same full name twice in a class or among the staff."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._weights = [1 / (8 + place) for place in range(len(SURNAMES))]
        self._taken: dict[str, set[str]] = {}

    def surname(self) -> str:
        """A family name, common ones more often."""
        return self._random.choices(SURNAMES, self._weights)[0]

    def child(self, group: str, surname: str | None = None) -> str:
        """A pupil's name, new within the home class `group`; siblings pass the family's surname."""
        return self._fresh(group, surname, self._random.choice((GIRLS, BOYS)))

    def adult(self) -> str:
        """A staff member's name, new among all staff."""
        return self._fresh("staff", None, self._random.choices((WOMEN, MEN), (3, 2))[0])

    def _fresh(self, group: str, surname: str | None, given: list[str]) -> str:
        taken = self._taken.setdefault(group, set())
        for _ in range(1000):
            name = (surname or self.surname()) + self._random.choice(given)
            if name not in taken:
                break
        taken.add(name)
        return name
