//! Contact cards.

use super::node::{Node, Problem};

/// Cards in one message: Meta's OpenAPI document says 5, its older pages 257.
const CARDS: usize = 257;
/// Phones, e-mails and so on in one card, a bound of our own.
const ENTRIES: usize = 50;
const TEXT: usize = 1_000;

pub(super) fn check(root: Node<'_, '_>) -> Result<(), Problem> {
    root.list("contacts", 1..=CARDS, card).map(drop)
}

fn card(card: Node<'_, '_>) -> Result<(), Problem> {
    card.only(&[
        "name",
        "phones",
        "emails",
        "addresses",
        "org",
        "urls",
        "birthday",
    ])?;
    card.object("name", name)?;
    card.opt_list("phones", 0..=ENTRIES, |phone| {
        phone.only(&["phone", "type", "wa_id"])?;
        texts(phone, &["phone", "type", "wa_id"])
    })?;
    card.opt_list("emails", 0..=ENTRIES, |email| {
        email.only(&["email", "type"])?;
        email.text("email", TEXT)?;
        texts(email, &["type"])
    })?;
    card.opt_list("addresses", 0..=ENTRIES, |address| {
        let known = [
            "street",
            "city",
            "state",
            "zip",
            "country",
            "country_code",
            "type",
        ];
        address.only(&known)?;
        texts(address, &known)
    })?;
    card.opt_object("org", |org| {
        org.only(&["company", "department", "title"])?;
        texts(org, &["company", "department", "title"])
    })?;
    card.opt_list("urls", 0..=ENTRIES, |url| {
        url.only(&["url", "type"])?;
        url.text("url", 2_048)?;
        texts(url, &["type"])
    })?;
    match card.opt_text("birthday", TEXT)? {
        Some(day) if day.parse::<jiff::civil::Date>().is_err() || day.len() != 10 => {
            Err(card.bad("birthday", "must be a date as YYYY-MM-DD"))
        }
        _ => Ok(()),
    }
}

/// The whole name and at least one part of it.
fn name(name: Node<'_, '_>) -> Result<(), Problem> {
    let parts = ["first_name", "last_name", "middle_name", "prefix", "suffix"];
    let known: Vec<&str> = parts.iter().copied().chain(["formatted_name"]).collect();
    name.only(&known)?;
    name.text("formatted_name", TEXT)?;
    texts(name, &parts)?;
    if parts.iter().all(|part| name.get(part).is_none()) {
        return Err(name.missing("first_name"));
    }
    Ok(())
}

fn texts(node: Node<'_, '_>, names: &[&str]) -> Result<(), Problem> {
    for name in names {
        // People leave fields of a card empty, which Meta lets pass.
        if node.get(name).is_some_and(|value| value == "") {
            continue;
        }
        node.opt_text(name, TEXT)?;
    }
    Ok(())
}
