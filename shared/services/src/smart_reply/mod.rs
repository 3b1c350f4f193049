//! The AI's answer to what no rule answers.
//!
//! | step | crash afterwards |
//! | --- | --- |
//! | the log's entry is put, and leased | the job comes again once the lease is over |
//! | a place of the day is reserved | the place is lost until the day ends; no day has one too many |
//! | the AI is asked | it is asked again |
//! | the answer is counted in its conversation | by the id of the entry: it is counted once |
//! | it is sent, as every send is | the job finds it there: whatever became of it, it is not sent again |
//! | the entry is settled | nothing is left to do, but that a place which was to go back is lost |

mod conversation;
mod job;
mod settle;
mod work;

pub use job::SmartReplyJob;
pub(crate) use job::enqueue;
pub use settle::settle;
pub use work::work;
