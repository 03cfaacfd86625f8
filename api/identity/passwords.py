"""Is this the password? Argon2id with costs that take about 35 ms here, also where there is no account to compare with.

12 MiB, three passes and one lane are among the parameters that OWASP holds for equal; more would let sign-ins of a school
morning wait for each other.
"""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 8
LONGEST = 128
_HASHER = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=12 * 1024, parallelism=1),))


def password_hash(password: str) -> str:
    """What the database keeps: algorithm, costs, salt and digest in one text."""
    return _HASHER.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is. Takes as long where nothing is kept, so that nobody learns which accounts there are."""
    right = _HASHER.verify(password[:LONGEST], kept or _nobodys())
    return right and kept is not None


def weakness(password: str, *told: str) -> tuple[str, str] | None:
    """Why a new password will not do, in Chinese and English; `told`: names that must not be in it."""
    if len(password) < SHORTEST:
        return f"密码至少要 {SHORTEST} 个字符。", f"A password needs at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符。", f"A password has at most {LONGEST} characters."
    lower = password.lower()
    if len(set(lower)) < 4 or lower in "01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiop" or lower in COMMON:
        return "这个密码太容易猜。请换一个。", "This password is too easy to guess. Please choose another."
    if any(len(name) >= 4 and name.lower() in lower for name in told):
        return "密码里不要有自己的名字或登录名。", "A password should not hold your name or login."
    return None


COMMON = frozenset(
    "password passw0rd password1 12345678 123456789 1234567890 11111111 88888888 66668888 87654321 a1234567 a12345678 "
    "abc12345 abcd1234 1qaz2wsx qwerty123 qwer1234 iloveyou 5201314520 woaini1314 woaini520 asdfghjkl admin123 admin888 "
    "zaq12wsx 147258369 123123123 12341234 1234qwer".split()
)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
