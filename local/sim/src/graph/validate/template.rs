//! Template messages: the shape of the components and their parameters. Whether the template exists
//! and wants these parameters is the catalogue's to say.

use super::{
    content,
    node::{Node, Problem},
};

/// Kinds of buttons that a template may have.
const BUTTONS: &[&str] = &[
    "quick_reply",
    "url",
    "copy_code",
    "catalog",
    "mpm",
    "spm",
    "flow",
    "voice_call",
    "order_details",
    "order_status",
    "app",
    "call_permission_request",
    "request_contact_info",
];

/// Checks the object `template`.
pub(super) fn check(node: Node<'_, '_>) -> Result<(), Problem> {
    node.only(&["name", "language", "components"])?;
    node.text("name", 512)?;
    node.object("language", |language| {
        language.only(&["code", "policy"])?;
        language.opt_choice("policy", &["deterministic"])?;
        language.text("code", 64)
    })?;
    node.opt_list("components", 0..=20, |part| component(part, true))
        .map(drop)
}

fn component(part: Node<'_, '_>, top: bool) -> Result<(), Problem> {
    let kinds: &[&str] = if top {
        &[
            "header",
            "body",
            "button",
            "carousel",
            "limited_time_offer",
            "tap_target_configuration",
        ]
    } else {
        &["header", "body", "button"]
    };
    // Meta takes the names of components and buttons in capitals too.
    let kind = part.text("type", 64)?.to_ascii_lowercase();
    if !kinds.contains(&kind.as_str()) {
        let kinds = kinds.join(", ");
        return Err(part.bad("type", format_args!("must be one of: {kinds}")));
    }
    match kind.as_str() {
        "carousel" => {
            part.only(&["type", "cards"])?;
            part.list("cards", 1..=10, |card| {
                card.only(&["card_index", "components"])?;
                card.integer("card_index", 0..=9)?;
                card.list("components", 1..=5, |inner| component(inner, false))
                    .map(drop)
            })?;
        }
        "button" => {
            part.only(&["type", "sub_type", "index", "parameters"])?;
            let button = part.text("sub_type", 64)?.to_ascii_lowercase();
            if !BUTTONS.contains(&button.as_str()) {
                let known = BUTTONS.join(", ");
                return Err(part.bad("sub_type", format_args!("must be one of: {known}")));
            }
            part.integer("index", 0..=9)?;
            part.opt_list("parameters", 0..=1, |parameter| {
                of_button(&button, parameter)
            })?;
        }
        _ => {
            part.only(&["type", "parameters"])?;
            let mut named = 0;
            let count = part.opt_list("parameters", 0..=100, |parameter| {
                named += usize::from(parameter.get("parameter_name").is_some());
                match kind.as_str() {
                    "header" => of_header(parameter),
                    "body" => of_body(parameter),
                    _ => of_others(&kind, parameter),
                }
            })?;
            if named > 0 && Some(named) != count {
                return Err(part.bad("parameters", "must be all named or all positional"));
            }
        }
    }
    Ok(())
}

fn of_header(parameter: Node<'_, '_>) -> Result<(), Problem> {
    let kinds = [
        "text", "image", "video", "document", "gif", "location", "product",
    ];
    let kind = parameter.choice("type", &kinds)?;
    parameter.only(&["type", "parameter_name", kind])?;
    parameter.opt_text("parameter_name", 512)?;
    match kind {
        "text" => parameter.text("text", 60).map(drop),
        "location" => parameter.object("location", |place| {
            place.only(&["latitude", "longitude", "name", "address"])?;
            content::place(place)
        }),
        "product" => parameter.object("product", |product| {
            product.only(&["product_retailer_id", "catalog_id"])?;
            product.text("product_retailer_id", 256)?;
            product.text("catalog_id", 128).map(drop)
        }),
        file => parameter.object(file, |node| {
            node.only(if file == "document" {
                &["id", "link", "filename"]
            } else {
                &["id", "link"]
            })?;
            content::source(node)
        }),
    }
}

fn of_body(parameter: Node<'_, '_>) -> Result<(), Problem> {
    let kind = parameter.choice("type", &["text", "currency", "date_time"])?;
    parameter.only(&["type", "parameter_name", kind])?;
    parameter.opt_text("parameter_name", 512)?;
    match kind {
        "text" => {
            let text = parameter.text("text", 32_768)?;
            // Meta refuses parameters that break the layout of the text around them.
            if text.contains(['\n', '\t']) || text.contains("     ") {
                let why = "must not have new lines, tabs or more than 4 spaces in a row";
                return Err(parameter.bad("text", why));
            }
            Ok(())
        }
        "currency" => parameter.object("currency", |currency| {
            currency.only(&["fallback_value", "code", "amount_1000"])?;
            currency.text("fallback_value", 1_024)?;
            currency.text("code", 3)?;
            currency
                .integer("amount_1000", i64::MIN..=i64::MAX)
                .map(drop)
        }),
        _ => parameter.object("date_time", |moment| {
            moment.text("fallback_value", 1_024).map(drop)
        }),
    }
}

fn of_button(button: &str, parameter: Node<'_, '_>) -> Result<(), Problem> {
    let kinds: &[&str] = match button {
        "quick_reply" => &["payload"],
        "url" => &["text"],
        "copy_code" => &["coupon_code"],
        "voice_call" => &["payload", "ttl_minutes"],
        _ => &["action", "payload"],
    };
    let kind = parameter.choice("type", kinds)?;
    parameter.only(&["type", kind])?;
    match kind {
        "payload" => parameter.text("payload", 512).map(drop),
        "text" => parameter.text("text", 2_000).map(drop),
        "coupon_code" => parameter.text("coupon_code", 20).map(drop),
        "ttl_minutes" => parameter.integer("ttl_minutes", 1..=43_200).map(drop),
        // What an action holds depends on the template.
        _ => parameter.object("action", |_| Ok(())),
    }
}

fn of_others(kind: &str, parameter: Node<'_, '_>) -> Result<(), Problem> {
    if kind == "tap_target_configuration" {
        // The target is a list of one URL with its title.
        return parameter.choice("type", &[kind]).map(drop);
    }
    parameter.only(&["type", kind])?;
    parameter.choice("type", &[kind])?;
    parameter.object(kind, |offer| {
        offer.only(&["expiration_time_ms"])?;
        offer.integer("expiration_time_ms", 0..=i64::MAX).map(drop)
    })
}
