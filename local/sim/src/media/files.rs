//! The files in the data folder, named by their ids.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::new_id;
use crate::http::Bad;

/// The largest file that is taken: twice what Meta hands on, so that a file can be too large.
pub(crate) const FILE_LIMIT: usize = 200 << 20;

/// The folder of files.
#[derive(Clone, Debug)]
pub(crate) struct Files(PathBuf);

/// A file that has come whole. It goes again unless it is kept.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
    path: PathBuf,
    kept: bool,
}

/// Why a file is not here whole.
#[derive(Debug)]
pub(crate) enum Unstored<E> {
    /// It has more bytes than are taken.
    TooLarge,
    /// It ended before its end.
    CutOff(E),
    /// The folder cannot be written to.
    Unusable,
}

impl<E> From<Unstored<E>> for Bad {
    fn from(unstored: Unstored<E>) -> Self {
        match unstored {
            Unstored::TooLarge => Self::field("file", "is larger than 200 MiB"),
            Unstored::CutOff(_) => Self::field("file", "is too large or was cut off"),
            Unstored::Unusable => Self("the file could not be written".into()),
        }
    }
}

impl Stored {
    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file where it is.
    pub(crate) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if !self.kept {
            // What stays is removed at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Files {
    /// Opens the folder below `data_dir` and removes every file whose id is not in `known`: what
    /// came without its message, and what is over.
    pub(crate) fn open(data_dir: &Path, known: &HashSet<String>) -> io::Result<Self> {
        let folder = data_dir.join("media");
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| known.contains(name)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self(folder))
    }

    /// Where the file of an id is.
    pub(crate) fn path(&self, id: &str) -> PathBuf {
        self.0.join(id)
    }

    /// Writes a file as it comes, under a new id.
    pub(crate) async fn store<E>(
        &self,
        chunks: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, Unstored<E>> {
        self.store_up_to(FILE_LIMIT as u64, chunks).await
    }

    /// The same for a file of at most `limit` bytes; what is beyond is not read.
    pub(crate) async fn store_up_to<E>(
        &self,
        limit: u64,
        chunks: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Stored, Unstored<E>> {
        let unusable = |error: io::Error| {
            tracing::error!(%error, "a file could not be written");
            Unstored::Unusable
        };
        let id = new_id();
        let path = self.path(&id);
        let mut file = tokio::fs::File::create_new(&path).await.map_err(unusable)?;
        let mut stored = Stored {
            id,
            sha256: [0; 32],
            size: 0,
            path,
            kept: false,
        };
        let mut hash = Sha256::new();
        let mut chunks = std::pin::pin!(chunks);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(Unstored::CutOff)?;
            stored.size += chunk.len() as u64;
            if stored.size > limit {
                return Err(Unstored::TooLarge);
            }
            hash.update(&chunk);
            file.write_all(&chunk).await.map_err(unusable)?;
        }
        file.flush().await.map_err(unusable)?;
        stored.sha256 = hash.finalize().into();
        Ok(stored)
    }
}
