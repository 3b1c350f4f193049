//! Errors as AWS words them: DynamoDB's and SQS's in JSON, S3's in XML.
//!
//! After the API references' lists of common errors, DynamoDB's "Error handling", SQS's "AWS JSON protocol" and S3's
//! "Error responses".

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{super::JSON, Service};

/// The header in which SQS repeats an error's name for clients that once spoke its query protocol.
const QUERY_ERROR: &str = "x-amzn-query-error";

/// A call was too much. `cancelled` is how many items a transaction would have touched that is cancelled for it.
pub(super) fn throttled(service: Service, second_form: bool, cancelled: Option<usize>) -> Response {
    let bad = StatusCode::BAD_REQUEST;
    match (service, second_form, cancelled) {
        (Service::DynamoDb, true, Some(items)) => json_error(bad, &transaction(items), None),
        (Service::DynamoDb, true, None) => {
            let name = "com.amazon.coral.availability#ThrottlingException";
            json_error(
                bad,
                &named(name, "Throughput exceeds the current capacity."),
                None,
            )
        }
        (Service::DynamoDb, false, _) => {
            let name = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
            let message =
                "The level of configured provisioned throughput for the table was exceeded.";
            json_error(bad, &named(name, message), None)
        }
        (Service::Sqs, true, _) => {
            let name = "com.amazon.coral.availability#ThrottlingException";
            json_error(bad, &named(name, "Rate exceeded"), None)
        }
        (Service::Sqs, false, _) => {
            let body = named("com.amazonaws.sqs#RequestThrottled", "Request throttled.");
            json_error(bad, &body, Some("RequestThrottled;Sender"))
        }
        (Service::S3, ..) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            xml_error(status, "SlowDown", "Please reduce your request rate.")
        }
    }
}

/// The service failed.
pub(super) fn internal(service: Service) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    match service {
        Service::DynamoDb => {
            let name = "com.amazonaws.dynamodb.v20120810#InternalServerError";
            json_error(status, &named(name, "Internal server error"), None)
        }
        Service::Sqs => {
            let body = named("com.amazonaws.sqs#InternalFailure", "Internal failure");
            json_error(status, &body, Some("InternalFailure;Receiver"))
        }
        Service::S3 => xml_error(
            status,
            "InternalError",
            "We encountered an internal error. Please try again.",
        ),
    }
}

/// A transaction of so many items of which the first was too much.
fn transaction(items: usize) -> Value {
    let code = |at: usize| if at == 0 { "ThrottlingError" } else { "None" };
    let codes: Vec<_> = (0..items).map(code).collect();
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code })).collect();
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        ),
        "CancellationReasons": reasons,
    })
}

fn named(name: &str, message: &str) -> Value {
    json!({ "__type": name, "message": message })
}

fn json_error(status: StatusCode, body: &Value, query_error: Option<&'static str>) -> Response {
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    if let Some(error) = query_error {
        headers.insert(QUERY_ERROR, HeaderValue::from_static(error));
    }
    response
}

fn xml_error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Error><Code>{code}</Code><Message>{message}</Message><RequestId>fault</RequestId></Error>"
    );
    (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}
