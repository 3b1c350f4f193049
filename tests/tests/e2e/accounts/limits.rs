//! What stands against guessing.

use std::time::{Duration, Instant};

use futures::future::join_all;
use openwati_tests::{Running, until_the_minute_has_left};
use serde_json::json;

use super::{PASSWORD, Somebody, address};

#[tokio::test]
async fn nobody_learns_whether_an_address_is_somebodys() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    let invited = address();
    let invitation = json!({"email": invited, "role": "agent"});
    let path = "/api/team/invitations";
    tenant
        .client
        .call_with(http::Method::POST, path, &invitation)
        .await;
    let visitor = platform.visitor();
    let mut answers = Vec::new();
    let mut shortest = Vec::new();
    for email in [
        somebody.email.as_str(),
        &invited,
        "nobody@example.com",
        "no address",
        "",
    ] {
        let mut least = Duration::MAX;
        for _ in 0..4 {
            let began = Instant::now();
            let answer = visitor.log_in(email, "wrong horse battery").await;
            least = least.min(began.elapsed());
            answers.push(answer.refused(401, "wrong_credentials").text);
        }
        shortest.push(least);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // The hash takes most of it, whether there is one to compare with or not.
    let (least, most) = (
        shortest.iter().min().unwrap(),
        shortest.iter().max().unwrap(),
    );
    assert!(*most < *least * 3, "{shortest:?}");
}

#[tokio::test]
async fn ten_wrong_passwords_shut_an_account_however_they_come() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    until_the_minute_has_left(Duration::from_secs(20)).await;
    // From as many addresses, all at once.
    let guesses = (0..25).map(|_| {
        let visitor = platform.visitor();
        let email = somebody.email.clone();
        async move { visitor.log_in(&email, "wrong horse battery").await }
    });
    let answers = join_all(guesses).await;
    let wrong = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(wrong, 10);
    let shut = answers.into_iter().filter(|answer| answer.status != 401);
    for answer in shut {
        let answer = answer.refused(429, "too_many_tries");
        assert!((1..=900).contains(&answer.number("retry-after")));
    }
    // The right one is not looked at any more, here or where the password is changed; who is in stays in.
    let late = platform.visitor().log_in(&somebody.email, PASSWORD).await;
    late.refused(429, "too_many_tries");
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another horse"});
    let changed = somebody
        .visitor
        .post_as(&somebody.access, "/api/auth/password", &change)
        .await;
    changed.refused(429, "too_many_tries");
    somebody.me(&somebody.access).await.ok();
}

#[tokio::test]
async fn a_right_password_is_no_guess() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let somebody = Somebody::of(&platform, &tenant, "agent").await;
    for _ in 0..12 {
        platform
            .visitor()
            .log_in(&somebody.email, PASSWORD)
            .await
            .ok();
    }
}

#[tokio::test]
async fn an_address_has_thirty_tries_a_minute_of_whatever_kind() {
    let platform = Running::shared();
    until_the_minute_has_left(Duration::from_secs(20)).await;
    let visitor = platform.visitor();
    let new = json!({"email": "eve@example.com", "name": "Eve", "password": PASSWORD});
    let tries = (0..40).map(|n| {
        let (visitor, new) = (visitor.clone(), new.clone());
        async move {
            match n % 2 {
                0 => visitor.log_in(&format!("{n}@example.com"), PASSWORD).await,
                _ => visitor.post("/api/auth/signup", &new).await,
            }
        }
    });
    let answers = join_all(tries).await;
    let (over, within): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 429);
    assert_eq!((within.len(), over.len()), (30, 10));
    for answer in over {
        let answer = answer.refused(429, "too_many_tries");
        assert!((1..=60).contains(&answer.number("retry-after")));
    }
    // A header is anybody's to write.
    let request = visitor.request(http::Method::POST, "/api/auth/login");
    let request = request
        .header("x-forwarded-for", "192.0.2.1")
        .json(&json!({"email": "x@example.com", "password": PASSWORD}));
    openwati_tests::Client::answer(request)
        .await
        .refused(429, "too_many_tries");
    platform
        .visitor()
        .log_in("x@example.com", PASSWORD)
        .await
        .refused(401, "wrong_credentials");
}
