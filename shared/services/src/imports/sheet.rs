//! Cells as spreadsheets take them.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula, which may do anything on its reader's machine.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell that no spreadsheet takes for a formula.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(FORMULA) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// A cell without the mark that [`guarded`] put before it.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_comes_back_as_it_was() {
        for cell in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "Ali", "'n", "'", "", "a=b",
        ] {
            let written = guarded(cell);
            assert!(!written.starts_with(FORMULA), "{cell:?}");
            assert_eq!(unguarded(&written), cell);
        }
        assert_eq!(guarded("=1"), "'=1");
        assert_eq!(guarded("Ali"), "Ali");
    }
}
