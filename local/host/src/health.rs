//! Whether the platform can keep what it is told.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue;
use tokio::{sync::Mutex, time::Instant};

use crate::data_dir::Held;

/// For how long an answer of the table holds, so that whoever asks often does not make it write as often.
const FRESH: Duration = Duration::from_secs(3);

/// Looks at the table and at the data folder.
#[derive(Debug)]
pub(crate) struct Health {
    dynamodb: aws_sdk_dynamodb::Client,
    table: String,
    folder: Held,
    /// When the table was last written to, and whether that went well.
    last: Mutex<Option<(Instant, bool)>>,
}

impl Health {
    /// Looks at this table and this folder.
    pub(crate) fn new(dynamodb: aws_sdk_dynamodb::Client, table: String, folder: Held) -> Self {
        Self {
            dynamodb,
            table,
            folder,
            last: Mutex::new(None),
        }
    }

    /// Whether what is answered with 2xx is kept: the folder is still the one that was locked, and the table can be
    /// written to.
    pub(crate) async fn keeps(&self) -> bool {
        self.folder.is_there() && self.writes().await
    }

    async fn writes(&self) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, went_well)) = *last
            && at.elapsed() < FRESH
        {
            return went_well;
        }
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let seconds = since.unwrap_or_default().as_secs().to_string();
        let text = || AttributeValue::S("health".to_owned());
        // The same item again and again; its time, so that there is something to write.
        let put = self.dynamodb.put_item().table_name(&self.table);
        let put = put.item("pk", text()).item("sk", text());
        let put = put.item("at", AttributeValue::N(seconds)).send().await;
        if let Err(error) = &put {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "the table cannot be written to");
        }
        *last = Some((Instant::now(), put.is_ok()));
        put.is_ok()
    }
}
