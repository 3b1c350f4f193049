//! Every minute: brings up what is due, and settles what nobody did.

use lambda_runtime::Error;
use openwati_services::timers::{self, Report};
use openwati_web::App;
use serde_json::Value;

/// Does what is due. The event tells nothing that matters.
///
/// # Errors
/// If something could not be done; the next minute tries again.
pub async fn handle(app: &App, _event: Value) -> Result<(), Error> {
    let report = timers::run(app.platform()).await?;
    if report == Report::default() {
        tracing::debug!("nothing was due");
    } else {
        tracing::info!(?report, "did what was due");
    }
    match report.failed {
        0 => Ok(()),
        // So that the alarm sees it.
        failed => Err(format!("{failed} things that are due could not be done").into()),
    }
}
