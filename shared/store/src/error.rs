//! Why the store did not answer.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why the store, a queue or the bucket did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It did not answer, or refused for now: throttled, timed out, not reachable. Nothing is known of the effect.
    #[error("{operation} did not succeed: {reason}")]
    Unavailable {
        /// What was asked.
        operation: &'static str,
        /// The service's code, or how the call failed.
        reason: String,
    },
    /// Something is kept that this version cannot read.
    #[error("{operation} found what cannot be read: {reason}")]
    Corrupt {
        /// What was asked.
        operation: &'static str,
        /// What is wrong with it, without its content.
        reason: String,
    },
}

impl StoreError {
    /// From the AWS SDK's error. Only its code is kept: messages may quote keys.
    pub(crate) fn sdk<E: ProvideErrorMetadata, R>(
        operation: &'static str,
    ) -> impl Fn(SdkError<E, R>) -> Self {
        move |error| {
            let reason = match &error {
                SdkError::TimeoutError(_) => "timed out".to_owned(),
                SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                    "timed out".to_owned()
                }
                SdkError::DispatchFailure(_) => "not reachable".to_owned(),
                SdkError::ResponseError(_) => "unreadable answer".to_owned(),
                other => other.code().unwrap_or("no code").to_owned(),
            };
            Self::Unavailable { operation, reason }
        }
    }

    pub(crate) fn corrupt(operation: &'static str) -> impl Fn(serde_dynamo::Error) -> Self {
        move |error| Self::Corrupt {
            operation,
            reason: error.to_string(),
        }
    }
}
