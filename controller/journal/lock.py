"""One daemon per journal directory, for as long as its process lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class JournalBusy(Exception):
    """Another process holds the journal directory; ``pid`` is its number, or None where it has not said."""

    def __init__(self, directory: Path, pid: int | None) -> None:
        self.directory = directory
        self.pid = pid
        holder = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"is in use by {holder}; one daemon per journal directory")


class JournalLock:
    """The kernel drops the lock with the process, however that ends; the file itself stays."""

    def __init__(self, directory: Path) -> None:
        """Raises JournalBusy, or OSError where the directory cannot be written."""
        fd = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = os.pread(fd, 20, 0).decode("ascii", "replace").strip()
            os.close(fd)
            raise JournalBusy(directory, int(text) if text.isdigit() else None) from None
        except OSError:
            os.close(fd)
            raise
        os.ftruncate(fd, 0)
        os.pwrite(fd, b"%d\n" % os.getpid(), 0)
        self._fd: int | None = fd

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
