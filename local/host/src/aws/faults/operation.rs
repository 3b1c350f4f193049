//! What a call asks for, by AWS's name of it.

use axum::extract::Request;
use http::Method;

use super::Service;

/// The operation of a call; `Unknown` where it is none that a service has.
pub(super) fn of(service: Service, request: &Request) -> &str {
    match service {
        Service::DynamoDb | Service::Sqs => targeted(request).unwrap_or(UNKNOWN),
        Service::S3 => of_s3(request),
    }
}

const UNKNOWN: &str = "Unknown";
/// Longer than any operation's name: what is counted by name stays small.
const LONGEST: usize = 64;

/// JSON protocols name it in a header: `DynamoDB_20120810.PutItem`.
fn targeted(request: &Request) -> Option<&str> {
    let target = request.headers().get("x-amz-target")?.to_str().ok()?;
    let (_, operation) = target.rsplit_once('.')?;
    let named = operation.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (named && !operation.is_empty() && operation.len() <= LONGEST).then_some(operation)
}

/// S3 means it by method, path and query: buckets stand in the path here, as they do for all that is not AWS itself.
fn of_s3(request: &Request) -> &'static str {
    let path = request.uri().path().trim_start_matches('/');
    let is_object = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let query = request.uri().query().unwrap_or_default();
    let asks = |name: &str| {
        query
            .split('&')
            .any(|part| part.split('=').next() == Some(name))
    };
    match (request.method(), is_object) {
        (&Method::PUT, true) if asks("partNumber") => "UploadPart",
        (&Method::PUT, true) if request.headers().contains_key("x-amz-copy-source") => "CopyObject",
        (&Method::PUT, true) => "PutObject",
        (&Method::POST, true) if asks("uploads") => "CreateMultipartUpload",
        (&Method::POST, true) if asks("uploadId") => "CompleteMultipartUpload",
        (&Method::DELETE, true) if asks("uploadId") => "AbortMultipartUpload",
        (&Method::DELETE, true) => "DeleteObject",
        (&Method::GET, true) => "GetObject",
        (&Method::HEAD, true) => "HeadObject",
        (&Method::POST, false) if asks("delete") => "DeleteObjects",
        (&Method::GET, false) if asks("list-type") => "ListObjectsV2",
        (&Method::PUT, false) => "CreateBucket",
        (&Method::HEAD, false) => "HeadBucket",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn s3(method: Method, uri: &str) -> &'static str {
        let request = Request::builder().method(method).uri(uri);
        of_s3(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn operations_are_told_by_what_each_protocol_says_them_with() {
        let request = |target: &str| {
            let request = Request::builder().header("x-amz-target", target);
            request.body(Body::empty()).unwrap()
        };
        let put = request("DynamoDB_20120810.PutItem");
        assert_eq!(of(Service::DynamoDb, &put), "PutItem");
        let receive = request("AmazonSQS.ReceiveMessage");
        assert_eq!(of(Service::Sqs, &receive), "ReceiveMessage");
        for odd in ["", "PutItem", "DynamoDB_20120810.", "a.Put Item"] {
            assert_eq!(of(Service::DynamoDb, &request(odd)), UNKNOWN, "{odd}");
        }
        assert_eq!(s3(Method::PUT, "/b/a/b.txt?x-id=PutObject"), "PutObject");
        assert_eq!(
            s3(Method::PUT, "/b/a?partNumber=1&uploadId=u"),
            "UploadPart"
        );
        assert_eq!(s3(Method::POST, "/b/a?uploads"), "CreateMultipartUpload");
        assert_eq!(s3(Method::GET, "/b/a"), "GetObject");
        assert_eq!(s3(Method::GET, "/b/?list-type=2"), "ListObjectsV2");
        assert_eq!(s3(Method::HEAD, "/b"), "HeadBucket");
    }
}
