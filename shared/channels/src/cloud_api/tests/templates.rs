//! What is asked about templates.

use axum::http::Method;
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};

use super::graph::{Graph, TOKEN, client};
use crate::cloud_api::{CreatedTemplate, Sample};

fn page(names: &[&str], more: bool) -> Graph {
    let templates = names.iter().map(|name| json!({"id": "1", "name": name}));
    let mut body = json!({"data": templates.collect::<Vec<Value>>(),
        "paging": {"cursors": {"before": "a", "after": "b"}}});
    if more {
        body["paging"]["next"] = json!("https://example.com");
    }
    Graph::new(200, body.to_string())
}

#[tokio::test]
async fn a_page_says_where_the_next_one_begins() {
    let graph = page(&["hello", "bye"], true);
    let api = client(graph.start().await);
    let first = api.templates("215", TOKEN, None).await.unwrap();
    assert_eq!(first.templates.len(), 2);
    assert_eq!(first.after.as_deref(), Some("b"));
    api.templates("215", TOKEN, Some("b")).await.unwrap();
    let [first, second] = graph.seen().try_into().unwrap();
    let begins = "/graph/v23.0/215/message_templates?limit=250";
    assert!(first.path.starts_with(begins), "{}", first.path);
    assert!(first.path.contains("fields=id%2Cname"), "{}", first.path);
    assert!(second.path.contains("&after=b&"), "{}", second.path);
    let last = client(page(&[], false).start().await);
    let last = last.templates("215", TOKEN, None).await.unwrap();
    assert_eq!(last.after, None);
}

#[tokio::test]
async fn a_name_is_the_whole_name() {
    let graph = page(&["order", "order_update", "order"], false);
    let api = client(graph.start().await);
    let found = api.templates_named("215", TOKEN, "order").await.unwrap();
    assert_eq!(found.len(), 2);
    assert!(graph.seen()[0].path.contains("?name=order&limit=250"));
}

#[tokio::test]
async fn a_graph_that_does_not_know_a_field_is_asked_without() {
    let body = json!({"error": {"message": "(#100) Tried accessing nonexisting field (sub_category)",
        "type": "OAuthException", "code": 100, "fbtrace_id": "A"}});
    let graph = Graph::new(400, body.to_string());
    let api = client(graph.start().await);
    api.template("7", TOKEN).await.unwrap_err();
    let paths: Vec<String> = graph.seen().into_iter().map(|seen| seen.path).collect();
    assert!(paths[0].starts_with("/graph/v23.0/7?fields="), "{paths:?}");
    assert_eq!(paths[1], "/graph/v23.0/7");
}

#[tokio::test]
async fn templates_are_made_changed_and_deleted() {
    let made = Graph::new(200, r#"{"id":7,"status":"PENDING","category":"UTILITY"}"#);
    let api = client(made.start().await);
    let body = json!({"name": "hello"});
    let created = CreatedTemplate {
        id: "7".into(),
        status: Some("PENDING".into()),
        category: Some("UTILITY".into()),
    };
    assert_eq!(api.create_template("215", TOKEN, &body).await, Ok(created));
    let [seen] = made.seen().try_into().unwrap();
    assert_eq!((seen.method, seen.body), (Method::POST, body.clone()));

    let done = Graph::new(200, r#"{"success":true}"#);
    let api = client(done.start().await);
    api.edit_template("7", TOKEN, &body).await.unwrap();
    api.delete_template("215", TOKEN, "hello", Some("7"))
        .await
        .unwrap();
    api.delete_template("215", TOKEN, "hello", None)
        .await
        .unwrap();
    let paths: Vec<String> = done.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        [
            "/graph/v23.0/7",
            "/graph/v23.0/215/message_templates?hsm_id=7&name=hello",
            "/graph/v23.0/215/message_templates?name=hello",
        ]
    );
}

#[tokio::test]
async fn a_sample_is_uploaded_under_the_name_that_graph_gave_it() {
    let begun = Graph::new(200, r#"{"id":"upload:MTphd?sig=A%3D"}"#);
    let api = client(begun.start().await);
    let sample = Sample {
        file_name: "sample",
        mime_type: "image/png",
        length: 5,
    };
    let upload = api.begin_sample("67", TOKEN, &sample).await.unwrap();
    assert_eq!(
        begun.seen()[0].path,
        "/graph/v23.0/67/uploads?file_name=sample&file_length=5&file_type=image%2Fpng"
    );
    let taken = Graph::new(200, r#"{"h":"4::abc"}"#);
    let api = client(taken.start().await);
    let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"12345"))]);
    let handle = api.upload_sample(&upload, TOKEN, 5, bytes).await.unwrap();
    assert_eq!(handle, "4::abc");
    let [seen] = taken.seen().try_into().unwrap();
    assert_eq!(seen.path, "/graph/v23.0/upload:MTphd?sig=A%3D");
    assert_eq!(seen.headers["authorization"], "OAuth EAAB-secret");
    assert_eq!(seen.headers["file_offset"], "0");
    assert_eq!(seen.body, json!(12345));
}
