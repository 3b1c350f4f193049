//! Schedules.

use std::time::Duration;

use serde_json::json;
use tokio::{sync::watch, time::timeout};

use crate::{aws::stopped, functions::Job};

/// A function that is called again and again.
pub(crate) struct ScheduleTrigger {
    /// The function's package.
    pub(crate) function: String,
    /// From one call to the next.
    pub(crate) period: Duration,
    /// After this time a call is ended.
    pub(crate) timeout: Duration,
    /// What is called.
    pub(crate) job: Job,
}

impl ScheduleTrigger {
    /// Calls the function until `stop` turns true: now, because whatever a crash left is due, and then once a period. A
    /// call that takes longer than a period delays the next.
    pub(crate) async fn run(self, stop: watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(self.period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut stop = std::pin::pin!(stopped(stop));
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                _ = ticks.tick() => self.call().await,
            }
        }
    }

    async fn call(&self) {
        let function = &self.function;
        let event = json!({
            "version": "0",
            "id": format!("{:032x}", rand::random::<u128>()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": "us-east-1",
            "resources": [],
            "detail": {}
        });
        // A task of its own, so that its panic is its own.
        let call = tokio::spawn(timeout(self.timeout, (self.job)(event)));
        match call.await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::error!(%function, %error, "a scheduled function failed"),
            Ok(Err(_elapsed)) => {
                tracing::error!(%function, "a scheduled function ran into its time-out and was ended");
            }
            Err(_panicked) => tracing::error!(%function, "a scheduled function panicked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_schedule_outlives_panics_and_timeouts_and_never_overlaps_itself() {
        let (stop, stopping) = watch::channel(false);
        let calls = Arc::new(AtomicUsize::new(0));
        let running = Arc::new(AtomicUsize::new(0));
        let job: Job = {
            let (calls, running) = (Arc::clone(&calls), Arc::clone(&running));
            Arc::new(move |event| {
                let (calls, running) = (Arc::clone(&calls), Arc::clone(&running));
                Box::pin(async move {
                    assert_eq!(event["detail-type"], "Scheduled Event");
                    match calls.fetch_add(1, Ordering::SeqCst) {
                        0 => panic!("on purpose"),
                        1 => std::future::pending::<()>().await,
                        _ => {}
                    }
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::time::sleep(Duration::from_secs(90)).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                })
            })
        };
        let trigger = ScheduleTrigger {
            function: "timers".to_owned(),
            period: Duration::from_secs(60),
            timeout: Duration::from_secs(100),
            job,
        };
        let run = tokio::spawn(trigger.run(stopping));
        tokio::time::sleep(Duration::from_secs(600)).await;
        stop.send_replace(true);
        run.await.unwrap();
        let calls = calls.load(Ordering::SeqCst);
        assert!((5..=8).contains(&calls), "{calls}");
    }
}
