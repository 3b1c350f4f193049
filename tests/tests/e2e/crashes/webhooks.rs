//! The process dies while it delivers events, or while it looks after what is due: every event arrives.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_core::{event::EventType, id::Id, time::Clock};
use openwati_services::events::{DeliveryJob, FirstTry, delivery_id};
use openwati_store::delivery::EventBody;
use openwati_tests::{
    Needs, Process, Program, Receiver, Reply, Webhook, eventually, lacks, someone,
};
use serde_json::{Value, json};

use super::{AT_A_TIME, armed, dies, program};

/// An outbox item is swept after a minute, which no speed makes shorter.
const LATER: Duration = Duration::from_secs(150);

/// An endpoint, and a process that is to die at a point.
struct Scene {
    program: Program,
    point: &'static str,
    receiver: Receiver,
    webhook: Webhook,
}

impl Scene {
    /// A scene whose process is to die.
    async fn armed(
        point: &'static str,
        replies: impl IntoIterator<Item = Reply>,
    ) -> (Self, Process) {
        let program = program();
        let process = armed(&program, point).await;
        let receiver = Receiver::start().await;
        receiver.answers(replies);
        let webhook = process.client().webhook(receiver.url(), &[]).await;
        let scene = Self {
            program,
            point,
            receiver,
            webhook,
        };
        (scene, process)
    }

    /// The process dies, and another one takes up its folder.
    async fn after(&mut self, process: Process) -> Process {
        dies(process, self.point).await;
        let process = self.program.start().await;
        self.webhook = self.webhook.by(&process.client());
        process
    }

    /// The delivery arrives, under one id however often it comes.
    async fn arrives(&self, delivery: &str) -> Value {
        let delivered = eventually(self.point, LATER, || async {
            let delivery = self.webhook.delivery(delivery).await;
            (delivery["state"] == "delivered").then_some(delivery)
        })
        .await;
        let id = delivered["eventId"].as_str().unwrap();
        let events = self.receiver.events();
        let came = events
            .iter()
            .filter(|event| event.header("webhook-id") == id);
        assert!(came.count() > 0, "{}", self.point);
        delivered
    }
}

fn no() -> Reply {
    Reply::Status(500)
}

#[tokio::test]
async fn an_event_that_was_being_delivered_arrives() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let first = [
        "webhook-delivery.received",
        "webhook-delivery.posted",
        "webhook-delivery.recorded",
        "webhook-delivery.requeued",
    ];
    let cases = first
        .into_iter()
        .flat_map(|point| [(point, 0), (point, 1)])
        .chain([
            ("webhook-delivery.failure_noted", 1),
            ("webhook-delivery.logged", 2),
            ("timers.deliveries_enqueued", 3),
            ("timers.deliveries_forgotten", 3),
        ]);
    stream::iter(cases)
        .map(|(point, failures)| delivery_is_cut(point, failures))
        .buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn delivery_is_cut(point: &'static str, failures: usize) {
    let (mut scene, process) = Scene::armed(point, std::iter::repeat_with(no).take(failures)).await;
    let path = scene.webhook.path("/test");
    // Whether it is answered depends on what is faster.
    let _ = process.client().request(Method::POST, &path).send().await;
    let process = scene.after(process).await;
    let delivery = eventually(point, LATER, || async {
        // On a busy machine a request may take longer than a function may.
        let path = scene.webhook.path("/deliveries");
        let answer = process.client().call(Method::GET, &path).await;
        answer.body["deliveries"][0]["id"]
            .as_str()
            .map(str::to_owned)
    })
    .await;
    let delivered = scene.arrives(&delivery).await;
    assert!(delivered["attempts"].as_u64() > Some(0), "{point}");
    process.kill().await;
}

#[tokio::test]
async fn a_probe_that_is_cut_is_made_by_another_event() {
    let (mut scene, process) = Scene::armed("webhook-delivery.probe_claimed", []).await;
    scene.receiver.always(no());
    let client = process.client();
    let path = scene.webhook.path("/test");
    eventually("a probe is claimed", LATER, || async {
        let sent = client.request(Method::POST, &path).send().await;
        sent.is_err().then_some(())
    })
    .await;
    scene.receiver.always(Reply::Status(200));
    let process = scene.after(process).await;
    let deliveries = scene.webhook.deliveries("?limit=100").await;
    assert!(deliveries.len() >= 5);
    for delivery in deliveries.iter().take(10) {
        scene.arrives(delivery["id"].as_str().unwrap()).await;
    }
    process.kill().await;
}

#[tokio::test]
async fn the_notice_of_an_endpoint_that_was_disabled_arrives() {
    if lacks(Needs::FastQueues) {
        return;
    }
    let points = [
        "webhook-delivery.endpoint_disabled",
        "webhook-delivery.notice_enqueued",
    ];
    stream::iter(points)
        .map(|point| disabling_is_cut(point, None))
        .chain(stream::iter([disabling_is_cut(
            "webhook-delivery.endpoint_disabled",
            Some("timers.outbox_enqueued"),
        )]))
        .buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

/// `then` is where the process dies a second time.
async fn disabling_is_cut(point: &'static str, then: Option<&'static str>) {
    let (mut scene, process) = Scene::armed(point, [Reply::Status(410)]).await;
    let other = Receiver::start().await;
    process
        .client()
        .webhook(other.url(), &["endpoint.disabled"])
        .await;
    let path = scene.webhook.path("/test");
    let _ = process.client().request(Method::POST, &path).send().await;
    dies(process, point).await;
    if let Some(then) = then {
        let process = armed(&scene.program, then).await;
        dies(process, then).await;
    }
    let process = scene.program.start().await;
    scene.webhook = scene.webhook.by(&process.client());
    let told = eventually(point, LATER, || async {
        let events = other.events();
        (!events.is_empty()).then_some(events)
    })
    .await;
    assert_eq!(told[0].json()["endpointId"], scene.webhook.id.as_str());
    assert_eq!(scene.webhook.now().await["enabled"], false, "{point}");
    process.kill().await;
}

#[tokio::test]
async fn a_recovery_that_is_cut_is_made_whole() {
    let point = "webhook-delivery.page_restarted";
    let (mut scene, process) = Scene::armed(point, [Reply::Status(410)]).await;
    let client = process.client();
    let began = Clock::system().now().iso();
    let delivery = scene.webhook.test().await;
    scene.webhook.reaches(&delivery, "dropped").await;
    eventually("it is disabled", LATER, || async {
        (scene.webhook.now().await["enabled"] == false).then_some(())
    })
    .await;
    let enable = json!({"enabled": true});
    let path = scene.webhook.path("");
    client.call_with(Method::PATCH, &path, &enable).await.ok();
    let recover = scene.webhook.path("/recover");
    let since = json!({"since": began});
    let request = client.request(Method::POST, &recover).json(&since);
    let _ = request.send().await;
    let process = scene.after(process).await;
    scene.arrives(&delivery).await;
    process.kill().await;
}

#[tokio::test]
async fn a_job_that_nobody_could_work_is_dropped_with_its_reason_and_can_be_recovered() {
    let point = "timers.dead_letters_settled";
    let (mut scene, process) = Scene::armed(point, []).await;
    let now = Clock::system().now();
    let endpoint: Id = scene.webhook.id.parse().unwrap();
    let event = Id::derived(now, &["dead letter"]);
    let delivery = delivery_id(endpoint, now, event);
    let job = DeliveryJob::First(FirstTry {
        tenant: process.ready().tenant_id.parse().unwrap(),
        endpoint,
        delivery,
        event,
        kind: EventType::MessageStatus,
        body: EventBody::Text("{}".to_owned()),
    });
    let url = &process.ready().aws.queues["webhook-delivery-dead-letters.fifo"];
    let sqs = process.aws().sqs;
    let letter = sqs
        .send_message()
        .queue_url(url)
        .message_body(serde_json::to_string(&job).unwrap())
        .message_group_id("lane")
        .message_deduplication_id("letter");
    letter.send().await.unwrap();
    let process = scene.after(process).await;
    let delivery = delivery.uuid();
    let dropped = scene.webhook.reaches(&delivery, "dropped").await;
    assert_eq!(dropped["reason"], "not_processed");
    assert_eq!(dropped["log"], json!([]));
    let recover = scene.webhook.path("/recover");
    let since = json!({"since": now.iso()});
    let client = process.client();
    let answer = client.call_with(Method::POST, &recover, &since).await;
    assert_eq!(answer.status, 202);
    scene.arrives(&delivery).await;
    process.kill().await;
}

#[tokio::test]
async fn a_claim_that_lapses_while_the_clock_is_cut_is_settled() {
    let program = program();
    let process = armed(&program, "send.message_claimed").await;
    let to = someone();
    let body = json!({"to": to, "message": "cut"});
    assert!(process.client().sending(&body).send().await.is_err());
    dies(process, "send.message_claimed").await;
    let point = "timers.message_settled";
    let process = armed(&program, point).await;
    dies(process, point).await;
    let process = program.start().await;
    let client = process.client();
    let kept = client.with(&to).await;
    client
        .reaches(kept[0]["id"].as_str().unwrap(), "unknown")
        .await;
    process.kill().await;
}
