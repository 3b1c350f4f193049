//! What was answered is kept, whatever happens to the process.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use openwati_sqs::{Error, SqsServer};
use tokio::net::TcpListener;

use crate::harness::{Harness, client, config, handle};

/// Names the folder of the server that a process of this test binary is to be.
const FOLDER: &str = "SQS_TEST_SERVE_FOLDER";
const LISTENING: &str = "listening on ";

/// Not a test by itself: the server that `kill_takes_nothing_that_was_answered` starts and kills.
#[tokio::test(flavor = "multi_thread")]
async fn serve_as_a_child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let server = SqsServer::open(config(Path::new(&folder), 1.0)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // On a line of its own: the test runner has begun one.
    println!("\n{LISTENING}{}", listener.local_addr().unwrap());
    server
        .serve(listener, std::future::pending())
        .await
        .unwrap();
}

struct Server {
    process: Child,
    harness: Harness,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["durability::serve_as_a_child", "--exact", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| line.unwrap().strip_prefix(LISTENING).map(str::to_owned))
            .unwrap();
        Self {
            process,
            harness: Harness {
                client: client(&format!("http://{address}")),
                local: None,
            },
        }
    }
}

impl Drop for Server {
    /// `kill -9`.
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_takes_nothing_that_was_answered() {
    if std::env::var_os("SQS_TEST_ENDPOINT").is_some() {
        println!("skipped: this test kills our own server");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let url = server.harness.create("kept", &[]).await;
    let held = server.harness.send(&url, "held").await;
    let message = server.harness.receive_one(&url).await;
    let answered = Mutex::new(HashSet::from([held]));
    let stopping = AtomicBool::new(false);
    let send = || async {
        while !stopping.load(Ordering::Relaxed) {
            let call = server.harness.client.send_message().queue_url(&url);
            let Ok(sent) = call.message_body("x").send().await else {
                return;
            };
            answered.lock().unwrap().insert(sent.message_id.unwrap());
        }
    };
    let kill = async {
        // In the middle of the sending.
        while answered.lock().unwrap().len() < 200 {
            tokio::task::yield_now().await;
        }
        let pid = server.process.id().to_string();
        let killed = Command::new("kill").args(["-9", &pid]).status().unwrap();
        assert!(killed.success());
        stopping.store(true, Ordering::Relaxed);
    };
    tokio::join!(send(), send(), send(), send(), kill);
    drop(server);

    let server = Server::start(folder.path());
    let answered = answered.into_inner().unwrap();
    // The queue is found by its name, at whatever address; the handle of before is still good.
    let call = server.harness.client.change_message_visibility();
    let call = call.queue_url(&url).visibility_timeout(0);
    call.receipt_handle(handle(&message)).send().await.unwrap();
    let mut found = HashSet::new();
    loop {
        let messages = server.harness.receive(&url, 10, 0).await;
        if messages.is_empty() {
            break;
        }
        found.extend(
            messages
                .into_iter()
                .filter_map(|message| message.message_id),
        );
    }
    let lost: Vec<_> = answered.difference(&found).collect();
    assert!(lost.is_empty(), "{} of {}", lost.len(), answered.len());
}

#[tokio::test]
async fn a_speed_that_is_no_speed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let result = SqsServer::open(config(folder.path(), speed));
        assert!(matches!(result, Err(Error::Speed(_))), "{speed}");
    }
}
