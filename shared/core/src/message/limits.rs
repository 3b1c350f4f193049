//! Meta's limits for outgoing messages. Lengths are counted in Unicode scalar values.

use std::ops::RangeInclusive;

/// Body of a text message.
pub const TEXT_BODY: RangeInclusive<usize> = 1..=4096;
/// Caption below an image, a video or a document.
pub const CAPTION: RangeInclusive<usize> = 1..=1024;
/// Contact cards in one message.
pub const CONTACTS: RangeInclusive<usize> = 1..=5;
/// Degrees north; negative is south.
pub const LATITUDE: RangeInclusive<f64> = -90.0..=90.0;
/// Degrees east; negative is west.
pub const LONGITUDE: RangeInclusive<f64> = -180.0..=180.0;

/// Text header of an interactive message.
pub const HEADER_TEXT: RangeInclusive<usize> = 1..=60;
/// Body of an interactive message.
pub const INTERACTIVE_BODY: RangeInclusive<usize> = 1..=1024;
/// Footer of an interactive message.
pub const FOOTER_TEXT: RangeInclusive<usize> = 1..=60;

/// Reply buttons of one message.
pub const BUTTONS: RangeInclusive<usize> = 1..=3;
/// Title of a reply button, and the text of the button that opens a list, a link or a call.
pub const BUTTON_TITLE: RangeInclusive<usize> = 1..=20;
/// Id of a reply button, which comes back when it is tapped.
pub const BUTTON_ID: RangeInclusive<usize> = 1..=256;

/// Sections of a list, or of a list of products.
pub const SECTIONS: RangeInclusive<usize> = 1..=10;
/// Title of a section.
pub const SECTION_TITLE: RangeInclusive<usize> = 1..=24;
/// Rows of a list, over all its sections.
pub const ROWS: RangeInclusive<usize> = 1..=10;
/// Id of a row, which comes back when it is chosen.
pub const ROW_ID: RangeInclusive<usize> = 1..=200;
/// Title of a row.
pub const ROW_TITLE: RangeInclusive<usize> = 1..=24;
/// Second line of a row.
pub const ROW_DESCRIPTION: RangeInclusive<usize> = 1..=72;

/// Products of one message, over all its sections.
pub const PRODUCTS: RangeInclusive<usize> = 1..=30;
/// Cards of a carousel.
pub const CARDS: RangeInclusive<usize> = 2..=10;
/// Text of the button that opens a flow.
pub const FLOW_CTA: RangeInclusive<usize> = 1..=30;
/// Minutes for which a voice call button works.
pub const VOICE_CALL_TTL_MINUTES: RangeInclusive<u32> = 1..=43_200;
/// Payload that comes back with a call from a voice call button.
pub const VOICE_CALL_PAYLOAD: RangeInclusive<usize> = 1..=512;
/// The business's own id of an order; letters, digits, `_`, `.` and `-`.
pub const ORDER_REFERENCE: RangeInclusive<usize> = 1..=35;

/// Name of a template; lower-case letters, digits and `_`.
pub const TEMPLATE_NAME: RangeInclusive<usize> = 1..=512;
/// Place of a template's button, counted from 0.
pub const TEMPLATE_BUTTON_INDEX: RangeInclusive<u8> = 0..=9;

/// Characters of `biz_opaque_callback_data`, which every status of a message echoes.
pub const CALLBACK_DATA_MAX: usize = 512;

/// What must be there and has no documented upper limit: ids, names, addresses.
pub(crate) const PRESENT: RangeInclusive<usize> = 1..=usize::MAX;
