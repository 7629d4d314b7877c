"""Whether kernels run uncompiled here: the same decisions at a hundredth of the speed."""

import os

INTERPRETED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def fewer(number: int, least: int = 1) -> int:
    """So many cases, or a twentieth where kernels are interpreted: enough for every line of theirs."""
    return max(least, number // 20) if INTERPRETED else number
