//! A slow or dead endpoint delays nobody else.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use openwati_core::{event::EventType, id::Id, tenant::TenantId, time::Clock};
use openwati_services::events::{DeliveryJob, FirstTry, delivery_id};
use openwati_store::{
    Queues,
    delivery::EventBody,
    queues::{Job, QueueName},
};
use openwati_tests::{Needs, Receiver, Reply, Running, Webhook, lacks};
use tokio::{net::TcpListener, time::Instant};

/// Events that wait for an endpoint that is dead.
const WAITING: usize = 10_000;

/// How long nobody else's event may wait.
const LONGEST: Duration = Duration::from_secs(2);

/// Puts events for an endpoint on the queue, as they come from messages: in four lanes.
async fn wait_for(platform: &Running, tenant: &TenantId, webhook: &Webhook, count: usize) {
    let url = &platform.ready().aws.queues["webhook-delivery.fifo"];
    let urls = [(QueueName::WebhookDelivery, url.clone())].into();
    let queues = Queues::new(platform.aws().sqs, urls);
    let endpoint: Id = webhook.id.parse().unwrap();
    let now = Clock::system().now();
    let job = |number: usize| {
        let event = Id::derived(now, &[&number.to_string()]);
        let delivery = delivery_id(endpoint, now, event);
        let first = DeliveryJob::First(FirstTry {
            tenant: tenant.clone(),
            endpoint,
            delivery,
            event,
            kind: EventType::MessageStatus,
            body: EventBody::Text(format!(r#"{{"number":{number}}}"#)),
        });
        Job {
            body: serde_json::to_string(&first).unwrap(),
            group: Some(format!("{endpoint}-{}", number % 4)),
            deduplication: Some(delivery.hex()),
            delay_seconds: 0,
        }
    };
    let jobs: Vec<Vec<Job>> = (0..count)
        .map(job)
        .collect::<Vec<_>>()
        .chunks(10)
        .map(<[Job]>::to_vec)
        .collect();
    stream::iter(jobs)
        .map(|jobs| queues.send(QueueName::WebhookDelivery, jobs))
        .buffer_unordered(8)
        .for_each(async |sent| sent.unwrap())
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_events_for_a_dead_endpoint_delay_nobody_else() {
    let why = "how fast other services are is not this platform's";
    if lacks(Needs::OwnPlatform) || lacks(Needs::Embedded(why)) {
        return;
    }
    let platform = Running::start(|_| ()).await;
    let (dead, living) = (
        platform.tenant().make().await,
        platform.tenant().make().await,
    );
    // One takes connections and never answers, the other one takes none.
    let silent = Receiver::start().await;
    silent.always(Reply::Never);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let receiver = Receiver::start().await;
    let silent = dead.client.webhook(silent.url(), &[]).await;
    let refusing = dead.client.webhook(&refusing, &[]).await;
    let neighbour = dead
        .client
        .webhook(receiver.url(), &["endpoint.disabled"])
        .await;
    let stranger = living
        .client
        .webhook(receiver.url(), &["endpoint.disabled"])
        .await;

    // Some before, so that no one first request counts.
    for webhook in [&neighbour, &stranger] {
        webhook.test().await;
    }
    receiver.gets(2).await;
    let enqueue = async {
        wait_for(&platform, &dead.id, &silent, WAITING / 2).await;
        wait_for(&platform, &dead.id, &refusing, WAITING / 2).await;
    };
    let watch = async {
        let mut longest = Duration::ZERO;
        let began = Instant::now();
        let mut came = 2;
        // Longer than an endpoint that never answers is waited for.
        while began.elapsed() < Duration::from_secs(15) {
            for webhook in [&neighbour, &stranger] {
                let asked = Instant::now();
                webhook.test().await;
                came += 1;
                let events = receiver.gets(came).await;
                longest = longest.max(events[came - 1].at - asked);
            }
        }
        (longest, came)
    };
    let ((), (longest, came)) = tokio::join!(enqueue, watch);
    println!("{came} events, the slowest after {longest:?}");
    assert!(longest <= LONGEST, "an event waited for {longest:?}");
    assert!(!silent.now().await["failingSince"].is_null());
    assert!(!refusing.now().await["failingSince"].is_null());
    platform.stop().await;
}

#[tokio::test]
async fn who_is_in_a_batch_with_a_slow_endpoint_is_let_go() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.always(Reply::Late(Duration::from_secs(8)));
    let slow = tenant.client.webhook(slow.url(), &[]).await;
    let quick_one = tenant.client.webhook(quick.url(), &[]).await;
    let began = Instant::now();
    let mut late = Vec::new();
    for number in 1..=4 {
        late.push(slow.test().await);
        quick_one.test().await;
        quick.gets(number).await;
    }
    assert!(began.elapsed() < Duration::from_secs(8));
    for delivery in late {
        slow.reaches(&delivery, "delivered").await;
    }
}
