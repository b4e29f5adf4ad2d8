"""One worker as a process of its own, for tests that kill it: URL, key file, provider and name as arguments."""

import sys
import threading
from datetime import timedelta
from pathlib import Path

from crisis.notify import worker
from crisis.store.engine import open_store
from tests.notify.village import the_settings

LEASE = timedelta(seconds=3)  # so that nobody waits ten for what a dead one had begun


def main() -> None:
    url, keys, provider, name = sys.argv[1:]
    worker.LEASE = LEASE
    worker.run_worker(open_store(url, Path(keys)), the_settings(provider), threading.Event(), name=name)


if __name__ == "__main__":
    main()
