//! Resumable uploads of samples for templates' headers (Meta, "Resumable Upload API"): their sessions, in
//! memory alone, and their files, which the catalogue shows.

mod handle;
mod sample;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(crate) use handle::{handle, mime_of, shown};
pub(crate) use sample::show;

use crate::{media::Stored, templates::Template, time::now_ms};

/// The largest sample in bytes, which is the largest document (Meta, "Media").
pub(crate) const LARGEST: u64 = 100 << 20;

/// How long a session and a handle are good for.
const LIVES_MS: i64 = 24 * 60 * 60 * 1000;
const LIVES: Duration = Duration::from_hours(24);

/// Types that a sample may have, and how the names of its files end (Meta, "Resumable Upload API").
pub(crate) const TYPES: [(&str, &str); 5] = [
    ("application/pdf", "pdf"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/png", "png"),
    ("video/mp4", "mp4"),
];

/// An upload that was begun.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The name of its file.
    key: String,
    pub(crate) app_id: String,
    pub(crate) mime: String,
    pub(crate) length: u64,
    /// How much has come.
    pub(crate) offset: u64,
    created_ms: i64,
}

/// The sessions by id, and the folder of their files.
#[derive(Debug)]
pub(crate) struct Uploads {
    sessions: Mutex<HashMap<String, Session>>,
    folder: PathBuf,
}

impl Uploads {
    /// Opens the folder below `data_dir`, and removes what no template shows any more.
    pub(crate) fn open(data_dir: &Path, templates: &[Template]) -> io::Result<Self> {
        let folder = data_dir.join("samples");
        fs::create_dir_all(&folder)?;
        let shown: Vec<String> = templates
            .iter()
            .filter(|template| !template.is_deleted())
            .flat_map(|template| handle::keys(&template.components))
            .collect();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str();
            // The handle of a young one may still come.
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            let is_shown = name.is_some_and(|name| shown.iter().any(|key| key == name));
            if !is_shown && age > LIVES {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self {
            sessions: Mutex::default(),
            folder,
        })
    }

    /// Begins an upload and answers its id, to which Meta adds a signature as a query.
    pub(crate) fn begin(&self, app_id: &str, mime: &str, length: u64) -> String {
        let now_ms = now_ms();
        let key = hex::encode(rand::random::<[u8; 16]>());
        let id = format!("upload:{}", URL_SAFE_NO_PAD.encode(&key));
        let session = Session {
            key,
            app_id: app_id.to_owned(),
            mime: mime.to_owned(),
            length,
            offset: 0,
            created_ms: now_ms,
        };
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| now_ms < session.created_ms + LIVES_MS);
        sessions.insert(id.clone(), session);
        let signature = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>());
        format!("{id}?sig=AR{signature}")
    }

    /// An upload of an app that goes on.
    pub(crate) fn get(&self, id: &str, app_id: &str) -> Option<Session> {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(id)?;
        let lives = now_ms() < session.created_ms + LIVES_MS;
        (lives && session.app_id == app_id).then(|| session.clone())
    }

    /// Adds what came to the file, and notes how much it is now.
    pub(crate) async fn append(
        &self,
        id: &str,
        session: &Session,
        came: &Stored,
    ) -> io::Result<()> {
        let path = self.folder.join(&session.key);
        let mut file = tokio::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .await?;
        // What an earlier try left, whose end nobody noted, is written anew.
        file.set_len(session.offset).await?;
        let mut came_file = tokio::fs::File::open(came.path()).await?;
        tokio::io::copy(&mut came_file, &mut file).await?;
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = sessions.get_mut(id) {
            session.offset += came.size;
        }
        Ok(())
    }

    /// Where the file of a key is.
    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(key)
    }
}
