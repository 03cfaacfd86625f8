"""Which schools lie in `scenarios/`? A small and a real-size school a county, and one whose term crosses a change of the law.

    python -m scheduler.generate.samples scenarios

writes them again, byte for byte the same.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from scheduler.domain import Scenario
from scheduler.generate.profiles import CHANGZHI, HELAN, LIANGPING, SUIFENHE, SUIFENHE_2022, YUEYANG, Profile
from scheduler.generate.school import build
from scheduler.intake.write import write_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A folder of `scenarios/`."""

    profile: Profile
    pupils: int
    seed: int
    about_zh: str
    about_en: str


SAMPLES: Mapping[str, Sample] = {
    "yueyang": Sample(
        profile=YUEYANG,
        pupils=300,
        seed=7,
        about_zh="乡镇九年一贯制学校：300 名学生、9 个班，三分之一乘车，有住校生，按课时收费。",
        about_en="A township nine-year school: 300 pupils in 9 classes, a third on the bus, some boarders, fees by the period.",
    ),
    "liangping": Sample(
        profile=LIANGPING,
        pupils=430,
        seed=7,
        about_zh="镇中心小学：430 名学生、12 个班，家长每天选一、二或三个课时，18:20 结束。",
        about_en="A town primary school: 430 pupils in 12 classes; families buy one, two or three periods a day.",
    ),
    "suifenhe": Sample(
        profile=SUIFENHE,
        pupils=340,
        seed=7,
        about_zh="小学加初中：340 名学生、9 个班，小学 15:30、初中 17:00 开始，毕业年级多一个时段，人人每天锻炼半小时。",
        about_en="Primary and junior: 340 pupils, half an hour of exercise a day, one more slot for the graduating grade.",
    ),
    "helan": Sample(
        profile=HELAN,
        pupils=350,
        seed=7,
        about_zh="农村小学：350 名学生、12 个班，夏冬两套作息，先“1”后“X”两个时段。",
        about_en="A rural primary school: 350 pupils in 12 classes, summer and winter clocks, first homework, then clubs.",
    ),
    "changzhi": Sample(
        profile=CHANGZHI,
        pupils=300,
        seed=7,
        about_zh="小学加初中：300 名学生、9 个班，每天 120 分钟，周六开放，初中作业 90 分钟，可选教师，有晚自习。",
        about_en="Primary and junior: 300 pupils in 9 classes; 120 minutes a day, Saturdays, 90 minutes of junior homework.",
    ),
    "yueyang-full": Sample(
        profile=replace(YUEYANG, name="新墙河镇九年一贯制学校"),
        pupils=900,
        seed=7,
        about_zh="乡镇九年一贯制学校：900 名学生、27 个班，三分之一乘车，有住校生，按课时收费。",
        about_en="A township nine-year school: 900 pupils in 27 classes, a third on the bus, some boarders, fees by the period.",
    ),
    "liangping-full": Sample(
        profile=replace(LIANGPING, name="双桂湖小学"),
        pupils=1600,
        seed=7,
        about_zh="县城小学：1600 名学生、45 个班，家长每天选一、二或三个课时，18:20 结束。",
        about_en="A county-town primary school: 1,600 pupils in 45 classes; families buy one, two or three periods a day.",
    ),
    "suifenhe-full": Sample(
        profile=replace(SUIFENHE, name="绥芬河市阜宁学校"),
        pupils=1100,
        seed=7,
        about_zh="小学加初中：1100 名学生、32 个班，小学 15:30、初中 17:00 开始，毕业年级多一个时段，人人每天锻炼半小时。",
        about_en="Primary and junior: 1,100 pupils in 32 classes, half an hour of exercise a day, a third slot for grade 9.",
    ),
    "helan-full": Sample(
        profile=replace(HELAN, name="金贵镇中心小学"),
        pupils=600,
        seed=7,
        about_zh="农村小学：600 名学生、21 个班，夏冬两套作息，先“1”后“X”两个时段。",
        about_en="A rural primary school: 600 pupils in 21 classes, summer and winter clocks, first homework, then clubs.",
    ),
    "changzhi-full": Sample(
        profile=replace(CHANGZHI, name="上党区神山实验学校"),
        pupils=1800,
        seed=7,
        about_zh="小学加初中：1800 名学生、47 个班，每天 120 分钟，周六开放，初中作业 90 分钟，可选教师，有晚自习。",
        about_en="Primary and junior: 1,800 pupils in 47 classes; 120 minutes a day, Saturdays, 90 minutes of junior homework.",
    ),
    "suifenhe-2022": Sample(
        profile=SUIFENHE_2022,
        pupils=240,
        seed=7,
        about_zh="学期跨过 2022 年 2 月 28 日：此前执行试行时间，此后执行常态时间，初中的时段随之变长。",
        about_en="A term that crosses 28 February 2022: trial hours until then, standing hours after, longer slots for juniors.",
    ),
}


def school(name: str) -> Scenario:
    """The invented school of one folder."""
    sample = SAMPLES[name]
    return build(sample.profile, sample.pupils, Random(f"{name.removesuffix('-full')} {sample.pupils} {sample.seed}"))


def write_sample(name: str, directory: Path) -> None:
    """Writes the folder of one sample, with a line on top that says what it is."""
    write_folder(school(name), directory)
    path = directory / "scenario.toml"
    sample = SAMPLES[name]
    path.write_text(
        f"# {sample.about_zh}人名、校名均为虚构。\n# {sample.about_en} Everybody is invented.\n\n{path.read_text('utf-8')}",
        encoding="utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    for each in SAMPLES:
        write_sample(each, Path(sys.argv[1]) / each)
