"""Whether a path lies on a network: SQLite's locks and shared memory do not hold there."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath

from hemifacial.errors import InputError

__all__ = ["linux_type", "macos_type", "refuse_network"]

_NETWORK = frozenset(
    "nfs nfs4 cifs smb smb2 smb3 smbfs ncpfs afs afpfs webdav ftp ceph lustre glusterfs beegfs "
    "gpfs orangefs pvfs2 9p coda davfs gfs gfs2 ocfs2 vboxsf vmhgfs prl_fs sshfs "
    "fuse.sshfs fuse.glusterfs fuse.ceph fuse.cephfs fuse.davfs fuse.davfs2 fuse.rclone fuse.s3fs "
    "fuse.gvfsd-fuse fuse.smbnetfs fuse.curlftpfs fuse.goofys fuse.vmhgfs-fuse fuse.juicefs "
    "fuse.mergerfs fuse.google-drive-ocamlfuse fuse.onedrive".split()
)
"""Types of mounts whose files another machine can write, folders shared with a virtual machine
among them. fuse.mergerfs may lay a network under a local name."""
_MOUNT_INFO = Path("/proc/self/mountinfo")
_MACOS_LINE = re.compile(r"^.* on (?P<where>/.*) \((?P<type>[^,)]+)[^)]*\)$")
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def refuse_network(path: Path) -> None:
    """`InputError` where the folder of `path` lies on a network."""
    found = _type_of(path)
    if found:
        raise InputError(
            f"{path}: lies on a network drive ({found}), where two machines can spoil the record",
            next_step="Keep the record on a disk of this computer; bring copies of it to the "
            "network with `hemifacial case backup`.",
        )


def linux_type(path: str, table: str) -> str:
    """The network type of the mount that holds an absolute path, by a mountinfo table; or ``""``.

    The last line of the longest mount point counts, since a later mount lies on top.
    """
    inside = PurePosixPath(path)
    longest, found = -1, ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 7 or "-" not in fields:
            continue
        where = PurePosixPath(_unescaped(fields[4]))
        if inside.is_relative_to(where) and len(where.parts) >= longest:
            longest, found = len(where.parts), fields[fields.index("-", 6) + 1]
    return found if found in _NETWORK else ""


def macos_type(path: str, table: str) -> str:
    """As `linux_type`, by what ``mount`` prints on macOS."""
    inside = PurePosixPath(path)
    longest, found = -1, ""
    for line in table.splitlines():
        match = _MACOS_LINE.match(line)
        if match and inside.is_relative_to(match["where"]):
            length = len(PurePosixPath(match["where"]).parts)
            if length >= longest:
                longest, found = length, match["type"]
    return found if found in _NETWORK else ""


def _type_of(path: Path) -> str:
    folder = path.resolve().parent
    if sys.platform == "win32":
        return _windows_type(folder)
    try:
        if sys.platform == "darwin":
            import subprocess

            done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False)
            return macos_type(str(folder), done.stdout)
        return linux_type(str(folder), _MOUNT_INFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""  # a system that does not say: nothing is known against the folder


def _windows_type(folder: Path) -> str:
    if str(folder).startswith(("\\\\", "//")):
        return "UNC path"
    import ctypes

    windows = getattr(ctypes, "windll", None)
    drive = windows.kernel32.GetDriveTypeW(folder.anchor) if windows else 0
    return "network drive" if drive == _REMOTE_DRIVE else ""


def _unescaped(text: str) -> str:
    """Spaces and the like stand in the table as a backslash with three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
