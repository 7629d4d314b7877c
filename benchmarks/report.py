"""Print the results of a benchmark run as a table in Markdown, with the machine named.

python benchmarks/report.py RESULTS.json
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main() -> None:
    results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(machine(results["machine_info"], results["datetime"]))
    print()
    print("| what | ours, ms | peer, ms | ratio | wanted |")
    print("|---|---:|---:|---:|---|")
    for one in results["benchmarks"]:
        print(row(one["extra_info"]))


def machine(info: dict[str, Any], when: str) -> str:
    compiler = shutil.which("gcc")
    gcc = ""
    if compiler:
        gcc = subprocess.run(
            [compiler, "-dumpfullversion"], capture_output=True, text=True, check=True
        ).stdout
    cpu = info["cpu"]
    parts = [
        f"{cpu.get('brand_raw', 'unknown processor')}, {cpu.get('count', '?')} cores",
        f"{info['system']} {info['machine']}",
        f"Python {platform.python_version()}",
        f"numpy {version('numpy')}",
        f"numba {version('numba')}",
        f"gcc {gcc.strip() or 'none'}",
        when[:10],
    ]
    return "Machine: " + ", ".join(parts) + "."


def row(extra: dict[str, Any]) -> str:
    ours, peer = extra["ours_ms"], extra.get("peer_ms")
    if peer is None:
        seconds = extra["seconds"]
        wanted = f"at most {1000 * seconds:,.0f} ms" if seconds < float("inf") else ""
        return f"| {extra['what']} | {ours:,.2f} | | | {wanted} |"
    if "at_most" in extra:
        ratio, wanted = f"{ours / peer:.2f}", f"at most {extra['at_most']} times the peer"
    else:
        ratio, wanted = f"1/{peer / ours:,.0f}", f"at least {extra['at_least']} times quicker"
    return f"| {extra['what']} | {ours:,.2f} | {peer:,.2f} | {ratio} | {wanted} |"


if __name__ == "__main__":
    main()
