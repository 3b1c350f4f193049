//! Payments in India and Brazil: the parameters of `order_details` and `order_status`.

use super::node::{Node, Problem};

/// Parameters of `review_and_pay`.
pub(super) fn details(parameters: Node<'_, '_>) -> Result<(), Problem> {
    parameters.only(&[
        "reference_id",
        "type",
        "currency",
        "total_amount",
        "payment_type",
        "payment_configuration",
        "payment_settings",
        "order",
    ])?;
    reference(parameters)?;
    parameters.choice("type", &["digital-goods", "physical-goods"])?;
    let currency = parameters.choice("currency", &["INR", "BRL"])?;
    let total = parameters.object("total_amount", |total| amount(total, &[]))?;
    if parameters.get("payment_settings").is_some() {
        parameters.list("payment_settings", 1..=5, setting)?;
    } else {
        parameters.text("payment_type", 64)?;
        parameters.text("payment_configuration", 60)?;
    }
    let sum = parameters.opt_object("order", order)?;
    match sum {
        None if currency == "INR" => Err(parameters.missing("order")),
        Some(sum) if sum != total => Err(parameters.bad(
            "total_amount",
            format_args!("must be subtotal + tax + shipping - discount, which is {sum}"),
        )),
        _ => Ok(()),
    }
}

/// Parameters of `review_order`.
pub(super) fn status(parameters: Node<'_, '_>) -> Result<(), Problem> {
    parameters.only(&["reference_id", "order"])?;
    reference(parameters)?;
    parameters.object("order", |order| {
        order.only(&["status", "description"])?;
        order.choice(
            "status",
            &[
                "pending",
                "processing",
                "partially_shipped",
                "shipped",
                "completed",
                "canceled",
            ],
        )?;
        order.opt_text("description", 120).map(drop)
    })
}

fn reference(parameters: Node<'_, '_>) -> Result<(), Problem> {
    let reference = parameters.text("reference_id", 35)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if reference.bytes().all(allowed) {
        return Ok(());
    }
    Err(parameters.bad("reference_id", "may have letters, digits, _ . and - alone"))
}

/// An amount in hundredths; answers its value.
fn amount(amount: Node<'_, '_>, more: &[&str]) -> Result<i64, Problem> {
    let known: Vec<&str> = ["value", "offset"].iter().chain(more).copied().collect();
    amount.only(&known)?;
    let value = amount.integer("value", 0..=i64::from(u32::MAX) * 100)?;
    amount.integer("offset", 100..=100)?;
    Ok(value)
}

fn setting(setting: Node<'_, '_>) -> Result<(), Problem> {
    let kind = setting.text("type", 64)?;
    setting.only(&["type", kind])?;
    setting.object(kind, |gateway| {
        if kind != "payment_gateway" {
            return Ok(());
        }
        gateway.choice("type", &["razorpay", "payu", "billdesk", "zaakpay"])?;
        gateway.text("configuration_name", 60).map(drop)
    })
}

/// The order; answers what its parts add up to.
fn order(order: Node<'_, '_>) -> Result<i64, Problem> {
    order.only(&[
        "status",
        "catalog_id",
        "items",
        "subtotal",
        "tax",
        "shipping",
        "discount",
        "expiration",
    ])?;
    order.choice("status", &["pending"])?;
    order.opt_text("catalog_id", 128)?;
    order.list("items", 1..=999, |item| {
        item.text("name", 60)?;
        item.opt_text("retailer_id", 256)?;
        item.object("amount", |value| amount(value, &[]))?;
        item.opt_object("sale_amount", |value| amount(value, &[]))?;
        item.integer("quantity", 1..=i64::from(u32::MAX)).map(drop)
    })?;
    let subtotal = order.object("subtotal", |value| amount(value, &[]))?;
    let tax = order.object("tax", |value| amount(value, &["description"]))?;
    let shipping = order.opt_object("shipping", |value| amount(value, &["description"]))?;
    let discount = order.opt_object("discount", |value| {
        amount(value, &["description", "discount_program_name"])
    })?;
    order.opt_object("expiration", |expiration| {
        expiration.only(&["timestamp", "description"])?;
        expiration.text("timestamp", 20)?;
        expiration.opt_text("description", 120).map(drop)
    })?;
    Ok(subtotal + tax + shipping.unwrap_or_default() - discount.unwrap_or_default())
}
