//! A change of the catalogue: decided, kept and told in one go.

use std::sync::Arc;

use super::{News, Template};
use crate::{
    simulator::Inner,
    store::{Lost, insert_callback, put_template},
};

/// What a change comes to.
pub(crate) struct Change<T> {
    pub(crate) answer: T,
    /// The templates as they are from now on.
    pub(crate) templates: Vec<Template>,
    /// What the platform is told.
    pub(crate) news: Vec<News>,
}

/// Decides on a change where no other can come between, and keeps it with its callbacks.
pub(crate) async fn change<T, E>(
    inner: &Arc<Inner>,
    decide: impl FnOnce(&Inner) -> Result<Change<T>, E> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Lost> + Send + 'static,
{
    let shared = Arc::clone(inner);
    // One thread writes, so that what was decided on still holds when it is written.
    let outcome = inner.writer.write(move |db| {
        let change = match decide(&shared) {
            Ok(change) => change,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let news = change.news.iter();
        let callbacks: Vec<_> = news.flat_map(|news| news.callbacks(&shared)).collect();
        for template in &change.templates {
            put_template(db, template)?;
        }
        for callback in &callbacks {
            insert_callback(db, callback)?;
        }
        for template in change.templates {
            shared.templates.put(template);
        }
        Ok(Ok((change.answer, callbacks)))
    });
    let (answer, callbacks) = outcome.await??;
    inner.deliverer.enqueue(callbacks);
    Ok(answer)
}
