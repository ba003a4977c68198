"""Read a folder, attack it, say what was found: ``python -m outsider FOLDER [REPORT.json]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .attack import attack
from .readers import read_folder

folder = read_folder(Path(sys.argv[1]))
report = attack(folder)
sys.stdout.write(report.text() + "\n")
if len(sys.argv) > 2:
    Path(sys.argv[2]).write_text(
        json.dumps(report.to_dict(), ensure_ascii=False, indent=1), "utf-8"
    )
sys.exit(0 if report.safe else 1)
