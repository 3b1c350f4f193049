//! The folder with everything that is kept, used by one platform at a time.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The folder, locked for as long as this lives.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    held: Held,
    _lock: File,
}

/// Tells whether a folder is still the one that was locked.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    lock: PathBuf,
    /// Which file it is, where that can be told.
    file: Option<(u64, u64)>,
}

impl Held {
    /// Whether the locked file still stands where it stood: a folder that was removed takes what is written to it along.
    pub(crate) fn is_there(&self) -> bool {
        let there = fs::metadata(&self.lock);
        there.is_ok_and(|there| identity(&there) == self.file)
    }
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made, read or written.
    #[error("the data folder {path} cannot be used")]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process holds its lock.
    #[error(
        "the data folder {0} is in use: another openwati runs on it (stop it, or name another with --data-dir)"
    )]
    InUse(PathBuf),
    /// It holds something that is not of this program, so that it is not emptied.
    #[error("the data folder {folder} is not emptied: {stranger} in it is not of openwati")]
    NotOurs {
        /// The folder.
        folder: PathBuf,
        /// What else is in it.
        stranger: String,
    },
}

const LOCK: &str = "lock";
pub(crate) const SEED: &str = "seed.json";
pub(crate) const READY: &str = "ready.json";
const DYNAMODB: &str = "dynamodb.sqlite";
const SQS: &str = "sqs.sqlite";
const S3: &str = "s3";
const SIMULATOR: &str = "sim";

impl DataDir {
    /// Makes the folder if need be, locks it, and empties it if `reset` is set.
    pub(crate) fn open(path: &Path, reset: bool) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable {
            path: path.to_owned(),
            source,
        };
        create(path).map_err(unusable)?;
        let path = path.canonicalize().map_err(unusable)?;
        if reset {
            // Before anything is put into a folder that is another's.
            check_ours(&path, unusable)?;
        }
        let lock = lock(&path.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        if reset {
            empty(&path).map_err(unusable)?;
        }
        for_the_owner_alone(&path);
        let held = Held {
            lock: path.join(LOCK),
            file: identity(&lock.metadata().map_err(unusable)?),
        };
        Ok(Self {
            path,
            held,
            _lock: lock,
        })
    }

    /// What tells later whether the folder is still there.
    pub(crate) fn held(&self) -> Held {
        self.held.clone()
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The table's file.
    pub(crate) fn dynamodb(&self) -> PathBuf {
        self.path.join(DYNAMODB)
    }

    /// The queues' file.
    pub(crate) fn sqs(&self) -> PathBuf {
        self.path.join(SQS)
    }

    /// The bucket's folder.
    pub(crate) fn s3(&self) -> PathBuf {
        self.path.join(S3)
    }

    /// The simulator's folder.
    pub(crate) fn simulator(&self) -> PathBuf {
        self.path.join(SIMULATOR)
    }
}

/// Makes the folder, for its owner alone: it holds what people write.
fn create(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.recursive(true).create(path)
}

/// Device and inode of a file.
fn identity(file: &fs::Metadata) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some((file.dev(), file.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}

/// Shuts others out of a folder that somebody else made. One that holds more than ours may be meant to be read.
fn for_the_owner_alone(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let open = fs::metadata(path).is_ok_and(|folder| folder.permissions().mode() & 0o077 != 0);
        if !open {
            return;
        }
        let shut = check_ours(path, |source| DataDirError::Unusable {
            path: path.to_owned(),
            source,
        })
        .is_ok()
            && fs::set_permissions(path, fs::Permissions::from_mode(0o700)).is_ok();
        if !shut {
            let folder = path.display();
            tracing::warn!(%folder, "others may read the data folder: it is not openwati's alone");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Says which file of a data folder cannot be opened, and what to do.
pub(crate) fn cannot_open(file: &Path) -> String {
    format!(
        "cannot open {} (put back a copy of the folder, or start anew with --reset, which empties it)",
        file.display()
    )
}

/// The file that stands for the folder. It is never removed: a lock on a file that is gone excludes nobody.
fn lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}

/// Whether a platform runs on a folder.
pub(crate) fn is_in_use(path: &Path) -> bool {
    let lock = OpenOptions::new().write(true).open(path.join(LOCK));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn is_ours(name: &str) -> bool {
    let fixed = [LOCK, SEED, READY, S3, SIMULATOR];
    let databases = [DYNAMODB, SQS].iter().any(|database| {
        let rest = name.strip_prefix(database);
        rest.is_some_and(|rest| matches!(rest, "" | "-wal" | "-shm" | "-journal"))
    });
    fixed.contains(&name) || databases || name.ends_with(".json.new")
}

fn check_ours(
    path: &Path,
    unusable: impl Fn(io::Error) -> DataDirError,
) -> Result<(), DataDirError> {
    for entry in fs::read_dir(path).map_err(&unusable)? {
        let name = entry.map_err(&unusable)?.file_name();
        let name = name.to_string_lossy();
        if !is_ours(&name) {
            return Err(DataDirError::NotOurs {
                folder: path.to_owned(),
                stranger: name.into_owned(),
            });
        }
    }
    Ok(())
}

fn empty(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        let removed = match entry.path().is_dir() {
            true => fs::remove_dir_all(entry.path()),
            false => fs::remove_file(entry.path()),
        };
        match removed {
            // SQLite removes files of its own when its last connection goes.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other?,
        }
    }
    Ok(())
}

/// Writes a file whole: whoever reads it sees the old one or the new one. Only the owner may read it.
pub(crate) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_while_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let first = DataDir::open(&path, false).unwrap();
        let second = DataDir::open(&path, true);
        assert!(matches!(second, Err(DataDirError::InUse(_))));
        assert!(is_in_use(&path));
        drop(first);
        assert!(!is_in_use(&path));
        DataDir::open(&path, false).unwrap();
    }

    #[test]
    fn a_reset_empties_what_is_ours_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for file in [SEED, "dynamodb.sqlite-wal", "sqs.sqlite"] {
            fs::write(path.join(file), "x").unwrap();
        }
        fs::create_dir_all(path.join("s3/bucket")).unwrap();
        drop(DataDir::open(path, true).unwrap());
        let left: Vec<_> = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, [LOCK]);

        fs::write(path.join("thesis.txt"), "x").unwrap();
        let refused = DataDir::open(path, true);
        assert!(
            matches!(refused, Err(DataDirError::NotOurs { stranger, .. }) if stranger == "thesis.txt")
        );
        assert!(path.join("thesis.txt").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_could_read_is_shut_if_it_is_ours_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let mode = || fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let open = || fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        open();
        drop(DataDir::open(path, false).unwrap());
        assert_eq!(mode(), 0o700);

        open();
        fs::write(path.join("thesis.txt"), "x").unwrap();
        drop(DataDir::open(path, false).unwrap());
        assert_eq!(mode(), 0o755);
    }

    #[test]
    fn a_folder_that_was_replaced_is_not_the_one_that_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let data = DataDir::open(&path, false).unwrap();
        assert!(data.held().is_there());
        fs::remove_dir_all(&path).unwrap();
        assert!(!data.held().is_there());
        let another = DataDir::open(&path, false).unwrap();
        assert!(another.held().is_there());
        assert!(cfg!(not(unix)) || !data.held().is_there());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_whole_is_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(SEED);
        write_whole(&file, "1").unwrap();
        write_whole(&file, "2").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "2");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
