use super::*;

fn fault(json: &str) -> Fault {
    serde_json::from_str(json).unwrap()
}

fn faults(all: &[&str]) -> Faults {
    let faults = Faults::default();
    for json in all {
        faults.add(fault(json));
    }
    faults
}

#[test]
fn a_fault_strikes_what_it_names_as_often_as_it_says() {
    let faults =
        faults(&[r#"{"aws":"dynamodb","error":"drop","operations":["PutItem"],"times":2}"#]);
    let strike = |service, operation| {
        faults
            .strike_operation(service, operation)
            .map(|strike| strike.kind)
    };
    assert_eq!(strike(Service::DynamoDb, "GetItem"), None);
    assert_eq!(strike(Service::S3, "PutItem"), None);
    assert_eq!(strike(Service::DynamoDb, "PutItem"), Some(Kind::Drop));
    assert_eq!(strike(Service::DynamoDb, "PutItem"), Some(Kind::Drop));
    assert_eq!(strike(Service::DynamoDb, "PutItem"), None);
    let counts = serde_json::to_value(faults.counts()).unwrap();
    let put = serde_json::json!({"calls": 3, "drop": 2});
    assert_eq!(counts["dynamodb"]["PutItem"], put);
}

#[test]
fn the_same_seed_is_the_same_trouble_at_the_rate_that_was_asked_for() {
    let run = || {
        let faults = faults(&[r#"{"aws":"all","error":"mixed","rate":0.1,"seed":7}"#]);
        let strikes = (0..10_000).map(|_| faults.strike_operation(Service::Sqs, "SendMessage"));
        strikes.collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(first, run());
    for kind in KINDS {
        let of_kind = first.iter().flatten().filter(|strike| strike.kind == kind);
        let count = of_kind.count();
        assert!((200..300).contains(&count), "{kind:?}: {count}");
    }
}

#[test]
fn what_was_ended_strikes_no_more() {
    let faults = faults(&[r#"{"aws":"all","error":"internal"}"#]);
    let request = || Request::new(axum::body::Body::empty());
    assert!(faults.strike(Service::S3, &request()).is_some());
    faults.end();
    assert_eq!(faults.strike(Service::S3, &request()), None);
    assert_eq!(faults.counts()[&Service::S3]["Unknown"].calls, 1);
}

#[test]
fn a_fault_that_makes_no_sense_is_told() {
    for bad in [
        r#"{"aws":"all","error":"drop","rate":1.5}"#,
        r#"{"aws":"all","error":"drop","times":0}"#,
        r#"{"aws":"all","error":"drop","operations":[]}"#,
    ] {
        assert!(fault(bad).problem().is_some(), "{bad}");
    }
    for bad in [
        r#"{"aws":"ec2","error":"drop"}"#,
        r#"{"aws":"all"}"#,
        r#"{"aws":"all","error":"drop","at":1}"#,
    ] {
        assert!(serde_json::from_str::<Fault>(bad).is_err(), "{bad}");
    }
    assert_eq!(fault(r#"{"aws":"s3","error":"mixed"}"#).problem(), None);
}
