"""Coverage-guided fuzzing of every reader of files: ``python -m hostile.fuzz --seconds 60`` in ``tests/``.

Needs ``pip install atheris`` (Linux, and a Python for which it has a wheel). Each reader runs in a process
of its own for the stated time, from the files of ``tests/corpus/<reader>`` and from what the tests give it
as valid. A traceback, an input that takes more than 5 seconds, and more than 1 GiB of memory end it. What
was found is left in ``--found``, and belongs, made small, into the corpus with its repair.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS_FOR_ONE = 5
MEBIBYTES = 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="READER", help="default: all")
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for what fails")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        _fuzz(chosen.names[0], chosen.seconds, chosen.found)
        return 0
    from hostile.readers import readers

    names = chosen.names or list(readers(Path()))
    chosen.found.mkdir(parents=True, exist_ok=True)
    failed = 0
    print(f"{'reader':<32}{'inputs':>12}{'faults':>8}")
    for name in names:
        command = [sys.executable, "-m", "hostile.fuzz", name, "--inside", "--seconds", str(chosen.seconds)]
        run = subprocess.run(
            [*command, "--found", str(chosen.found.resolve())],
            capture_output=True,
            cwd=Path(__file__).parents[1],
            check=False,
        )
        told = (run.stdout + run.stderr).decode(errors="replace")
        (chosen.found / f"{name}.log").write_text(told, encoding="utf-8")
        runs = max(map(int, re.findall(r"(?:^#|Done )(\d+)", told, re.MULTILINE)), default=0)
        failed += run.returncode != 0
        print(f"{name:<32}{runs:>12,}{int(run.returncode != 0):>8}", flush=True)
    return int(failed > 0)


def _fuzz(name: str, seconds: int, found: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["matchsim"], enable_loader_override=False):
        from hostile.readers import CORPUS, owed, readers

    from hostile.seeds import seeds

    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    read = readers(folder / "work")[name]
    (folder / "work").mkdir()
    kept = folder / "seeds"
    kept.mkdir()
    for number, seed in enumerate(seeds(name)):
        (kept / f"seed-{number}").write_bytes(seed)
    owed(read, seeds(name)[0])

    corpus = [str(kept), *(str(path) for path in [CORPUS / name] if path.is_dir())]
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_FOR_ONE}",
        f"-rss_limit_mb={MEBIBYTES}",
        "-max_len=8192",
        f"-artifact_prefix={found}/{name}-",
    ]
    atheris.Setup([sys.argv[0], *corpus, *options], lambda data: _once(owed, read, data))
    atheris.Fuzz()


def _once(owed, read, data: bytes) -> None:
    owed(read, data)


if __name__ == "__main__":
    sys.exit(main())
