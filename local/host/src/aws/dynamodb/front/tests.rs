//! The SDK against the front, on a real socket.

use aws_sdk_dynamodb::{
    Client,
    error::ProvideErrorMetadata as _,
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put,
        ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, ScalarAttributeType,
        TransactWriteItem,
    },
};
use openwati_store::aws::AwsConfig;

use super::*;
use crate::aws::{credentials, listen};

const TABLE: &str = "items";

async fn client() -> Client {
    let (listener, at) = listen().await.unwrap();
    let router = router(Database::memory().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = AwsConfig {
        region: "us-east-1".to_owned(),
        credentials: credentials("id", "secret"),
        dynamodb: Some(format!("http://{at}")),
        sqs: None,
        s3: None,
    };
    let client = config.clients().dynamodb;
    let id = AttributeDefinition::builder()
        .attribute_name("pk")
        .attribute_type(ScalarAttributeType::S);
    let key = KeySchemaElement::builder()
        .attribute_name("pk")
        .key_type(KeyType::Hash);
    let create = client.create_table().table_name(TABLE);
    create
        .attribute_definitions(id.build().unwrap())
        .key_schema(key.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
    client
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn a_condition_that_fails_shows_the_item_that_is_there() {
    let client = client().await;
    let put = |value| {
        let put = client.put_item().table_name(TABLE);
        put.item("pk", text("a"))
            .item("value", text(value))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
    };
    let first = put("first").await.unwrap();
    let used = first.consumed_capacity.unwrap().capacity_units;
    assert_eq!(used, Some(1.0));
    let error = put("second").await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("ConditionalCheckFailedException"));
    let aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(error) =
        error
    else {
        panic!("{error:?}");
    };
    assert_eq!(error.item.unwrap()["value"], text("first"));
}

#[tokio::test]
async fn a_transaction_that_is_cancelled_says_why() {
    let client = client().await;
    let put = |key, condition: Option<&str>| {
        let put = Put::builder().table_name(TABLE).item("pk", text(key));
        let put = put.set_condition_expression(condition.map(str::to_owned));
        TransactWriteItem::builder()
            .put(put.build().unwrap())
            .build()
    };
    let write = client
        .transact_write_items()
        .transact_items(put("a", None))
        .transact_items(put("b", Some("attribute_exists(pk)")));
    let error = write.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(error) = error
    else {
        panic!("{error:?}");
    };
    let reasons = error.cancellation_reasons.unwrap();
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason.code()).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    let scan = client.scan().table_name(TABLE).send().await.unwrap();
    assert_eq!(scan.count, 0);
}

#[tokio::test]
async fn what_is_no_request_is_refused_as_dynamodb_refuses_it() {
    let client = client().await;
    let missing = client.describe_table().table_name("others").send().await;
    let missing = missing.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception());
    let empty = client.get_item().table_name(TABLE).key("pk", text(""));
    let error = empty.send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));
    let streams = client.describe_limits().send().await.unwrap_err();
    assert_eq!(streams.code(), Some("UnknownOperationException"));
}
