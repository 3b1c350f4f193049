//! A work through data that is cut: it goes on where it was, and ends as if nothing had happened.

mod operator;
mod retention;

use futures::{StreamExt as _, stream};
use http::Method;
use openwati_tests::{Needs, Process, SOON, eventually, lacks, someone};
use serde_json::json;

use super::{AT_A_TIME, armed, dies, points_of, program};
use crate::data::{WORKED, asked, image, items, objects};

/// Whether an export passes a point, and not an erasure of a contact.
fn passed_by_export(point: &str) -> bool {
    point == "data.part_written"
}

#[tokio::test]
async fn a_work_through_data_that_is_cut_is_done_all_the_same() {
    // An erasure looks once more after a queue's delay.
    if lacks(Needs::FastQueues) {
        return;
    }
    let points = points_of("data.").into_iter();
    // Those that Super Admins' works and the clock's pass alone.
    let elsewhere = |point: &&str| {
        let of_operator = operator::OF_ERASURE.contains(point) || *point == operator::OF_RESEAL;
        of_operator || *point == retention::POINT
    };
    let points = points.filter(|point| !elsewhere(point));
    let cut = stream::iter(points).map(work_is_cut);
    cut.buffer_unordered(AT_A_TIME)
        .for_each(async |()| ())
        .await;
}

async fn work_is_cut(point: &'static str) {
    let program = program();
    let process = program.start().await;
    let customer = someone();
    talk(&process, &customer).await;
    process.kill().await;

    let process = armed(&program, point).await;
    let (path, kind) = match passed_by_export(point) {
        true => ("/api/data/exports", "export_contact"),
        false => ("/api/data/erasures", "erase_contact"),
    };
    let body = json!({"contact": customer});
    // Whoever asks may see no answer.
    let asking = process.client().request(Method::POST, path).json(&body);
    let _ = asking.send().await;
    dies(process, point).await;

    let process = program.start().await;
    let client = process.client();
    let job = eventually(&format!("{point}: the work is over"), WORKED, || async {
        let jobs = client.call(Method::GET, "/api/data/jobs").await.body;
        let jobs = jobs["jobs"].as_array().unwrap().clone();
        assert!(jobs.len() <= 1, "{point}: {jobs:?}");
        assert!(
            jobs.iter().all(|job| job["state"] != "failed"),
            "{point}: {jobs:?}"
        );
        jobs.into_iter().find(|job| job["state"] == "done")
    })
    .await;
    assert_eq!(job["kind"], kind, "{point}");
    let (aws, ready) = (process.aws(), process.ready());
    if passed_by_export(point) {
        // Under the same names.
        let id = job["id"].as_str().unwrap();
        let shown = client
            .call(Method::GET, &format!("/api/data/jobs/{id}"))
            .await;
        assert_eq!(shown.body["job"]["files"].as_array().unwrap().len(), 2);
        assert_eq!(job["counts"]["message"], 3, "{job}");
        let erased = asked(&client, "/api/data/erasures", &body).await;
        assert_eq!(erased["counts"]["messages"], 3, "{erased}");
    }
    for item in items(&aws, ready).await {
        assert!(
            !format!("{item:?}").contains(&customer),
            "{point}: {item:?}"
        );
    }
    let files = objects(&aws, ready).await;
    assert!(
        files.iter().all(|name| name.starts_with("exports/")),
        "{point}: {files:?}"
    );
    process.kill().await;
}

/// A customer writes, sends a picture, and is answered.
async fn talk(process: &Process, customer: &str) {
    let (client, number) = (process.client(), process.channel().phone_number_id);
    let phone = process.whatsapp().phone(customer);
    phone.writes(&number, "Hello").await;
    let wamid = phone.does(&number, image("cut")).await;
    crate::media::settled(&client, &wamid, SOON).await;
    let sent = eventually("a send is answered", SOON, || async {
        let answer = client.send_once("one", customer, "Hello").await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    client.reaches(sent.id(), "delivered").await;
}
