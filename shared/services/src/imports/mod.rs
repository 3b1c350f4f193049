//! Contacts from CSV files, and into them: jobs that work for a few seconds, write down how far they came, and put
//! themselves on their queue again.
//!
//! The contact that a row makes has an id that follows from the import and the row, so that rows which are told again
//! after a cut are counted as they were, and nothing is counted twice.

mod ask;
mod beginning;
mod columns;
mod export;
mod fields;
mod import;
mod job;
mod row;
mod sheet;
mod show;
mod table;

pub use ask::{Begun, NewExport, NewImport, begin_export, create, sample, start};
pub use import::{LARGEST, MOST_TOLD};
pub use job::{settle, work};
pub use row::RejectedRow;
pub use show::{ContactJob, JobPage, RejectedPage, find_export, find_import, list, rejected};
