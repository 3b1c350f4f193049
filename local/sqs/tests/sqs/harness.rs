//! A server to test against, and sentences to test it with.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use aws_credential_types::Credentials;
use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Region},
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use openwati_sqs::{Config, Durability, SqsServer};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A server and a client of it.
pub(crate) struct Harness {
    pub(crate) client: Client,
    pub(crate) local: Option<Local>,
}

/// A server of our own, in this process.
pub(crate) struct Local {
    pub(crate) server: SqsServer,
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

impl Local {
    pub(crate) async fn start(speed: f64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = SqsServer::open(config(folder.path(), speed)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.clone().serve(listener, async {
            let _ = stopped.await;
        }));
        Self {
            server,
            address,
            stop,
            task,
            _folder: folder,
        }
    }

    /// Shuts the server down and gives how long that took.
    pub(crate) async fn stop(self) -> Duration {
        let begun = Instant::now();
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
        begun.elapsed()
    }
}

pub(crate) fn config(folder: &std::path::Path, speed: f64) -> Config {
    Config {
        database: folder.join("queues.sqlite"),
        region: "us-east-1".to_owned(),
        account: "000000000000".to_owned(),
        speed,
        durability: Durability::Process,
    }
}

pub(crate) fn client(endpoint: &str) -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::from_keys("test", "test", None))
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}

/// The server under test.
pub(crate) async fn start() -> Harness {
    if let Ok(endpoint) = std::env::var("SQS_TEST_ENDPOINT") {
        return Harness {
            client: client(&endpoint),
            local: None,
        };
    }
    start_local(1.0).await.unwrap()
}

/// The server under test, if it is ours: for what others do not have.
pub(crate) async fn start_local(speed: f64) -> Option<Harness> {
    if std::env::var_os("SQS_TEST_ENDPOINT").is_some() {
        println!("skipped: other servers lack what this test is about");
        return None;
    }
    let local = Local::start(speed).await;
    Some(Harness {
        client: client(&format!("http://{}", local.address)),
        local: Some(local),
    })
}

/// The server under test, if it does what AWS's documentation says where the independent emulator, ministack 1.5, does
/// something else: `emulator` says what.
pub(crate) async fn start_strict(emulator: &str) -> Option<Harness> {
    if std::env::var_os("SQS_TEST_ENDPOINT").is_some() {
        println!("skipped: the emulator {emulator}");
        return None;
    }
    Some(start().await)
}

/// A name that no other test uses, also on a server that tests share.
pub(crate) fn name(stem: &str) -> String {
    format!("{stem}-{:08x}", rand::random::<u32>())
}

impl Harness {
    /// A new standard queue; its URL.
    pub(crate) async fn queue(&self, attributes: &[(QueueAttributeName, &str)]) -> String {
        self.create(&name("queue"), attributes).await
    }

    /// A new FIFO queue; its URL.
    pub(crate) async fn fifo(&self, attributes: &[(QueueAttributeName, &str)]) -> String {
        let mut all = vec![(QueueAttributeName::FifoQueue, "true")];
        all.extend_from_slice(attributes);
        self.create(&format!("{}.fifo", name("queue")), &all).await
    }

    pub(crate) async fn create(
        &self,
        name: &str,
        attributes: &[(QueueAttributeName, &str)],
    ) -> String {
        let mut call = self.client.create_queue().queue_name(name);
        for (name, value) in attributes {
            call = call.attributes(name.clone(), *value);
        }
        call.send().await.unwrap().queue_url.unwrap()
    }

    pub(crate) async fn attributes(&self, url: &str) -> HashMap<QueueAttributeName, String> {
        let call = self.client.get_queue_attributes().queue_url(url);
        let output = call
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .unwrap();
        output.attributes.unwrap()
    }

    /// Visible, in flight, delayed.
    pub(crate) async fn counts(&self, url: &str) -> [u32; 3] {
        let attributes = self.attributes(url).await;
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ]
        .map(|name| attributes[&name].parse().unwrap())
    }

    /// Sends a message and gives its id.
    pub(crate) async fn send(&self, url: &str, body: &str) -> String {
        let call = self.client.send_message().queue_url(url);
        let sent = call.message_body(body).send().await.unwrap();
        sent.message_id.unwrap()
    }

    /// Sends a message in a group and gives its id.
    pub(crate) async fn send_in(&self, url: &str, group: &str, body: &str) -> String {
        let call = self.client.send_message().queue_url(url);
        let call = call.message_group_id(group).message_body(body);
        let call = if url.ends_with(".fifo") {
            call.message_deduplication_id(format!("{group}-{body}"))
        } else {
            call
        };
        call.send().await.unwrap().message_id.unwrap()
    }

    /// Receives up to `most` messages, waiting for so many seconds.
    pub(crate) async fn receive(&self, url: &str, most: i32, wait: i32) -> Vec<Message> {
        let call = self.client.receive_message().queue_url(url);
        let output = call
            .max_number_of_messages(most)
            .wait_time_seconds(wait)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await
            .unwrap();
        output.messages.unwrap_or_default()
    }

    /// Receives one message, which has to come.
    pub(crate) async fn receive_one(&self, url: &str) -> Message {
        let mut messages = self.receive(url, 1, 15).await;
        assert_eq!(messages.len(), 1, "a message was expected");
        messages.remove(0)
    }

    /// Receives one message and hides it for so many seconds.
    pub(crate) async fn receive_for(&self, url: &str, seconds: i32) -> Message {
        let call = self.client.receive_message().queue_url(url);
        let output = call
            .visibility_timeout(seconds)
            .wait_time_seconds(15)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await
            .unwrap();
        output.messages.unwrap_or_default().remove(0)
    }

    /// Receives until there are so many, which all have to come.
    pub(crate) async fn receive_all(&self, url: &str, count: usize) -> Vec<Message> {
        let begun = Instant::now();
        let mut all = Vec::new();
        while all.len() < count && begun.elapsed() < PATIENCE {
            all.extend(self.receive(url, 10, 1).await);
        }
        assert_eq!(all.len(), count, "all messages were expected");
        all
    }

    pub(crate) async fn delete(&self, url: &str, message: &Message) {
        let call = self.client.delete_message().queue_url(url);
        call.receipt_handle(handle(message)).send().await.unwrap();
    }

    /// Sets for how many more seconds a message is hidden.
    pub(crate) async fn hide(&self, url: &str, message: &Message, seconds: i32) {
        let call = self.client.change_message_visibility().queue_url(url);
        let call = call
            .receipt_handle(handle(message))
            .visibility_timeout(seconds);
        call.send().await.unwrap();
    }
}

pub(crate) fn handle(message: &Message) -> &str {
    message.receipt_handle().unwrap()
}

pub(crate) fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

/// A system attribute of a message.
pub(crate) fn attribute(message: &Message, name: MessageSystemAttributeName) -> &str {
    &message.attributes().unwrap()[&name]
}
