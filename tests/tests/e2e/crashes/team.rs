//! A program that dies between an invitation and its mail.

use http::Method;
use openwati_tests::{Mailbox, Program, SOON, eventually};
use serde_json::json;

use super::{ARGUMENTS, armed, dies, points_of};

#[tokio::test]
async fn an_invitation_that_was_made_is_mailed() {
    let mailbox = Mailbox::start().await;
    let mut arguments = ARGUMENTS.to_vec();
    arguments.extend([
        "--smtp-url",
        mailbox.url(),
        "--mail-from",
        "wati@example.com",
    ]);
    let program = Program::new(env!("CARGO_BIN_EXE_openwati-crashable"), &arguments);
    for (number, point) in points_of("team.").into_iter().enumerate() {
        let email = format!("ada{number}@example.com");
        let process = armed(&program, point).await;
        let invite = process
            .client()
            .request(Method::POST, "/api/team/invitations");
        let invite = invite.json(&json!({"email": email, "role": "agent"}));
        assert!(invite.send().await.is_err(), "{point}: it was answered");
        dies(process, point).await;

        let process = program.start().await;
        // An outbox item is swept after a minute, which no speed makes shorter.
        eventually(&format!("{point}: the mail"), SOON * 2, || async {
            (!mailbox.letters_to(&email).is_empty()).then_some(())
        })
        .await;
        process.kill().await;
    }
}
