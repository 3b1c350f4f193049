//! A bucket of its own for each test.

use aws_credential_types::Credentials;
use openwati_store::Blobs;
use openwati_store::aws::AwsConfig;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

const BUCKET: &str = "openwati";

/// A bucket of its own, and the folder that it is in.
pub(crate) async fn blobs() -> (Blobs, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let mut s3 = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    s3.set_auth(SimpleAuth::from_single("test", "test"));
    let s3 = s3.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = hyper_util::rt::TokioIo::new(stream);
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(stream, s3.clone()));
        }
    });
    let config = AwsConfig {
        region: "us-east-1".into(),
        credentials: Credentials::new("test", "test", None, None, "test"),
        dynamodb: Some(endpoint.clone()),
        sqs: Some(endpoint.clone()),
        s3: Some(endpoint),
    };
    (Blobs::new(config.clients().s3, BUCKET), folder)
}
