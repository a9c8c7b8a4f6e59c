"""What a bench says, on the screen and in its section of RESULTS.md, with what it was measured on."""

import os
import re
import time
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
HEAD = """# Measured

`make bench` writes this: each bench its own section, when it has run. Read the ratios, not the figures: machines
differ, and this one from minute to minute.
"""
_BEGAN = time.time()
_said: list[str] = []


def say(line: str) -> None:
    _said.append(line)
    print(line, flush=True)


def keep(title: str, command: str, *limits: str) -> None:
    """Put what was said in the section of that title, with what bounds it."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    where = f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} × {cpu[1] if cpu else '?'}"
    told = f"{where}, load {load} at the end, {time.time() - _BEGAN:.0f} s. `{command}`"
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    sections = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", old, re.M | re.S))
    sections[title] = "\n".join(["", told, "", *(f"{each}\n" for each in limits), "```text", *_said, "```", ""])
    FILE.write_text(HEAD + "".join(f"\n## {name}\n{text.rstrip()}\n" for name, text in sections.items()), "utf-8")
