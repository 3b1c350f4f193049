//! What WhatsApp's callbacks report of a message.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::ReturnValue;
use openwati_core::crash_point;
use openwati_core::id::Id;
use openwati_core::state::{MessageState, Reported};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;

use super::outcome::{error_value, wamid_item};
use super::{MessageError, MessageRecord};
use crate::error::StoreError;
use crate::item::{Item, at, read, s};
use crate::keys::Key;
use crate::store::{Store, Update, Updated};

/// Longer than any wamid, and short enough for a key.
pub(super) const LONGEST_WAMID: usize = 1024;

/// One stage that WhatsApp reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The stage.
    pub stage: Reported,
    /// When it was reached, by WhatsApp's clock.
    pub at: Moment,
    /// Why it failed.
    pub error: Option<MessageError>,
}

/// What became of reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reporting {
    /// They are recorded.
    Recorded(Recorded),
    /// There is no such message: none with this id, or WhatsApp knows the one with it by another id than it reports.
    Missing,
}

/// What reports changed of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its state before.
    pub before: MessageState,
    /// Its state after; the same where they were known or late.
    pub after: MessageState,
    /// The stages whose report that holds is one of these, in their order, each with when it was reached; late ones too, but
    /// no failure of what was delivered. The same reports given again name the same: whoever gave them first may have died,
    /// or not have heard that they were recorded.
    pub held: Vec<(Reported, Moment)>,
    /// The channel it went over.
    pub channel: Id,
    /// Whom it went to.
    pub peer: String,
}

impl Store {
    /// Records what WhatsApp reports of a message, whatever is known of it already. The first report of a stage holds.
    /// A message whose wamid is another one is left alone: whoever else sends by the same number may have given its own
    /// message our id.
    ///
    /// # Errors
    /// If the store did not answer. The same reports may be given again.
    pub async fn report_message(
        &self,
        tenant: &TenantId,
        id: Id,
        wamid: &str,
        reports: &[Report],
    ) -> Result<Reporting, StoreError> {
        let operation = "recording a status";
        let known = update(tenant, id, wamid, reports, "wamid = :wamid")?;
        match self.update(operation, known).await? {
            Updated::Done(old) => return recorded(operation, old, reports),
            Updated::Refused(Some(open)) if !open.contains_key("wamid") => {}
            Updated::Refused(_) => return Ok(Reporting::Missing),
        }
        // A message whose outcome was unknown has no wamid yet. Its look-up item is written before the wamid itself,
        // so that a death in between is mended when the status comes again.
        let put = self.client.put_item().table_name(&*self.table);
        put.set_item(Some(wamid_item(tenant, wamid, id)))
            .send()
            .await
            .map_err(StoreError::sdk(operation))?;
        crash_point!("statuses.wamid_found");
        let free = "attribute_exists(pk) AND (attribute_not_exists(wamid) OR wamid = :wamid)";
        let first = update(tenant, id, wamid, reports, free)?;
        match self.update(operation, first).await? {
            Updated::Done(old) => recorded(operation, old, reports),
            Updated::Refused(_) => Ok(Reporting::Missing),
        }
    }
}

fn update(
    tenant: &TenantId,
    id: Id,
    wamid: &str,
    reports: &[Report],
    condition: &str,
) -> Result<Update, StoreError> {
    let mut sets = vec!["wamid = :wamid".to_owned()];
    let mut confirm = false;
    let mut update = Update::new(Key::message(tenant, id), "").value(":wamid", s(wamid));
    for report in reports {
        if report.stage == Reported::Sent {
            // The sender knew that WhatsApp took it; here WhatsApp says so.
            confirm = true;
        }
        let (name, value) = match report.stage {
            Reported::Sent => ("sent_at", ":sent"),
            Reported::Failed => ("failed_at", ":failed"),
            Reported::Delivered => ("delivered_at", ":delivered"),
            Reported::Read => ("read_at", ":read"),
        };
        if update.values.contains_key(value) {
            continue;
        }
        sets.push(format!("{name} = if_not_exists({name}, {value})"));
        update = update.value(value, at(report.at));
        // An expression may set an attribute once, and only a failure has a reason that is shown.
        if let Some(error) = &report.error
            && report.stage == Reported::Failed
        {
            sets.push("#error = if_not_exists(#error, :error)".to_owned());
            let error = error_value("recording a status", error)?;
            update = update.name("#error", "error").value(":error", error);
        }
    }
    if confirm {
        sets.push("confirmed_at = if_not_exists(confirmed_at, :sent)".to_owned());
    }
    update.expression = format!(
        "SET {} REMOVE due_shard, due_at, lease_until",
        sets.join(", ")
    );
    Ok(update.condition(condition).returns(ReturnValue::AllOld))
}

fn recorded(
    operation: &'static str,
    old: Item,
    reports: &[Report],
) -> Result<Reporting, StoreError> {
    let old: MessageRecord = read(operation, old)?;
    let mut stages = old.stages();
    let before = stages.state();
    let mut held = BTreeMap::new();
    for report in reports {
        // What was delivered has not failed, whatever is said later.
        let undone = report.stage == Reported::Failed && before > MessageState::Failed;
        let holds = old.reported_at(report.stage);
        if !undone && holds.is_none_or(|at| at == report.at) {
            held.entry(report.stage).or_insert(report.at);
        }
        stages.record(report.stage, report.at);
    }
    Ok(Reporting::Recorded(Recorded {
        before,
        after: stages.state(),
        held: held.into_iter().collect(),
        channel: old.channel,
        peer: old.peer,
    }))
}
