"""How does a search that asks many solvers stay small? What one of them has freed goes back to the system before the next.

The allocator of Linux keeps freed memory for whoever asks again, in a heap for each thread, and gives it back only from a heap's
end. A search of two threads would hold half as much again as it ever uses.
"""

import ctypes
import gc
import sys

MMAP_THRESHOLD, ARENA_MAX = -3, -8
"""Parameters of glibc's `mallopt`."""
LARGE_BLOCK = 128 * 1024
"""Bytes from which a block is given back by itself; left alone, the limit would grow with each large block that is freed."""
HEAPS = 2
"""As many as a search has threads."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def frugal() -> None:
    """From now on large blocks go back at once, and threads share their heaps. Elsewhere than on glibc nothing changes."""
    if _LIBC is not None and hasattr(_LIBC, "mallopt"):
        _LIBC.mallopt(MMAP_THRESHOLD, LARGE_BLOCK)
        _LIBC.mallopt(ARENA_MAX, HEAPS)


def give_back(engines: bool) -> None:
    """Gives back what is free in all heaps: a few milliseconds.

    `engines`: those of HiGHS, too, some hundredths of a second. They are in a circle with their callbacks, so the collector
    alone frees them, which knows nothing of their size.
    """
    if engines:
        gc.collect()
    if _LIBC is not None and hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)
