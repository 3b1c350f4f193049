//! Interactive messages: buttons, lists, links, flows, products, payments and the rest.

use std::collections::HashSet;

use super::{
    content,
    node::{Node, Problem},
    orders,
};

const KINDS: &[&str] = &[
    "button",
    "list",
    "cta_url",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "location_request_message",
    "address_message",
    "carousel",
    "call_permission_request",
    "voice_call",
    "order_details",
    "order_status",
    "request_contact_info",
];

/// Checks the object `interactive`.
pub(super) fn check(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["type", "header", "body", "footer", "action"])?;
    let kind = node.choice("type", KINDS)?;
    let header = node.opt_object("header", |header| self::header(kind, header))?;
    match (kind, header.is_some()) {
        ("product_list", false) => return Err(node.missing("header")),
        ("product" | "location_request_message" | "call_permission_request", true) => {
            return Err(node.bad("header", "is not allowed with this type"));
        }
        _ => {}
    }
    // One page of Meta's lets the body of a list be four times as long as all others say.
    let longest = if kind == "list" { 4_096 } else { 1_024 };
    let body = node.opt_object("body", |body| {
        body.only(&["text"])?;
        body.text("text", longest)
    })?;
    let optional = matches!(kind, "product" | "call_permission_request");
    if body.is_none() && !optional {
        return Err(node.missing("body"));
    }
    node.opt_object("footer", |footer| {
        footer.only(&["text"])?;
        footer.text("text", 60)
    })?;
    node.object("action", |action| self::action(kind, action))
}

fn header(kind: &str, header: Node<'_, '_>) -> Result<(), Problem> {
    let form = header.choice("type", &["text", "image", "video", "document"])?;
    if form != "text" && matches!(kind, "list" | "product_list") {
        return Err(header.bad("type", "must be text for this type of message"));
    }
    if form == "text" {
        header.only(&["type", "text", "sub_text"])?;
        header.text("text", 60)?;
        header.opt_text("sub_text", 60)?;
        return Ok(());
    }
    header.only(&["type", form])?;
    header.object(form, |file| {
        file.only(if form == "document" {
            &["id", "link", "filename"]
        } else {
            &["id", "link"]
        })?;
        content::source(file)
    })
}

fn action(kind: &str, action: Node<'_, '_>) -> Result<(), Problem> {
    match kind {
        "button" => {
            action.only(&["buttons"])?;
            buttons(action)
        }
        "list" => list(action),
        "cta_url" => named(action, "cta_url", cta_url),
        "flow" => named(action, "flow", flow),
        "product" => {
            action.only(&["catalog_id", "product_retailer_id"])?;
            action.text("catalog_id", 128)?;
            action.text("product_retailer_id", 256).map(drop)
        }
        "product_list" => product_list(action),
        "catalog_message" => named_maybe(action, "catalog_message", |parameters| {
            parameters.only(&["thumbnail_product_retailer_id"])?;
            parameters
                .opt_text("thumbnail_product_retailer_id", 256)
                .map(drop)
        }),
        "location_request_message" => bare(action, "send_location"),
        "address_message" => named(action, "address_message", |parameters| {
            parameters.only(&["country", "values", "validation_errors", "saved_addresses"])?;
            parameters.choice("country", &["IN", "SG"]).map(drop)
        }),
        "carousel" => carousel(action),
        "voice_call" => named_maybe(action, "voice_call", |parameters| {
            parameters.only(&["display_text", "ttl_minutes", "payload"])?;
            parameters.opt_text("display_text", 20)?;
            parameters.opt_integer("ttl_minutes", 1..=43_200)?;
            parameters.opt_text("payload", 512).map(drop)
        }),
        "order_details" => named(action, "review_and_pay", orders::details),
        "order_status" => named(action, "review_order", orders::status),
        other => bare(action, other),
    }
}

/// An action that is its name alone.
fn bare(action: Node<'_, '_>, name: &str) -> Result<(), Problem> {
    action.only(&["name"])?;
    action.choice("name", &[name]).map(drop)
}

/// An action with a name and parameters.
fn named(
    action: Node<'_, '_>,
    name: &str,
    check: impl FnOnce(Node<'_, '_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    action.only(&["name", "parameters"])?;
    action.choice("name", &[name])?;
    action.object("parameters", check)
}

/// An action with a name and perhaps parameters.
fn named_maybe(
    action: Node<'_, '_>,
    name: &str,
    check: impl FnOnce(Node<'_, '_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    action.only(&["name", "parameters"])?;
    action.choice("name", &[name])?;
    let parameters = action.opt_object("parameters", check);
    parameters.map(drop)
}

fn buttons(action: Node<'_, '_>) -> Result<(), Problem> {
    let mut ids = HashSet::new();
    let mut titles = HashSet::new();
    action.list("buttons", 1..=3, |button| {
        button.only(&["type", "reply"])?;
        button.choice("type", &["reply"])?;
        button.object("reply", |reply| {
            reply.only(&["id", "title"])?;
            let id = reply.text("id", 256)?;
            if id.trim() != id {
                return Err(reply.bad("id", "must not begin or end with spaces"));
            }
            if !ids.insert(id) {
                return Err(reply.bad("id", "must be unique"));
            }
            if !titles.insert(reply.text("title", 20)?) {
                return Err(reply.bad("title", "must be unique"));
            }
            Ok(())
        })
    })?;
    Ok(())
}

fn list(action: Node<'_, '_>) -> Result<(), Problem> {
    action.only(&["button", "sections"])?;
    action.text("button", 20)?;
    let mut ids = HashSet::new();
    let mut untitled = 0;
    let sections = action.list("sections", 1..=10, |section| {
        section.only(&["title", "rows"])?;
        untitled += usize::from(section.opt_text("title", 24)?.is_none());
        section.list("rows", 1..=10, |row| {
            row.only(&["id", "title", "description"])?;
            if !ids.insert(row.text("id", 200)?) {
                return Err(row.bad("id", "must be unique"));
            }
            row.text("title", 24)?;
            row.opt_text("description", 72).map(drop)
        })?;
        Ok(())
    })?;
    if sections > 1 && untitled > 0 {
        return Err(action.bad("sections", "must all have a title when there are several"));
    }
    if ids.len() > 10 {
        return Err(action.bad("sections", "must have at most 10 rows in total"));
    }
    Ok(())
}

fn cta_url(parameters: Node<'_, '_>) -> Result<(), Problem> {
    parameters.only(&["display_text", "url"])?;
    parameters.text("display_text", 20)?;
    parameters.url("url").map(drop)
}

fn flow(parameters: Node<'_, '_>) -> Result<(), Problem> {
    parameters.only(&[
        "flow_message_version",
        "flow_id",
        "flow_name",
        "flow_cta",
        "mode",
        "flow_token",
        "flow_action",
        "flow_action_payload",
    ])?;
    parameters.choice("flow_message_version", &["3"])?;
    let id = parameters.opt_text("flow_id", 128)?;
    match (id, parameters.opt_text("flow_name", 512)?) {
        (Some(_), Some(_)) => {
            return Err(parameters.bad("flow_name", "may not be used together with flow_id"));
        }
        (None, None) => return Err(parameters.missing("flow_id")),
        _ => {}
    }
    let cta = parameters.text("flow_cta", 30)?;
    if cta.chars().any(is_emoji) {
        return Err(parameters.bad("flow_cta", "must not have emoji"));
    }
    parameters.opt_choice("mode", &["draft", "published"])?;
    parameters.opt_text("flow_token", 1_024)?;
    let action = parameters.opt_choice("flow_action", &["navigate", "data_exchange"])?;
    if action == Some("data_exchange") && parameters.get("flow_action_payload").is_some() {
        return Err(parameters.bad("flow_action_payload", "goes with the action navigate alone"));
    }
    parameters.opt_object("flow_action_payload", |payload| {
        payload.only(&["screen", "data"])?;
        payload.opt_text("screen", 256)?;
        let data = payload.get("data").map(|data| data.as_object());
        match data {
            None => Ok(()),
            Some(Some(members)) if !members.is_empty() => Ok(()),
            Some(_) => Err(payload.bad("data", "must be an object that is not empty")),
        }
    })?;
    Ok(())
}

/// Whether a character is drawn as a picture (Unicode: the blocks of symbols and pictographs).
fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

fn product_list(action: Node<'_, '_>) -> Result<(), Problem> {
    action.only(&["catalog_id", "sections"])?;
    action.text("catalog_id", 128)?;
    let mut products = 0;
    let mut untitled = 0;
    let sections = action.list("sections", 1..=10, |section| {
        section.only(&["title", "product_items"])?;
        untitled += usize::from(section.opt_text("title", 24)?.is_none());
        products += section.list("product_items", 1..=30, |item| {
            item.only(&["product_retailer_id"])?;
            item.text("product_retailer_id", 256).map(drop)
        })?;
        Ok(())
    })?;
    if sections > 1 && untitled > 0 {
        return Err(action.bad("sections", "must all have a title when there are several"));
    }
    if products > 30 {
        return Err(action.bad("sections", "must have at most 30 products in total"));
    }
    Ok(())
}

fn carousel(action: Node<'_, '_>) -> Result<(), Problem> {
    action.only(&["cards"])?;
    let mut next = 0;
    action.list("cards", 2..=10, |card| {
        card.only(&["card_index", "type", "header", "body", "footer", "action"])?;
        if card.integer("card_index", 0..=9)? != next {
            return Err(card.bad("card_index", "must count up from 0"));
        }
        next += 1;
        let kind = card.choice("type", &["cta_url", "button"])?;
        card.object("header", |header| {
            header.choice("type", &["image", "video"])?;
            self::header(kind, header)
        })?;
        card.opt_object("body", |body| {
            body.only(&["text"])?;
            body.text("text", 160)
        })?;
        card.object("action", |action| self::action(kind, action))
    })?;
    Ok(())
}
