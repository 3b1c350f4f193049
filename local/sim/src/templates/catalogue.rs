//! The templates of all accounts, in memory; the database has them too.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::{Template, seeds};
use crate::{
    store::{Writer, put_template},
    time::now_ms,
};

/// By account, the oldest first; deleted ones are among them.
#[derive(Debug, Default)]
pub(crate) struct Catalogue(RwLock<HashMap<String, Vec<Arc<Template>>>>);

impl Catalogue {
    pub(crate) fn new(kept: Vec<Template>) -> Self {
        let catalogue = Self::default();
        for template in kept {
            catalogue.put(template);
        }
        catalogue
    }

    /// Gives an account that has never had a template those that every new one has.
    pub(crate) fn seed(&self, waba_id: &str, writer: &Writer) {
        if self.read().contains_key(waba_id) {
            return;
        }
        let mut all = self.write();
        // Somebody else may have done it meanwhile.
        if all.contains_key(waba_id) {
            return;
        }
        let seeds = seeds::of(waba_id, now_ms());
        let kept = seeds.clone();
        writer.write_later(move |db| {
            kept.iter()
                .try_for_each(|template| put_template(db, template))
        });
        all.insert(
            waba_id.to_owned(),
            seeds.into_iter().map(Arc::new).collect(),
        );
    }

    /// Adds a template, or replaces the one with its id.
    pub(crate) fn put(&self, template: Template) {
        let mut all = self.write();
        let list = all.entry(template.waba_id.clone()).or_default();
        let template = Arc::new(template);
        match list.iter_mut().find(|known| known.id == template.id) {
            Some(known) => *known = template,
            None => list.push(template),
        }
    }

    /// All of an account, deleted ones too, the oldest first.
    pub(crate) fn of(&self, waba_id: &str) -> Vec<Arc<Template>> {
        self.read().get(waba_id).cloned().unwrap_or_default()
    }

    /// The one with an id, unless it was deleted.
    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Template>> {
        let all = self.read();
        let mut templates = all.values().flatten();
        templates
            .find(|template| template.id == id && !template.is_deleted())
            .cloned()
    }

    /// The languages of a name, without deleted ones.
    pub(crate) fn named(&self, waba_id: &str, name: &str) -> Vec<Arc<Template>> {
        let all = self.read();
        let templates = all.get(waba_id).into_iter().flatten();
        templates
            .filter(|template| template.name == name && !template.is_deleted())
            .cloned()
            .collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Vec<Arc<Template>>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Vec<Arc<Template>>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
