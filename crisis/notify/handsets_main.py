"""The stand-in as a process: `python -m crisis.notify.handsets_main CONFIG`; the file is private to its owner."""

import json
import sys
from pathlib import Path

from crisis.notify.handsets_app import exchange_from, serve_handsets


def main() -> None:
    config = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    port = config.pop("port")
    folder = Path(config.pop("folder"))
    serve_handsets(exchange_from(folder, **config), port)


if __name__ == "__main__":
    main()
