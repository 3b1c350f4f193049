//! Mails, at a real mail server.

use http::Method;
use openwati_tests::{Mailbox, Needs, Running, lacks};
use serde_json::{Value, json};

use super::{PASSWORD, address};

/// A platform that sends mails.
async fn platform(mailbox: &Mailbox) -> Running {
    let url = mailbox.url().to_owned();
    Running::start(|options| {
        options.smtp_url = openwati_core::secret::Secret::new(url);
        options.mail_from = "OpenWATI <wati@example.com>".to_owned();
    })
    .await
}

#[tokio::test]
async fn who_is_invited_and_who_forgot_gets_a_link_by_mail() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let mailbox = Mailbox::start().await;
    let platform = platform(&mailbox).await;
    let tenant = platform.tenant().make().await;
    let email = address();
    let invitation = json!({"email": email, "name": "Jörg 🦊", "role": "agent"});
    let path = "/api/team/invitations";
    let invited = tenant
        .client
        .call_with(Method::POST, path, &invitation)
        .await;
    assert_eq!(
        (invited.status, &invited.body["invitation"]),
        (201, &Value::Null)
    );
    let letter = mailbox.letter_to(&email).await;
    assert!(letter.text.contains("Hello Jörg 🦊,"), "{}", letter.text);
    assert!(letter.text.contains("wati@example.com"));
    let visitor = platform.visitor();
    let join = json!({"invitation": letter.token(), "password": PASSWORD});
    let came = visitor.post("/api/auth/signup", &join).await;
    assert_eq!(came.status, 201, "{}", came.text);

    let forgot = |email: &str| {
        let body = json!({"email": email});
        let visitor = platform.visitor();
        async move { visitor.post("/api/auth/password/forgot", &body).await }
    };
    let known = forgot(&email.to_uppercase()).await;
    let unknown = forgot("nobody@example.com").await;
    assert_eq!((known.status, unknown.status), (202, 202));
    assert_eq!(known.text, unknown.text);
    let reset = openwati_tests::eventually("a second mail", openwati_tests::SOON, || async {
        let letters = mailbox.letters_to(&email);
        letters
            .into_iter()
            .find(|letter| letter.text.contains("new password"))
    })
    .await;
    let body = json!({"token": reset.token(), "password": "another horse battery"});
    visitor.post("/api/auth/password/reset", &body).await.ok();
    visitor.log_in(&email, "another horse battery").await.ok();

    // However often somebody asks, a mailbox is not filled.
    for _ in 0..5 {
        assert_eq!(forgot(&email).await.status, 202);
    }
    let other = address();
    let invitation = json!({"email": other, "role": "agent"});
    tenant
        .client
        .call_with(Method::POST, path, &invitation)
        .await;
    mailbox.letter_to(&other).await;
    openwati_tests::eventually("all that were asked for", openwati_tests::SOON, || async {
        (mailbox.letters_to(&email).len() == 4).then_some(())
    })
    .await;
    assert!(mailbox.letters_to("nobody@example.com").is_empty());
    platform.stop().await;
}

#[tokio::test]
async fn no_mailbox_is_filled_with_invitations_or_shown_a_strangers_link() {
    if lacks(Needs::OwnPlatform) {
        return;
    }
    let mailbox = Mailbox::start().await;
    let platform = platform(&mailbox).await;
    let tenant = platform.tenant().make().await;
    let client = &tenant.client;
    let name = json!({"name": "Locked! See https://evil.example"});
    let renamed = client.call_with(Method::PATCH, "/api/settings", &name);
    assert_eq!(renamed.await.status, 200);
    let (path, email) = ("/api/team/invitations", address());
    let invitation = json!({"email": email, "name": "Go to evil.example", "role": "agent"});
    let mut invited = client.call_with(Method::POST, path, &invitation).await;
    for _ in 0..2 {
        // Removed and invited anew is a mail as well.
        let id = invited.body["user"]["id"].as_str().unwrap().to_owned();
        let removed = client
            .call(Method::DELETE, &format!("/api/team/{id}"))
            .await;
        assert_eq!(removed.status, 200);
        invited = client.call_with(Method::POST, path, &invitation).await;
        assert_eq!(invited.status, 201, "{}", invited.text);
    }
    let id = invited.body["user"]["id"].as_str().unwrap();
    let again = format!("/api/team/{id}/invitation");
    // Five an hour, and the hour may turn meanwhile.
    let mut answers = Vec::new();
    while answers.len() < 8 && answers.last() != Some(&429) {
        answers.push(client.call(Method::POST, &again).await.status);
    }
    assert_eq!(answers.pop(), Some(429), "{answers:?}");
    let refused = client.call(Method::POST, &again).await;
    let refused = refused.refused(429, "too_many_tries");
    assert!((1..=3600).contains(&refused.number("retry-after")));
    openwati_tests::eventually("a mail", openwati_tests::SOON, || async {
        (!mailbox.letters_to(&email).is_empty()).then_some(())
    })
    .await;
    for letter in mailbox.letters_to(&email) {
        assert!(!letter.text.contains("evil.example"), "{}", letter.text);
    }
    platform.stop().await;
}
