//! Messages that were taken on before their file was there: the file is brought, and the message sent, by a job.
//!
//! | step | crash afterwards |
//! | --- | --- |
//! | the file is brought into the bucket, and up to WhatsApp | the job comes again and finds it there |
//! | the message is claimed, on the condition that nobody holds it and nothing became of it | it becomes `unknown` when the lease ends |
//! | WhatsApp | the same; a callback moves it on |
//! | the outcome; where WhatsApp certainly has not got the message, it is laid down again | it becomes `unknown`; or the job comes again |
//! | the next try is put on the queue, or the message has failed and is told of | the job comes again |

mod job;
mod settle;
mod work;

pub use job::MediaSendJob;
pub use settle::settle;
pub use work::work;
