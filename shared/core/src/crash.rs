//! Points between two effects at which a test ends the process.
//!
//! With the feature `crash-points`, a program that called `arm_from_environment` aborts when it gets to the point
//! that [`VARIABLE`] names. Without the feature [`crash_point!`](crate::crash_point) is nothing, so that what is
//! deployed has no such points.

/// The environment variable that names the point to abort at.
pub const VARIABLE: &str = "OPENWATI_CRASH_AT";

/// The points between the effects of a send, a callback and a batch of statuses, named
/// `<function>.<what was just done>`. A test kills the process at each in turn.
pub const POINTS: &[&str] = &[
    "send.authenticated",
    "send.key_taken_over",
    "send.key_claimed",
    "send.place_returned",
    "send.message_withdrawn",
    "send.given_back",
    "send.key_released",
    "send.message_claimed",
    "send.provider_answered",
    "send.outcome_recorded",
    "send-media.brought",
    "send-media.uploaded",
    "send-media.place_reserved",
    "send-media.accepted",
    "send-media.enqueued",
    "cloud-api-webhook.verified",
    "cloud-api-webhook.spilled",
    "cloud-api-webhook.partly_enqueued",
    "cloud-api-webhook.enqueued",
    "inbound.received",
    "inbound.contact_made",
    "inbound.contact_united",
    "inbound.contact_renamed",
    "inbound.stored",
    "inbound.amended",
    "inbound.consent_kept",
    "inbound.away_noted",
    "inbound.answer_counted",
    "inbound.answer_written_down",
    "inbound.answer_enqueued",
    "inbound.answered",
    "inbound.told",
    "statuses.received",
    "statuses.wamid_found",
    "statuses.partly_recorded",
    "statuses.recorded",
    "statuses.told",
    "statuses.requeued",
    "timers.message_settled",
    "timers.outbox_enqueued",
    "timers.deliveries_enqueued",
    "timers.deliveries_forgotten",
    "timers.dead_letters_settled",
    "webhook-delivery.received",
    "webhook-delivery.probe_claimed",
    "webhook-delivery.posted",
    "webhook-delivery.logged",
    "webhook-delivery.recorded",
    "webhook-delivery.requeued",
    "webhook-delivery.failure_noted",
    "webhook-delivery.endpoint_disabled",
    "webhook-delivery.notice_enqueued",
    "webhook-delivery.page_restarted",
    "media-download.received",
    "media-download.partly_stored",
    "media-download.stored",
    "media-download.recorded",
    "media-download.told",
    "media-download.told_early",
    "media-download.requeued",
    "automation-step.received",
    "automation-step.put_off",
    "automation-step.sent",
    "automation-step.logged",
    "automation-step.enqueued",
    "automation-step.ended",
    "media-send.received",
    "media-send.brought",
    "media-send.recorded",
    "media-send.uploaded",
    "media-send.claimed",
    "media-send.handed_over",
    "media-send.settled",
    "media-send.put_back",
    "media-send.requeued",
    "media-send.given_up",
    "media-send.place_returned",
    "media-send.told",
    "smart-reply.received",
    "smart-reply.begun",
    "smart-reply.place_reserved",
    "smart-reply.answered",
    "smart-reply.counted",
    "smart-reply.sent",
    "smart-reply.settled",
    "smart-reply.place_returned",
    "templates.claimed",
    "templates.made",
    "templates.edited",
    "templates.deleted",
    "templates.begun",
    "templates.page_kept",
    "templates.page_saved",
    "templates.removed",
    "templates.ended",
    "timers.templates_enqueued",
    "channels.kept",
    "channels.subscribed",
    "team.invited",
    "imports.begun",
    "imports.first_enqueued",
    "imports.received",
    "imports.rows_saved",
    "imports.rejected_written",
    "imports.part_written",
    "imports.joined",
    "imports.saved",
    "imports.enqueued",
    "data.begun",
    "data.first_enqueued",
    "data.retention_begun",
    "data.received",
    "data.hanging_erased",
    "data.messages_erased",
    "data.page_erased",
    "data.keys_dead",
    "data.contact_erased",
    "data.objects_erased",
    "data.tenant_unlisted",
    "data.tombstone_kept",
    "data.secret_resealed",
    "data.part_written",
    "data.worked",
    "data.saved",
    "data.enqueued",
];

/// Marks a point between two effects. The name must stand in [`POINTS`](crate::crash::POINTS), or it does not compile.
#[macro_export]
macro_rules! crash_point {
    ($name:literal) => {
        const { assert!($crate::crash::is_point($name), "the point is not in POINTS") }
        $crate::crash::reached($name);
    };
}

/// Whether `name` is one of [`POINTS`].
pub const fn is_point(name: &str) -> bool {
    let mut at = 0;
    while at < POINTS.len() {
        if same(POINTS[at].as_bytes(), name.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(feature = "crash-points")]
static ARMED: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// From now on this process aborts at the point that [`VARIABLE`] names. Only the tests' own program calls it.
///
/// # Errors
/// If the variable names no point.
#[cfg(feature = "crash-points")]
pub fn arm_from_environment() -> Result<(), String> {
    let Ok(name) = std::env::var(VARIABLE) else {
        return Ok(());
    };
    if !is_point(&name) {
        return Err(format!("{VARIABLE} names no crash point: {name:?}"));
    }
    let _ = ARMED.set(name);
    Ok(())
}

/// The process got to the point `name`.
#[cfg(feature = "crash-points")]
pub fn reached(name: &str) {
    if ARMED.get().is_some_and(|armed| armed == name) {
        eprintln!("crash point {name} reached");
        std::process::abort();
    }
}

/// The process got to the point `name`.
#[cfg(not(feature = "crash-points"))]
#[inline(always)]
pub const fn reached(_name: &str) {}
