//! People's passwords and tokens.

use http::Method;
use openwati_core::time::Clock;
use openwati_tests::{Issuer, Letter, Mailbox, SOON, SigningKey, eventually};
use serde_json::{Value, json};

use super::{Signed, scene::Scene};

/// For whom the issuer's tokens are.
pub(super) const AUDIENCE: &str = "openwati-secrets";

/// Tokens of somebody who has come in by an answer of this name.
fn tokens(scene: &Scene, whose: &str, answer: &Value, shown_in: &'static [&'static str]) -> Signed {
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    let signed = Signed {
        access: text("accessToken"),
        refresh: text("refreshToken"),
    };
    scene.token(&format!("{whose} access token"), &signed.access, shown_in);
    scene.token(&format!("{whose} refresh token"), &signed.refresh, shown_in);
    signed
}

/// The token of the newest mail to somebody that says this.
async fn mailed(scene: &Scene, mailbox: &Mailbox, to: &str, says: &str) -> String {
    let letter: Letter = eventually(&format!("a mail to {to}"), SOON, || async {
        let letters = mailbox.letters_to(to).into_iter();
        letters.rev().find(|letter| letter.text.contains(says))
    })
    .await;
    let token = letter.token();
    scene.token(&format!("the mail's token, {says}, {to}"), &token, &[]);
    token
}

/// The Super Admin comes in, wrongly and rightly. Answers their tokens.
pub(super) async fn admin(scene: &Scene, email: &str, password: &str) -> Signed {
    let wrong = "mistyped Pa\"sswörd 1";
    scene.secret("a password that is wrong", wrong, &[]);
    let log_in = json!({"email": email, "password": wrong});
    let answer = scene.post("wrong log-in", "/api/auth/login", None, &log_in);
    answer.await.refused(401, "wrong_credentials");
    let nobody = json!({"email": "nobody@example.com", "password": wrong});
    let answer = scene.post("log-in of nobody", "/api/auth/login", None, &nobody);
    answer.await.refused(401, "wrong_credentials");
    let log_in = json!({"email": email, "password": password});
    let answer = scene.post("log-in", "/api/auth/login", None, &log_in).await;
    let first = tokens(scene, "the admin's", &answer.ok().body, &["log-in"]);
    let renewal = json!({"refreshToken": first.refresh});
    let answer = scene.post("refresh", "/api/auth/refresh", None, &renewal);
    tokens(scene, "the renewed", &answer.await.ok().body, &["refresh"])
}

/// Somebody signs up, changes their password, forgets it, and goes.
pub(super) async fn somebody(scene: &Scene, mailbox: &Mailbox) {
    let (one, two, three) = ("Sign-up p@ss 1🦊", "changed/p@ss+2", "reset p@ss=3&");
    scene.secret("the password of a sign-up", one, &[]);
    scene.secret("the changed password", two, &[]);
    scene.secret("the password after a reset", three, &[]);
    let email = "somebody@example.com";
    let new = json!({"email": email, "name": "Somebody", "password": one});
    let answer = scene.post("sign-up", "/api/auth/signup", None, &new).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let signed = tokens(scene, "the new account's", &answer.body, &["sign-up"]);
    let access = Some(signed.access.as_str());
    let again = scene.post("sign-up again", "/api/auth/signup", None, &new);
    again.await.refused(409, "email_taken");
    let change = json!({"currentPassword": three, "newPassword": two});
    let path = "/api/auth/password";
    let refused = scene.post("wrong change", path, access, &change).await;
    assert_ne!(refused.status, 200, "{}", refused.text);
    let change = json!({"currentPassword": one, "newPassword": two});
    let changed = scene.post("password change", path, access, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    if changed.body["accessToken"].is_string() {
        let shown = &["password change"];
        tokens(scene, "after the change, the", &changed.body, shown);
    }

    // The mail server takes nothing at first.
    mailbox.refuse(true);
    let forgot = json!({"email": email});
    let path = "/api/auth/password/forgot";
    let answer = scene.post("forgotten", path, None, &forgot).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    mailbox.refuse(false);
    let token = mailed(scene, mailbox, email, "new password").await;
    let path = "/api/auth/password/reset";
    let short = json!({"token": token, "password": "p@ss wd"});
    scene.secret("a password that is too short", "p@ss wd ", &[]);
    let refused = scene.post("short password", path, None, &short).await;
    refused.refused(400, "invalid_password");
    let reset = json!({"token": token, "password": three});
    scene.post("reset", path, None, &reset).await.ok();
    let used = scene.post("reset again", path, None, &reset).await;
    assert_eq!(used.status, 400, "{}", used.text);
    let log_in = json!({"email": email, "password": three});
    let answer = scene.post("log-in after the reset", "/api/auth/login", None, &log_in);
    let shown = &["log-in after the reset"];
    let signed = tokens(
        scene,
        "after the reset, the",
        &answer.await.ok().body,
        shown,
    );
    let access = Some(signed.access.as_str());
    // A token in the place of another.
    let refresh = Some(signed.refresh.as_str());
    let refused = scene.get("wrong token", "/api/me", refresh).await;
    refused.refused(401, "unauthorized");
    let renewal = json!({"refreshToken": signed.access});
    let refused = scene.post("wrong refresh", "/api/auth/refresh", None, &renewal);
    refused.await.refused(401, "session_over");
    let nothing = json!({});
    let out = scene.post("log-out", "/api/auth/logout", access, &nothing);
    out.await.ok();
    let refused = scene.get("after the log-out", "/api/me", access).await;
    refused.refused(401, "unauthorized");
}

/// People are invited by mail, by link, and come by an issuer.
pub(super) async fn team(
    scene: &Scene,
    mailbox: &Mailbox,
    admin: &str,
    issuer: &Issuer,
    key: &SigningKey,
) {
    let admin = Some(admin);
    let invite = async |name: &'static str, email: &str, role: &str| -> String {
        let body = json!({"email": email, "name": "Invited", "role": role});
        let path = "/api/team/invitations";
        let answer = scene.post(name, path, admin, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body["user"]["id"].as_str().unwrap().to_owned()
    };
    let id = invite("invitation", "agent@example.com", "agent").await;
    let token = mailed(scene, mailbox, "agent@example.com", "invite").await;
    let password = "agent's p@ssword 4";
    scene.secret("the password of who was invited", password, &[]);
    let come = json!({"invitation": token, "password": password});
    let answer = scene.post("invited", "/api/auth/signup", None, &come).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    tokens(scene, "the invited one's", &answer.body, &["invited"]);
    let used = scene.post("invited again", "/api/auth/signup", None, &come);
    assert_eq!(used.await.status, 400);
    let path = format!("/api/team/{id}/password-reset");
    let reset = scene.request(Method::POST, &path, admin);
    let reset = scene.ask("reset by the admin", reset).await;
    assert!(reset.status < 300, "{}", reset.text);
    let links: Vec<&str> = reset.text.split("#token=").skip(1).collect();
    if let Some(link) = links.first() {
        let token = link.split('"').next().unwrap();
        let shown = &["reset by the admin"];
        scene.token("the reset token that an admin gets", token, shown);
    }

    invite("invitation of Ada", "ada@example.com", "manager").await;
    let now = Clock::system().now().seconds();
    let says = json!({
        "iss": issuer.url(), "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 300,
        "email": "ada@example.com", "email_verified": true,
    });
    let token = key.sign(&says);
    scene.token("an issuer's token", &token, &[]);
    scene
        .get("me by an issuer", "/api/me", Some(&token))
        .await
        .ok();
    let mut stranger = says.clone();
    stranger["sub"] = json!("eve");
    stranger["email"] = json!("eve@example.com");
    let token = key.sign(&stranger);
    scene.token("an issuer's token of a stranger", &token, &[]);
    let refused = scene.get("eve", "/api/me", Some(&token)).await;
    refused.refused(401, "unauthorized");
    let forged = SigningKey::ec("e").sign(&says);
    scene.token("a forged token", &forged, &[]);
    let refused = scene.get("forged", "/api/me", Some(&forged)).await;
    refused.refused(401, "unauthorized");

    let tenant = json!({"name": "Another", "plan": "Pro", "email": "another@example.com"});
    let path = "/api/admin/tenants";
    let ask = |name| {
        let request = scene.request(Method::POST, path, admin);
        let request = request.header("idempotency-key", "another tenant");
        scene.ask(name, request.json(&tenant))
    };
    let made = ask("new tenant").await;
    assert_eq!(made.status, 201, "{}", made.text);
    let link = made.str("invitationLink");
    let (_, token) = link.split_once("#token=").unwrap();
    let shown = &["new tenant", "new tenant again"];
    scene.token("a new tenant's invitation", token, shown);
    ask("new tenant again").await;
    let id = made.body["tenant"]["id"].as_str().unwrap();
    let enter = scene.request(Method::POST, &format!("{path}/{id}/enter"), admin);
    let entered = scene.ask("enter", enter).await.ok();
    let token = entered.str("accessToken");
    scene.token("the token of who enters", token, &["enter"]);
    scene.get("me elsewhere", "/api/me", Some(token)).await.ok();
    let suspend = json!({"suspended": true});
    let path = format!("{path}/{id}");
    scene.patch("suspended", &path, admin, &suspend).await;
}
