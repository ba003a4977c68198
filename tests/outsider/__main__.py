"""Read folders, attack them, say what was found: ``python -m outsider FOLDER [FOLDER …]``.

The report of a folder stands beside it: ``FOLDER.json``. The exit code is 1 where anything was found.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .attack import attack
from .readers import read_folder

safe = True
for argument in sys.argv[1:]:
    place = Path(argument)
    report = attack(read_folder(place))
    safe &= report.safe
    sys.stdout.write(f"{place}\n{report.text()}\n")
    text = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
    place.with_name(f"{place.name}.json").write_text(text, encoding="utf-8")
sys.exit(0 if safe else 1)
