use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};

use super::*;

const OLD: &str = "0123456789abcdef0123456789abcdef";
const NEW: &str = "fedcba9876543210fedcba9876543210";
const NOW: Moment = Moment::from_seconds(1_800_000_000);

fn keys(text: &str) -> SessionKeys {
    SessionKeys::parse(text).unwrap()
}

fn access() -> Access {
    Access {
        tenant: "1234567890".parse().unwrap(),
        user: Id::from_bytes([1; 12]),
        session: Id::from_bytes([2; 12]),
        entered: None,
    }
}

fn refresh(generation: u32) -> Refresh {
    let Access {
        tenant,
        user,
        session,
        ..
    } = access();
    Refresh {
        tenant,
        user,
        session,
        generation,
    }
}

/// What [`Access`] is on the wire.
fn claims() -> Value {
    json!({
        "iss": "openwati", "aud": "api", "iat": NOW.seconds(), "exp": NOW.seconds() + 900,
        "tid": "1234567890", "sub": Id::from_bytes([1; 12]), "sid": Id::from_bytes([2; 12]),
    })
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token of any header and claims, signed by HMAC-SHA256.
fn forged(header: &Value, claims: &Value, key: &str) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn accepts(token: &str) -> bool {
    keys(OLD).verify::<Access>(token, NOW).is_some()
}

#[test]
fn a_token_says_what_was_signed_until_it_ends() {
    let token = keys(OLD).sign(&access(), NOW);
    let at = |seconds| Moment::from_seconds(NOW.seconds() + seconds);
    for (seconds, good) in [(0, true), (899, true), (900, false), (901, false)] {
        let read = keys(OLD).verify::<Access>(token.expose(), at(seconds));
        assert_eq!(read, good.then(access), "after {seconds} s");
    }
}

#[test]
fn the_wire_format_stays() {
    let header = json!({"typ": "JWT", "alg": "HS256"});
    assert!(accepts(&forged(&header, &claims(), OLD)));
    let token = keys(OLD).sign(&access(), NOW);
    let claims_of = token.expose().split('.').nth(1).unwrap();
    let written: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims_of).unwrap()).unwrap();
    assert_eq!(written, claims());
}

#[test]
fn who_entered_a_tenant_stays_an_hour() {
    let entered = Access {
        entered: Some("2234567890".parse().unwrap()),
        ..access()
    };
    let token = keys(OLD).sign(&entered, NOW);
    let last = Moment::from_seconds(NOW.seconds() + 3599);
    assert_eq!(
        keys(OLD).verify::<Access>(token.expose(), last),
        Some(entered)
    );
    let over = Moment::from_seconds(NOW.seconds() + 3600);
    assert_eq!(keys(OLD).verify::<Access>(token.expose(), over), None);
}

#[test]
fn a_token_of_another_purpose_is_none() {
    let keys = keys(OLD);
    let (access, refresh) = (access(), refresh(0));
    let (tenant, user) = (access.tenant.clone(), access.user);
    let invitation = Invitation {
        tenant: tenant.clone(),
        user,
        generation: 0,
    };
    let reset = Reset {
        tenant,
        user,
        password_version: 0,
    };
    let tokens = [
        keys.sign(&access, NOW),
        keys.sign(&refresh, NOW),
        keys.sign(&invitation, NOW),
        keys.sign(&reset, NOW),
    ];
    for (index, token) in tokens.iter().enumerate() {
        let token = token.expose();
        let taken = [
            keys.verify::<Access>(token, NOW).is_some(),
            keys.verify::<Refresh>(token, NOW).is_some(),
            keys.verify::<Invitation>(token, NOW).is_some(),
            keys.verify::<Reset>(token, NOW).is_some(),
        ];
        for (kind, taken) in taken.into_iter().enumerate() {
            assert_eq!(taken, kind == index, "token {index} as kind {kind}");
        }
    }
}

#[test]
fn a_token_that_asks_for_another_algorithm_is_none() {
    let none = json!({"typ": "JWT", "alg": "none"});
    for end in ["", ".", ".AAAA"] {
        assert!(!accepts(&format!(
            "{}.{}{end}",
            part(&none),
            part(&claims())
        )));
    }
    for alg in [
        "none", "None", "NONE", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "hs256", "",
    ] {
        let header = json!({"typ": "JWT", "alg": alg});
        assert!(!accepts(&forged(&header, &claims(), OLD)), "{alg}");
    }
    assert!(!accepts(&forged(&json!({"typ": "JWT"}), &claims(), OLD)));
    // A good signature of the algorithm that it names.
    let signed = format!("{}.{}", part(&json!({"alg": "HS512"})), part(&claims()));
    let mac = Hmac::<Sha512>::new_from_slice(OLD.as_bytes()).unwrap();
    let signature = mac.chain_update(&signed).finalize().into_bytes();
    assert!(!accepts(&format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(signature)
    )));
}

#[test]
fn what_a_header_says_of_keys_is_not_believed() {
    let other = "another installation's key, 32 and more";
    let secret = URL_SAFE_NO_PAD.encode(other);
    for header in [
        json!({"alg": "HS256", "kid": "../../../../dev/null"}),
        json!({"alg": "HS256", "kid": "' UNION SELECT 'x"}),
        json!({"alg": "HS256", "jku": "https://attacker.example/keys"}),
        json!({"alg": "HS256", "jwk": {"kty": "oct", "k": secret}}),
    ] {
        assert!(!accepts(&forged(&header, &claims(), other)), "{header}");
        assert!(!accepts(&forged(&header, &claims(), "")), "{header}");
    }
}

#[test]
fn a_token_that_lacks_a_claim_is_none() {
    let header = json!({"alg": "HS256"});
    for claim in ["iss", "aud", "iat", "exp", "tid", "sub", "sid"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(claim);
        assert!(!accepts(&forged(&header, &claims, OLD)), "{claim}");
    }
    for (claim, value) in [
        ("iss", json!("somebody")),
        ("aud", json!("refresh")),
        ("aud", json!(["api", "refresh"])),
        ("exp", json!(NOW.seconds())),
        ("exp", json!("never")),
        ("tid", json!("12")),
        ("sub", json!("me")),
    ] {
        let mut claims = claims();
        claims[claim] = value;
        assert!(!accepts(&forged(&header, &claims, OLD)), "{claim}");
    }
}

#[test]
fn a_new_key_signs_and_the_old_one_is_still_known() {
    let (old, new) = (keys(OLD), keys(NEW));
    let both = keys(&format!("{NEW}, {OLD}"));
    let read = |keys: &SessionKeys, token: &Secret<String>| {
        keys.verify::<Access>(token.expose(), NOW).is_some()
    };
    let (by_old, by_both) = (old.sign(&access(), NOW), both.sign(&access(), NOW));
    assert!(read(&both, &by_old) && read(&both, &by_both));
    assert!(read(&new, &by_both) && !read(&old, &by_both));
    // Another installation's.
    assert!(!read(&new, &by_old));
}

#[test]
fn a_short_key_is_none() {
    for text in ["", "short", &format!("{OLD},"), &format!("{OLD},short")] {
        assert_eq!(SessionKeys::parse(text).err(), Some(BadSessionKeys));
    }
    let generated = SessionKeys::generate(&Entropy::system());
    let keys = keys(generated.expose());
    assert!(!format!("{keys:?}").contains(generated.expose()));
}

#[test]
fn the_issuer_is_told_of_what_has_the_form_of_a_token() {
    let token = keys(OLD).sign(&access(), NOW);
    assert_eq!(unverified_issuer(token.expose()).as_deref(), Some(ISSUER));
    let elsewhere = format!("x.{}.", part(&json!({"iss": "https://issuer.example"})));
    assert_eq!(
        unverified_issuer(&elsewhere).as_deref(),
        Some("https://issuer.example")
    );
    let no_text = format!("x.{}.x", part(&json!({"iss": 1})));
    let long = format!("{}.x", token.expose());
    let huge = "x".repeat(LONGEST + 1);
    for text in ["", "..", "a.b.c", "wati_x", &no_text, &long, &huge] {
        assert_eq!(unverified_issuer(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_token_that_was_changed_anywhere_is_none(at in 0_usize..400, with in "[A-Za-z0-9_.-]") {
        let token = keys(OLD).sign(&access(), NOW);
        let token = token.expose();
        let at = at % token.len();
        let mut changed = token.clone();
        changed.replace_range(at..=at, &with);
        prop_assume!(changed != *token);
        prop_assert!(!accepts(&changed));
    }

    #[test]
    fn a_token_that_was_cut_is_none(at in 0_usize..400) {
        let token = keys(OLD).sign(&access(), NOW);
        let token = token.expose();
        let at = at % token.len();
        prop_assert!(!accepts(&token[..at]));
        prop_assert!(!accepts(&token[at + 1..]));
    }

    #[test]
    fn any_text_is_no_token(text in ".{0,300}") {
        prop_assert!(!accepts(&text));
        prop_assert!(keys(OLD).verify::<Refresh>(&text, NOW).is_none());
        let _ = unverified_issuer(&text);
    }

    #[test]
    fn any_generation_is_read_back(generation: u32) {
        let token = keys(OLD).sign(&refresh(generation), NOW);
        prop_assert_eq!(keys(OLD).verify(token.expose(), NOW), Some(refresh(generation)));
    }
}
