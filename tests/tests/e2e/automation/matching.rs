//! Which rule a message goes to.

use openwati_core::automation::Outcome;
use openwati_tests::{Running, someone, texts_of};
use serde_json::json;

use super::texts;

#[tokio::test]
async fn the_first_of_several_rules_answers_and_no_other() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    for (keyword, match_type, order, answer) in [
        ("price", "contains", 0, "contains"),
        ("price list", "contains", -1, "contains, put first"),
        ("price", "starts_with", 5, "starts with"),
        ("price", "exact", 9, "exactly"),
        ("price", "exact", 9, "exactly, but younger"),
    ] {
        let rule = json!({"keyword": keyword, "match_type": match_type, "order": order, "answers": texts_of(&[answer])});
        tenant.rule(rule).await;
    }
    let number = &tenant.channel().phone_number_id;
    for (said, answer) in [
        ("Price", "exactly"),
        ("  PRICE ", "exactly"),
        ("Price of a cake?", "starts with"),
        ("Your prices", "contains"),
        ("The Price List", "contains, put first"),
    ] {
        let phone = platform.whatsapp().phone(&someone());
        phone.writes(number, said).await;
        assert_eq!(texts(&phone, 1).await, [answer], "{said}");
    }
    let log = tenant.automation_log(5).await;
    assert!(
        log.iter()
            .all(|run| run.outcome == Outcome::Keyword && run.answers.len() == 1),
        "{log:?}"
    );
    assert_eq!(log[0].keyword.as_deref(), Some("price"));
}

#[tokio::test]
async fn keywords_are_found_in_every_script_and_spelling() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    let number = &tenant.channel().phone_number_id;
    for (keyword, said) in [
        ("fiyat listesi", "FİYAT LİSTESİ"),
        ("ILIK", "ılık"),
        ("straße", "STRASSE"),
        ("السعر", "السِّعْـــر"),
        ("अनुसूची", "अनुसूची"),
        ("👍", "👍🏽"),
        ("❤", "❤️"),
        ("café", "cafe\u{301}"),
    ] {
        let rule =
            json!({"keyword": keyword, "match_type": "exact", "answers": texts_of(&[keyword])});
        tenant.rule(rule).await;
        let phone = platform.whatsapp().phone(&someone());
        phone.writes(number, said).await;
        assert_eq!(texts(&phone, 1).await, [keyword], "{said}");
    }
}

#[tokio::test]
async fn what_is_tapped_or_written_below_a_picture_is_matched_too_and_no_name_of_a_file() {
    let platform = Running::shared();
    let tenant = platform.tenant().make().await;
    tenant.answers("price", &["It costs 5"]).await;
    let number = &tenant.channel().phone_number_id;
    let file = |caption: Option<&str>| {
        let mut document = json!({"mime_type": "application/pdf", "filename": "price.pdf"});
        if let Some(caption) = caption {
            document["caption"] = json!(caption);
        }
        json!({"type": "document", "document": document})
    };
    let phone = platform.whatsapp().phone(&someone());
    phone.does(number, file(None)).await;
    phone.does(number, file(Some("The price?"))).await;
    let reaction =
        json!({"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "price"}});
    phone.does(number, reaction).await;
    let button = json!({"type": "button", "button": {"text": "Price", "payload": "p"}});
    phone.does(number, button).await;
    texts(&phone, 2).await;
    tenant.automation_log(2).await;
}
