//! A job as its queue hands it out.

/// A job with what its queue says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The queue's name of the job.
    pub id: String,
    /// The job, as JSON.
    pub body: String,
    /// The group that it was put on the queue with.
    pub group: Option<String>,
    /// How many times it has been handed out, this time included. More than once means that a try was cut or failed.
    pub receives: u32,
}
