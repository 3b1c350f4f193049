//! Which tokens are good, and how issuers' keys are come by.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use openwati_core::time::Moment;
use openwati_services::{Error, oidc::Oidc};
use openwati_tests::{Issuer, SigningKey};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{claims, judge, named, now, with};

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token that was signed by HMAC-SHA256 with this secret.
fn by_hmac(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn is_refused(oidc: &Oidc, token: &str) -> bool {
    matches!(oidc.verify(token, now()).await, Err(Error::Unauthorized))
}

async fn subject(oidc: &Oidc, token: &str, now: Moment) -> Option<String> {
    let identity = oidc.verify(token, now).await.ok()?;
    Some(identity.subject)
}

#[tokio::test]
async fn tokens_by_rsa_and_by_elliptic_curves_are_taken() {
    let keys = [SigningKey::rsa("r"), SigningKey::ec("e")];
    let issuer = Issuer::start(&[&keys[0], &keys[1]]).await;
    let oidc = judge(&[named(&issuer)]);
    for key in &keys {
        let token = key.sign(&claims(&issuer, "ada"));
        let identity = oidc.verify(&token, now()).await.unwrap();
        assert_eq!(identity.subject, "ada");
        assert_eq!(identity.issuer, issuer.url());
        assert_eq!(identity.verified_email, None);
        let among_others = json!(["somebody-else", super::AUDIENCE]);
        let token = key.sign(&with(&claims(&issuer, "ada"), "aud", among_others));
        oidc.verify(&token, now()).await.unwrap();
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_token_that_is_not_for_us_or_not_for_now_is_refused() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let good = claims(&issuer, "ada");
    let seconds = now().seconds();
    for (claim, value) in [
        ("aud", json!("somebody-else")),
        ("aud", json!([])),
        ("aud", json!(["a", "b"])),
        ("aud", Value::Null),
        ("iss", json!("https://issuer.example")),
        ("iss", json!(format!("{}/", issuer.url()))),
        ("iss", Value::Null),
        ("exp", json!(seconds - 61)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("nbf", json!(seconds + 65)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", Value::Null),
    ] {
        let token = key.sign(&with(&good, claim, value.clone()));
        assert!(is_refused(&oidc, &token).await, "{claim}: {value}");
    }
    oidc.verify(&key.sign(&good), now()).await.unwrap();
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let issued = now();
    let good = claims(&issuer, "ada");
    let good = with(&good, "exp", json!(issued.seconds() + 100));
    let token = key.sign(&with(&good, "nbf", json!(issued.seconds())));
    for (seconds, taken) in [(-61, false), (-60, true), (159, true), (160, false)] {
        let at = Moment::from_seconds(issued.seconds() + seconds);
        let found = subject(&oidc, &token, at).await;
        assert_eq!(found.is_some(), taken, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let key = SigningKey::rsa("r");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let claims = claims(&issuer, "ada");
    for alg in ["none", "None", "NONE", ""] {
        for header in [json!({"alg": alg}), json!({"alg": alg, "kid": "r"})] {
            for end in ["", "AAAA"] {
                let token = format!("{}.{}.{end}", part(&header), part(&claims));
                assert!(is_refused(&oidc, &token).await, "{header} {end}");
            }
        }
    }
    let token = key.sign(&claims);
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert!(is_refused(&oidc, &format!("{signed}.")).await);
    assert!(is_refused(&oidc, &token[..token.len() - 4]).await);
    // Somebody else's claims under this signature.
    let mut parts: Vec<_> = token.split('.').collect();
    let other = part(&with(&claims, "sub", json!("grace")));
    parts[1] = &other;
    assert!(is_refused(&oidc, &parts.join(".")).await);
}

#[tokio::test]
async fn a_public_key_is_no_secret_to_sign_with() {
    let key = SigningKey::rsa("r");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let claims = claims(&issuer, "ada");
    let published = key.published();
    let modulus = URL_SAFE_NO_PAD.decode(published["n"].as_str().unwrap());
    let secrets = [
        key.public_bytes(),
        modulus.unwrap(),
        published["n"].as_str().unwrap().as_bytes().to_vec(),
        published.to_string().into_bytes(),
        Vec::new(),
    ];
    for secret in secrets {
        for alg in ["HS256", "RS256"] {
            for header in [json!({"alg": alg}), json!({"alg": alg, "kid": "r"})] {
                let token = by_hmac(&header, &claims, &secret);
                assert!(is_refused(&oidc, &token).await, "{header}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_verifies_by_its_own_kind_alone() {
    let (rsa, ec) = (SigningKey::rsa("r"), SigningKey::ec("e"));
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    let oidc = judge(&[named(&issuer)]);
    let claims = claims(&issuer, "ada");
    for (key, header) in [
        (&rsa, json!({"alg": "RS256", "kid": "e"})),
        (&rsa, json!({"alg": "ES256", "kid": "r"})),
        (&rsa, json!({"alg": "PS256", "kid": "r"})),
        (&rsa, json!({"alg": "RS512", "kid": "r"})),
        (&ec, json!({"alg": "ES256", "kid": "r"})),
        (&ec, json!({"alg": "ES384", "kid": "e"})),
        (&ec, json!({"alg": "HS256", "kid": "e"})),
        (&ec, json!({"alg": "ES256", "kid": "e", "crit": ["exp"]})),
        (&ec, json!({"alg": "ES256", "kid": "../e"})),
        (&ec, json!({"alg": "ES256", "kid": ""})),
        (&ec, json!({"kid": "e"})),
    ] {
        let token = key.sign_as(&header, &claims);
        assert!(is_refused(&oidc, &token).await, "{header}");
    }
    // The only one of its kind need not be named.
    let token = ec.sign_as(&json!({"alg": "ES256"}), &claims);
    oidc.verify(&token, now()).await.unwrap();
}

#[tokio::test]
async fn a_key_that_comes_with_the_token_is_not_believed() {
    let (key, own) = (SigningKey::ec("e"), SigningKey::ec("e"));
    let issuer = Issuer::start(&[&key]).await;
    let attacker = Issuer::start(&[&own]).await;
    let oidc = judge(&[named(&issuer)]);
    let elsewhere = format!("{}/keys", attacker.url());
    for header in [
        json!({"alg": "ES256", "kid": "e"}),
        json!({"alg": "ES256", "kid": "e", "jwk": own.published()}),
        json!({"alg": "ES256", "kid": "e", "jku": elsewhere}),
        json!({"alg": "ES256", "kid": "e", "x5u": elsewhere}),
        json!({"alg": "ES256", "jwk": own.published()}),
    ] {
        let token = own.sign_as(&header, &claims(&issuer, "ada"));
        assert!(is_refused(&oidc, &token).await, "{header}");
    }
    assert_eq!(attacker.fetches(), 0);
}

#[tokio::test]
async fn what_is_published_for_other_purposes_verifies_nothing() {
    let (key, good) = (SigningKey::rsa("r"), SigningKey::ec("e"));
    let issuer = Issuer::start(&[]).await;
    let changed = |name: &str, value: Value| with(&key.published(), name, value);
    for published in [
        changed("use", json!("enc")),
        changed("key_ops", json!(["encrypt"])),
        changed("alg", json!("PS256")),
        changed("alg", json!("RS512")),
        changed("alg", json!("RSA-OAEP")),
        changed("alg", json!("HS256")),
        changed("kty", json!("oct")),
        changed("kid", json!("another")),
        json!({"kty": "oct", "kid": "r", "k": part(&json!("secret"))}),
        json!({"kty": "AKP", "kid": "r", "alg": "ML-DSA-44", "pub": "AAAA"}),
        json!("none"),
    ] {
        issuer.publish(vec![published.clone(), good.published()]);
        let oidc = judge(&[named(&issuer)]);
        let token = key.sign(&claims(&issuer, "ada"));
        assert!(is_refused(&oidc, &token).await, "{published}");
        let token = good.sign(&claims(&issuer, "ada"));
        oidc.verify(&token, now()).await.unwrap();
    }
}

#[tokio::test]
async fn every_issuer_has_keys_of_its_own() {
    let keys = [SigningKey::ec("same"), SigningKey::ec("same")];
    let issuers = [
        Issuer::start(&[&keys[0]]).await,
        Issuer::start(&[&keys[1]]).await,
    ];
    let oidc = judge(&[named(&issuers[0]), named(&issuers[1])]);
    for (signer, key) in keys.iter().enumerate() {
        for (named, issuer) in issuers.iter().enumerate() {
            let token = key.sign(&claims(issuer, "ada"));
            assert_eq!(is_refused(&oidc, &token).await, signer != named);
        }
    }
    let third = Issuer::start(&[&keys[0]]).await;
    let token = keys[0].sign(&claims(&third, "ada"));
    assert!(is_refused(&oidc, &token).await);
    assert_eq!(third.fetches(), 0);
}

#[tokio::test]
async fn keys_that_are_rotated_are_found_and_old_ones_end() {
    let (old, new) = (SigningKey::rsa("old"), SigningKey::rsa("new"));
    let issuer = Issuer::start(&[&old]).await;
    let oidc = judge(&[named(&issuer)]);
    let start = now();
    let after = |seconds| start.plus(Duration::from_secs(seconds));
    let long = |key: &SigningKey| {
        let ends = json!(start.seconds() + 86_400);
        key.sign(&with(&claims(&issuer, "ada"), "exp", ends))
    };
    assert!(subject(&oidc, &long(&old), start).await.is_some());
    issuer.publish(vec![new.published(), old.published()]);
    // Asked a moment ago: nobody may make us ask again at once.
    assert!(subject(&oidc, &long(&new), after(29)).await.is_none());
    assert_eq!(issuer.fetches(), 1);
    assert!(subject(&oidc, &long(&new), after(30)).await.is_some());
    assert!(subject(&oidc, &long(&old), after(30)).await.is_some());
    assert_eq!(issuer.fetches(), 2);
    issuer.publish(vec![new.published()]);
    assert!(subject(&oidc, &long(&old), after(600)).await.is_some());
    assert_eq!(issuer.fetches(), 2);
    // Ten minutes after they were read.
    assert!(subject(&oidc, &long(&old), after(630)).await.is_none());
    assert!(subject(&oidc, &long(&new), after(630)).await.is_some());
    assert_eq!(issuer.fetches(), 3);
}

#[tokio::test]
async fn keys_that_nobody_knows_do_not_hammer_the_issuer() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let claims = claims(&issuer, "ada");
    let tokens: Vec<_> = (0..50)
        .map(|number| {
            key.sign_as(
                &json!({"alg": "ES256", "kid": format!("k{number}")}),
                &claims,
            )
        })
        .collect();
    // All at once, before any key was read.
    let all = join_all(tokens.iter().map(|token| is_refused(&oidc, token))).await;
    assert!(all.into_iter().all(|refused| refused));
    assert_eq!(issuer.fetches(), 1);
    let start = now();
    for seconds in 0..=60 {
        let at = start.plus(Duration::from_secs(seconds));
        assert!(oidc.verify(&tokens[0], at).await.is_err());
    }
    assert!((2..=3).contains(&issuer.fetches()), "{}", issuer.fetches());
}

#[tokio::test]
async fn keys_stay_good_for_an_hour_while_the_issuer_is_down() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let start = now();
    let ends = json!(start.seconds() + 86_400);
    let token = key.sign(&with(&claims(&issuer, "ada"), "exp", ends));
    let after = |minutes: u64| start.plus(Duration::from_secs(60 * minutes));
    assert!(subject(&oidc, &token, start).await.is_some());
    issuer.goes_down(true);
    for minutes in [9, 10, 30, 59] {
        assert!(subject(&oidc, &token, after(minutes)).await.is_some());
    }
    let unknown = oidc.verify(&token, after(60)).await;
    assert!(matches!(unknown, Err(Error::Unavailable(_))), "{unknown:?}");
    issuer.goes_down(false);
    assert!(subject(&oidc, &token, after(61)).await.is_some());
}

#[tokio::test]
async fn an_issuer_that_was_down_from_the_start_is_asked_again_soon() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let oidc = judge(&[named(&issuer)]);
    let token = key.sign(&claims(&issuer, "ada"));
    issuer.goes_down(true);
    let start = now();
    for _ in 0..20 {
        let unknown = oidc.verify(&token, start).await;
        assert!(matches!(unknown, Err(Error::Unavailable(_))), "{unknown:?}");
    }
    issuer.goes_down(false);
    let after = start.plus(Duration::from_secs(2));
    assert!(subject(&oidc, &token, after).await.is_some());
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn an_issuer_is_believed_of_itself_alone() {
    let key = SigningKey::ec("e");
    let (issuer, other) = (Issuer::start(&[&key]).await, Issuer::start(&[&key]).await);
    let token = key.sign(&claims(&issuer, "ada"));
    for configuration in [
        json!({"issuer": other.url(), "jwks_uri": format!("{}/keys", issuer.url())}),
        json!({"issuer": issuer.url(), "jwks_uri": "http://issuer.example/keys"}),
        json!({"issuer": issuer.url(), "jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": issuer.url()}),
        json!([]),
    ] {
        issuer.configure(configuration.clone());
        let unknown = judge(&[named(&issuer)]).verify(&token, now()).await;
        assert!(
            matches!(unknown, Err(Error::Unavailable(_))),
            "{configuration}"
        );
    }
    assert_eq!(issuer.fetches(), 0);
    // Where the operator says where the keys are, nobody is asked.
    let mut named = named(&issuer);
    named["jwks_uri"] = json!(format!("{}/keys", issuer.url()));
    judge(&[named]).verify(&token, now()).await.unwrap();
}

#[tokio::test]
async fn an_address_counts_if_the_issuer_says_that_it_is_verified() {
    let key = SigningKey::ec("e");
    let issuer = Issuer::start(&[&key]).await;
    let strict = judge(&[named(&issuer)]);
    let mut trusted = named(&issuer);
    trusted["emails_verified"] = json!(true);
    let trusted = judge(&[trusted]);
    let good = with(&claims(&issuer, "ada"), "email", json!("Ada@Example.com"));
    for (claim, value, counts) in [
        ("email_verified", json!(true), true),
        ("email_verified", json!("true"), true),
        ("email_verified", json!(false), false),
        ("email_verified", json!("false"), false),
        ("email_verified", json!(1), false),
        ("email_verified", Value::Null, false),
        // Which people write themselves.
        ("user_metadata", json!({"email_verified": true}), false),
    ] {
        let token = key.sign(&with(&good, claim, value.clone()));
        let email = |identity: openwati_services::oidc::Identity| {
            identity
                .verified_email
                .map(|email| email.as_str().to_owned())
        };
        let found = email(strict.verify(&token, now()).await.unwrap());
        let expected = counts.then(|| "ada@example.com".to_owned());
        assert_eq!(found, expected, "{claim}: {value}");
        let found = email(trusted.verify(&token, now()).await.unwrap());
        assert_eq!(found.as_deref(), Some("ada@example.com"));
    }
    for email in [json!("nonsense"), json!(1), json!("")] {
        let token = key.sign(&with(&good, "email", email));
        let identity = trusted.verify(&token, now()).await.unwrap();
        assert_eq!(identity.verified_email, None);
    }
}
