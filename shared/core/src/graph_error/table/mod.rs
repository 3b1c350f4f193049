//! The table itself, by what a code is about.

mod account;
mod content;
mod load;
mod management;
mod recipient;

use super::row::Row;

/// Every known code. The first row that covers a code counts, so that rows with a subcode stand
/// before those without.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    let parts = [
        account::ROWS,
        load::ROWS,
        recipient::ROWS,
        content::ROWS,
        management::ROWS,
    ];
    parts.into_iter().flatten()
}
