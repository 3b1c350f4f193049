//! Samples of headers: resumable uploads and the handles that they end with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::*;

const APP: &str = "670843887433847";

async fn begin(whatsapp: &Whatsapp, length: usize, kind: &str) -> (u16, Value) {
    let query = format!("file_name=a&file_length={length}&file_type={kind}");
    whatsapp
        .ask("POST", &format!("{APP}/uploads?{query}"))
        .await
}

/// Brings bytes as the documents of resumable uploads have it.
async fn bring(whatsapp: &Whatsapp, id: &str, offset: usize, bytes: Vec<u8>) -> (u16, Value) {
    let request = whatsapp
        .client
        .post(whatsapp.graph(id))
        .header("authorization", format!("OAuth {TOKEN}"))
        .header("file_offset", offset)
        .body(bytes);
    read(request.send().await.unwrap()).await
}

async fn create(whatsapp: &Whatsapp, name: &str, handle: &str, format: &str) -> (u16, Value) {
    let template = json!({"name": name, "language": "en", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": format, "example": {"header_handle": [handle]}},
        {"type": "BODY", "text": "Look at this."}]});
    let url = whatsapp.graph(&format!("{WABA}/message_templates"));
    let request = whatsapp.client.post(url).bearer_auth(TOKEN);
    read(request.json(&template).send().await.unwrap()).await
}

#[tokio::test]
async fn a_sample_is_uploaded_in_parts_and_makes_a_header() {
    let whatsapp = Whatsapp::start().await;
    let (status, begun) = begin(&whatsapp, 2_000_000, "image/png").await;
    assert_eq!(status, 200, "{begun}");
    let id = begun["id"].as_str().unwrap();
    assert!(id.starts_with("upload:"));
    let (status, part) = bring(&whatsapp, id, 0, vec![1; 1_500_000]).await;
    assert_eq!(status, 200, "{part}");
    assert_eq!(part["h"], Value::Null);
    let (_, told) = whatsapp.ask("GET", id).await;
    assert_eq!(told["file_offset"], 1_500_000);
    assert_eq!(
        bring(&whatsapp, id, 0, vec![1; 10]).await.0,
        400,
        "from the start again"
    );
    assert_eq!(
        bring(&whatsapp, id, 1_500_000, vec![1; 600_000]).await.0,
        400,
        "too many"
    );
    let (status, whole) = bring(&whatsapp, id, 1_500_000, vec![1; 500_000]).await;
    assert_eq!(status, 200, "{whole}");
    let handle = whole["h"].as_str().unwrap();
    let (status, made) = create(&whatsapp, "a", handle, "IMAGE").await;
    assert_eq!(status, 200, "{made}");
    // The catalogue shows the file, and an address is no handle.
    let (_, told) = whatsapp.ask("GET", made["id"].as_str().unwrap()).await;
    let address = told["components"][0]["example"]["header_handle"][0].as_str();
    let address = address.unwrap();
    let file = whatsapp.client.get(address).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(file.bytes().await.unwrap().len(), 2_000_000);
    let (_, answer) = create(&whatsapp, "b", address, "IMAGE").await;
    assert_eq!(answer["error"]["error_subcode"], 2_494_102, "{answer}");
    let (_, answer) = create(&whatsapp, "b", handle, "DOCUMENT").await;
    assert_eq!(answer["error"]["error_subcode"], 2_388_047, "{answer}");
    assert_eq!(whatsapp.get("/samples/smell.png").await.0, 404);
    let forged = handle.replace("aW1hZ2UvcG5n", "YXBwbGljYXRpb24vcGRm");
    assert_ne!(handle, forged);
    let (_, answer) = create(&whatsapp, "b", &forged, "DOCUMENT").await;
    assert_eq!(answer["error"]["error_subcode"], 2_494_102, "{answer}");
    let (_, requests) = whatsapp.get("/requests?limit=100").await;
    assert!(
        requests.to_string().len() < 50_000,
        "no bytes of files are logged"
    );
}

#[tokio::test]
async fn an_upload_that_cannot_be_is_refused() {
    let whatsapp = Whatsapp::start().await;
    assert_eq!(begin(&whatsapp, 0, "image/png").await.0, 400);
    assert_eq!(begin(&whatsapp, 101 << 20, "image/png").await.0, 400);
    assert_eq!(begin(&whatsapp, 5, "image/gif").await.0, 400);
    assert_eq!(whatsapp.ask("POST", &format!("{APP}/uploads")).await.0, 400);
    let (_, answer) = whatsapp
        .ask("POST", "1/uploads?file_length=1&file_type=image/png")
        .await;
    assert_eq!(answer["error"]["error_subcode"], 33, "{answer}");
    let (_, answer) = bring(&whatsapp, "upload:smell", 0, vec![1]).await;
    assert_eq!(answer["error"]["error_subcode"], 33, "{answer}");
}
