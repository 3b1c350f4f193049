//! A table of its own for each test.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::aws::AwsConfig;

pub(crate) const NOW: Moment = Moment::from_seconds(1_781_094_896);

pub(crate) fn tenant() -> TenantId {
    "1234567890".parse().unwrap()
}

/// A store on an empty table, in memory.
pub(crate) async fn store() -> Store {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = AwsConfig {
        region: "us-east-1".into(),
        credentials: Credentials::new("test", "test", None, None, "test"),
        dynamodb: Some(endpoint.clone()),
        sqs: Some(endpoint.clone()),
        s3: Some(endpoint),
    };
    let client = config.clients().dynamodb;
    create(&client).await;
    Store::new(client, "openwati")
}

async fn create(client: &aws_sdk_dynamodb::Client) {
    let attribute = |name: &str, kind| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(kind).build().unwrap()
    };
    let key = |name: &str, kind| {
        let key = KeySchemaElement::builder().attribute_name(name);
        key.key_type(kind).build().unwrap()
    };
    let index = |name: &str, hash: &str, range: &str| {
        let keys = Projection::builder().projection_type(ProjectionType::KeysOnly);
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key(hash, KeyType::Hash))
            .key_schema(key(range, KeyType::Range))
            .projection(keys.build())
            .build()
            .unwrap()
    };
    let table = client.create_table().table_name("openwati");
    table
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("sk", ScalarAttributeType::S))
        .attribute_definitions(attribute("peer_key", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_shard", ScalarAttributeType::S))
        .attribute_definitions(attribute("due_at", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(index("peer", "peer_key", "sk"))
        .global_secondary_indexes(index("due", "due_shard", "due_at"))
        .send()
        .await
        .unwrap();
}
