//! Templates: messages that Meta approved beforehand, each in one language, as the account has them.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use openwati_core::id::Id;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::item::{Item, n, read, s, text, write};
use crate::keys::place::template_partition;
use crate::keys::{Key, names};
use crate::store::{CONDITION_FAILED, Store};

/// A template in one language, with what Meta told of it and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRecord {
    /// Its name.
    pub name: String,
    /// Its language, like `en_US`.
    pub language: String,
    /// Meta's id of the WhatsApp Business Account.
    pub waba_id: String,
    /// Meta's id of it; none while it is being made and Meta has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// `AUTHENTICATION`, `MARKETING` or `UTILITY`.
    pub category: String,
    /// How its review stands, in Meta's word: `APPROVED`, `PENDING`, `REJECTED`, `PAUSED`, ….
    pub status: String,
    /// Why, in Meta's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What customers think of it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// What else Meta told, as JSON: components, the format of parameters, ….
    pub told: String,
    /// What Meta told is known to be out of date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
    /// When the status was told.
    pub status_at: Moment,
    /// When the category was told.
    pub category_at: Moment,
    /// When the quality was told.
    pub quality_at: Moment,
    /// The creation that made it here, until it is done for a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Id>,
    /// When it was written last.
    pub written_at: Moment,
    /// How often it was written.
    pub version: u32,
}

impl TemplateRecord {
    /// Its place among the tenant's templates, which lists go on after.
    pub fn place(&self) -> String {
        format!("{}#{}#{}", self.name, self.language, self.waba_id)
    }
}

/// A page of templates.
#[derive(Debug, Default)]
pub struct TemplatePage {
    /// By name, language and account.
    pub templates: Vec<TemplateRecord>,
    /// The place of the last one that was looked at, where more follow.
    pub next: Option<String>,
}

impl Store {
    /// Keeps a template, new or in place of what was read of it: its version says which, and is counted up. Says whether
    /// it is kept: not if there is one already, or another version.
    ///
    /// # Errors
    /// If the store did not answer; it may be kept then.
    pub async fn put_template(
        &self,
        tenant: &TenantId,
        record: &mut TemplateRecord,
    ) -> Result<bool, StoreError> {
        let operation = "keeping a template";
        let before = record.version;
        record.version += 1;
        let mut item = write(operation, record)?;
        item.extend(template_key(tenant, record).map());
        let put = self.client.put_item().table_name(&*self.table);
        let put = put.set_item(Some(item));
        let put = match before {
            0 => put.condition_expression("attribute_not_exists(pk)"),
            before => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", n(before)),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some(CONDITION_FAILED) => {
                // Our own, kept by a try whose answer was lost?
                let kept = self.template(tenant, &record.name, &record.language, &record.waba_id);
                Ok(kept.await?.as_ref() == Some(record))
            }
            Err(error) => Err(StoreError::sdk(operation)(error)),
        }
    }

    /// Removes a template, unless it has changed since it was read. Says whether it is gone.
    ///
    /// # Errors
    /// If the store did not answer; it may be gone then.
    pub async fn remove_template(
        &self,
        tenant: &TenantId,
        record: &TemplateRecord,
    ) -> Result<bool, StoreError> {
        let values = HashMap::from([(":version".to_owned(), n(record.version))]);
        let condition = "attribute_not_exists(pk) OR version = :version";
        let key = template_key(tenant, record);
        self.delete("removing a template", &key, condition, values)
            .await
    }

    /// One template.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn template(
        &self,
        tenant: &TenantId,
        name: &str,
        language: &str,
        waba_id: &str,
    ) -> Result<Option<TemplateRecord>, StoreError> {
        let operation = "reading a template";
        let key = Key::template(tenant, name, language, waba_id);
        let item = self.get(operation, &key).await?;
        item.map(|item| read(operation, item)).transpose()
    }

    /// The templates of one name: in every language, of every account.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn templates_named(
        &self,
        tenant: &TenantId,
        name: &str,
    ) -> Result<Vec<TemplateRecord>, StoreError> {
        let chosen = Chosen::Named(name);
        self.every_template(tenant, &chosen).await
    }

    /// The templates of one account of the tenant's, or of all.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn all_templates(
        &self,
        tenant: &TenantId,
        waba_id: Option<&str>,
    ) -> Result<Vec<TemplateRecord>, StoreError> {
        let mut templates = self.every_template(tenant, &Chosen::All).await?;
        templates.retain(|template| waba_id.is_none_or(|waba_id| template.waba_id == waba_id));
        Ok(templates)
    }

    /// The template that has this id of Meta's. It is looked for among all of the tenant's: ids are asked for by people.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn template_of_id(
        &self,
        tenant: &TenantId,
        id: &str,
    ) -> Result<Option<TemplateRecord>, StoreError> {
        let found = self.every_template(tenant, &Chosen::OfId(id)).await?;
        Ok(found.into_iter().next())
    }

    /// Up to `limit` templates that come after a place.
    ///
    /// # Errors
    /// If the store did not answer.
    pub async fn template_page(
        &self,
        tenant: &TenantId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<TemplatePage, StoreError> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        self.some_templates(tenant, &Chosen::All, after, Some(limit))
            .await
    }

    async fn every_template(
        &self,
        tenant: &TenantId,
        chosen: &Chosen<'_>,
    ) -> Result<Vec<TemplateRecord>, StoreError> {
        let mut templates = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.some_templates(tenant, chosen, after.as_deref(), None);
            let page = page.await?;
            templates.extend(page.templates);
            after = page.next;
            if after.is_none() {
                return Ok(templates);
            }
        }
    }

    async fn some_templates(
        &self,
        tenant: &TenantId,
        chosen: &Chosen<'_>,
        after: Option<&str>,
        limit: Option<i32>,
    ) -> Result<TemplatePage, StoreError> {
        let operation = "reading templates";
        let partition = template_partition(tenant);
        let start = after.map(|after| {
            let key = [(names::PK, s(&partition)), (names::SK, s(after))];
            key.map(|(name, value)| (name.to_owned(), value)).into()
        });
        let mut query = self
            .client
            .query()
            .table_name(&*self.table)
            .expression_attribute_values(":pk", s(&partition))
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .set_limit(limit);
        query = match chosen {
            Chosen::All => query.key_condition_expression("pk = :pk"),
            Chosen::Named(name) => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :name)")
                .expression_attribute_values(":name", s(format!("{name}#"))),
            Chosen::OfId(id) => query
                .key_condition_expression("pk = :pk")
                .filter_expression("template_id = :id")
                .expression_attribute_values(":id", s(*id)),
        };
        let page = query.send().await.map_err(StoreError::sdk(operation))?;
        let last: Option<Item> = page.last_evaluated_key;
        let next = last.and_then(|key| text(&key, names::SK).map(ToOwned::to_owned));
        let items = page.items.unwrap_or_default().into_iter();
        let templates = items.map(|item| read(operation, item));
        Ok(TemplatePage {
            templates: templates.collect::<Result<_, _>>()?,
            next,
        })
    }
}

/// Which of a tenant's templates are read.
enum Chosen<'a> {
    All,
    Named(&'a str),
    OfId(&'a str),
}

fn template_key(tenant: &TenantId, record: &TemplateRecord) -> Key {
    Key::template(tenant, &record.name, &record.language, &record.waba_id)
}
