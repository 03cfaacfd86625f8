"""How is what goes wrong in the store told? One refusal for each kind, in words that say what to do now."""

from collections.abc import Callable

from api.identity.doors import TooOften
from api.identity.invitations import NoSuchCode
from api.problems import Refusal, not_found
from api.store.once import KeyReused
from api.store.trouble import Full, Missing, Stale, Taken, Unavailable

AGAIN = {"Retry-After": str(Unavailable.retry_after)}


def of_trouble(trouble: Exception) -> Refusal:
    """The refusal for one of `TROUBLES`."""
    return next(told(trouble) for kind, told in _TOLD.items() if isinstance(trouble, kind))


def _too_often(trouble: Exception) -> Refusal:
    seconds = trouble.seconds if isinstance(trouble, TooOften) else 60
    minutes = -(-seconds // 60)
    return Refusal(
        "too-often",
        f"尝试次数太多，请 {minutes} 分钟后再试。",
        f"Too many tries. Please try again in {minutes} min.",
        headers={"Retry-After": str(seconds)},
    )


def _unavailable(_: Exception) -> Refusal:
    return Refusal(
        "unavailable",
        "现在很忙，这次没有保存。请过几秒再试。",
        "It is busy at the moment, and nothing was saved. Please try again in a few seconds.",
        headers=AGAIN,
    )


def _full(_: Exception) -> Refusal:
    return Refusal(
        "full",
        "服务器的磁盘满了，这次没有保存。请通知维护人员；已保存的内容还可以查看。",
        "The disk of the server is full, and nothing was saved. Please tell whoever looks after it; what was saved can be read.",
    )


_TOLD: dict[type[Exception], Callable[[Exception], Refusal]] = {
    Missing: lambda _: not_found(),
    Stale: lambda _: Refusal(
        "changed",
        "您打开之后，别人改过这项内容。请看现在的内容，再决定要不要改。",
        "Somebody changed this after you opened it. Please look at what is there now, and decide again.",
    ),
    Taken: lambda _: Refusal("taken", "已经有一样的了，请换一个。", "There is one like it already. Please choose another."),
    KeyReused: lambda _: Refusal(
        "key-reused", "这个请求标识已经用在别的请求上。", "This Idempotency-Key was used for another request."
    ),
    NoSuchCode: lambda _: Refusal(
        "bad-input",
        "邀请码不对、已用过或已过期。请核对，或向学校要一个新的。",
        "The code is wrong, used or too old. Please check it, or ask the school for a new one.",
    ),
    TooOften: _too_often,
    Unavailable: _unavailable,
    Full: _full,
}
TROUBLES = tuple(_TOLD)
"""What an application tells as a refusal; all else is a fault of ours."""
