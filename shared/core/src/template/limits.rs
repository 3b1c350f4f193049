//! Meta's limits for templates, beside those of [`message::limits`](crate::message::limits). Lengths are counted in
//! Unicode scalar values. Figures are those of Meta's "Template components" and of its pages for carousels,
//! limited-time offers and authentication templates.

use std::ops::RangeInclusive;

use super::definition::Category;

/// Text of a header, before and after its variable is filled.
pub const HEADER: RangeInclusive<usize> = 1..=60;
/// Variables of a header.
pub const HEADER_VARIABLES: RangeInclusive<usize> = 0..=1;
/// Text of a body, and of a filled one beside other components.
pub const BODY: RangeInclusive<usize> = 1..=1024;
/// Text of a filled body where the template has no other component.
pub const LONE_BODY: RangeInclusive<usize> = 1..=32_768;
/// Text of a body above a limited-time offer.
pub const OFFER_BODY: RangeInclusive<usize> = 1..=600;
/// Text of a card's body.
pub const CARD_BODY: RangeInclusive<usize> = 1..=160;
/// Text of a footer.
pub const FOOTER: RangeInclusive<usize> = 1..=60;
/// Text of a limited-time offer.
pub const OFFER_TEXT: RangeInclusive<usize> = 1..=16;
/// Spaces in a row in a value; line breaks and tabs are not allowed at all.
pub const SPACES_IN_A_ROW: usize = 4;

/// Buttons of a template.
pub const BUTTONS: RangeInclusive<usize> = 1..=10;
/// Buttons of a card.
pub const CARD_BUTTONS: RangeInclusive<usize> = 1..=2;
/// Buttons with an address.
pub const URL_BUTTONS: RangeInclusive<usize> = 0..=2;
/// Buttons of each other kind but quick replies.
pub const SINGLE_BUTTONS: RangeInclusive<usize> = 0..=1;
/// Text on a button.
pub const BUTTON_TEXT: RangeInclusive<usize> = 1..=25;
/// Address of a button, filled or not.
pub const URL: RangeInclusive<usize> = 1..=2000;
/// Phone number of a button.
pub const PHONE_NUMBER: RangeInclusive<usize> = 1..=20;
/// A one-time password, and the code of a limited-time offer.
pub const CODE: RangeInclusive<usize> = 1..=15;
/// A code to copy.
pub const COUPON_CODE: RangeInclusive<usize> = 1..=20;
/// Minutes for which a one-time password is valid.
pub const CODE_EXPIRATION_MINUTES: RangeInclusive<i64> = 1..=90;

/// Seconds for which WhatsApp tries to deliver a message of this category: `message_send_ttl_seconds`. Besides, -1 stands
/// for 30 days, which marketing messages have without it.
pub fn send_ttl_seconds(category: &Category) -> RangeInclusive<i64> {
    match category {
        Category::Authentication => 30..=900,
        Category::Utility => 30..=43_200,
        Category::Marketing | Category::Other(_) => 43_200..=2_592_000,
    }
}
