//! The files of a message that were uploaded before.

use super::{
    error::GraphError,
    validate::{Carried, Source},
};
use crate::{media::rules::Use, simulator::Inner, time::now_ms};

/// Why the uploaded files of a message cannot be sent as what they are, if they cannot.
///
/// # Errors
/// When an id leads nowhere, or belongs to another number.
pub(super) async fn problem(
    inner: &Inner,
    phone_number_id: &str,
    files: &[Carried],
) -> Result<Option<String>, GraphError> {
    let mut problem = None;
    for file in files {
        let Source::Id(id) = &file.source else {
            continue;
        };
        let media = inner.reader.media(id.clone()).await?;
        let media = media
            .filter(|media| media.phone_number_id == phone_number_id && media.is_known(now_ms()));
        let media = media.ok_or_else(|| GraphError::unknown_object("get", id))?;
        if problem.is_none() {
            let found = Use::of(file).problem(&inner.files, &media).await;
            problem = found.map_err(|_| GraphError::messaging(131_000, None))?;
        }
    }
    Ok(problem)
}
