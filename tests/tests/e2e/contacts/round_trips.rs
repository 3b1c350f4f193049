//! What contacts ask of DynamoDB.

use std::collections::BTreeMap;
use std::time::Duration;

use openwati_services::contacts::{self, ContactChange, Filter, Given, NewContacts};
use openwati_services::{Caller, Gate, Platform, authenticate, contact_lists};
use openwati_tests::{Call, Proxy, Running, in_sequence, someone};

use super::plus;

/// Long against what DynamoDB takes here, so that requests at the same time are seen as such.
const DELAY: Duration = Duration::from_millis(100);

fn contact(number: String) -> Result<Given, String> {
    Ok(Given {
        phone: plus(&number),
        name: Some("Ali Khan".to_owned()),
        tags: vec!["lead".to_owned()],
        attributes: BTreeMap::new(),
    })
}

/// Round trips in sequence since the last look, the one that lets the caller in counted, and how many requests.
fn looked(proxy: &Proxy) -> (usize, usize) {
    let calls = proxy.take();
    let calls: Vec<&Call> = calls.iter().collect();
    (in_sequence(calls.clone()), calls.len())
}

async fn admitted(platform: &Platform, key: &str, proxy: &Proxy) -> Caller {
    proxy.take();
    let caller = authenticate::by_api_key(platform, key, Gate::RestApi).await;
    caller.unwrap()
}

#[tokio::test]
async fn what_contacts_cost_does_not_grow_with_their_number() {
    let running = Running::shared();
    let ready = running.ready();
    let proxy = Proxy::start(&ready.aws.endpoints.dynamodb, &ready.graph_base_url, DELAY).await;
    let platform = running.services_over(proxy.dynamodb(), &proxy.graph());
    let tenant = running.tenant().make().await;
    let key = tenant.client.key();
    let mut seen = Vec::new();

    let numbers: Vec<String> = std::iter::repeat_with(someone).take(40).collect();
    for what in ["save new", "save known"] {
        let caller = admitted(&platform, key, &proxy).await;
        let new = NewContacts {
            given: numbers.iter().cloned().map(contact).collect(),
            idempotency: None,
        };
        contacts::save(&platform, &caller, new).await.unwrap();
        seen.push((what, looked(&proxy)));
    }
    let filter = |change: &dyn Fn(&mut Filter)| {
        let mut filter = Filter {
            limit: 1000,
            ..Filter::default()
        };
        change(&mut filter);
        filter
    };
    let text = |text: &str| Some(text.to_owned());
    for (what, filter) in [
        ("list", filter(&|_| ())),
        (
            "search by name",
            filter(&|filter| filter.search = text("ali")),
        ),
        (
            "search by number",
            filter(&|filter| filter.search = text("92")),
        ),
        ("list by tag", filter(&|filter| filter.tag = text("lead"))),
        (
            "filter by attribute",
            filter(&|filter| filter.attributes = vec![("a".to_owned(), "b".to_owned())]),
        ),
        (
            "filter by opt-out",
            filter(&|filter| filter.opted_out = Some(true)),
        ),
    ] {
        let caller = admitted(&platform, key, &proxy).await;
        contacts::list(&platform, &caller, &filter).await.unwrap();
        seen.push((what, looked(&proxy)));
    }
    let caller = admitted(&platform, key, &proxy).await;
    let all = contacts::list(&platform, &caller, &filter(&|_| ()))
        .await
        .unwrap();
    let ids: Vec<String> = all
        .contacts
        .iter()
        .map(|contact| contact.id.uuid())
        .collect();

    let caller = admitted(&platform, key, &proxy).await;
    contacts::find(&platform, &caller, &ids[0]).await.unwrap();
    seen.push(("show", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    let change = ContactChange {
        tags: Some(vec!["vip".to_owned()]),
        ..ContactChange::default()
    };
    contacts::change(&platform, &caller, &ids[0], change)
        .await
        .unwrap();
    seen.push(("change", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    let list = contact_lists::create(&platform, &caller, "List", None)
        .await
        .unwrap();
    seen.push(("create a list", looked(&proxy)));
    let list = list.thing.id.uuid();

    let caller = admitted(&platform, key, &proxy).await;
    contact_lists::add(&platform, &caller, &list, &ids)
        .await
        .unwrap();
    seen.push(("put on a list", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    contact_lists::find(&platform, &caller, &list)
        .await
        .unwrap();
    seen.push(("show a list", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    contact_lists::members(&platform, &caller, &list, 50, None)
        .await
        .unwrap();
    seen.push(("contacts on a list", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    contact_lists::list(&platform, &caller, 50, None)
        .await
        .unwrap();
    seen.push(("list lists", looked(&proxy)));

    let caller = admitted(&platform, key, &proxy).await;
    contacts::remove(&platform, &caller, &ids[..8])
        .await
        .unwrap();
    seen.push(("delete", looked(&proxy)));

    for (what, (in_sequence, requests)) in &seen {
        println!("{what}: {in_sequence} in sequence, {requests} requests");
    }
    let in_sequence: Vec<(&str, usize)> = seen
        .iter()
        .map(|(what, (trips, _))| (*what, *trips))
        .collect();
    assert_eq!(in_sequence, IN_SEQUENCE);
}

/// Round trips of each, the one that lets the caller in counted.
const IN_SEQUENCE: [(&str, usize); 16] = [
    ("save new", 5),
    ("save known", 5),
    ("list", 3),
    ("search by name", 4),
    ("search by number", 4),
    ("list by tag", 4),
    ("filter by attribute", 2),
    ("filter by opt-out", 3),
    ("show", 3),
    ("change", 4),
    ("create a list", 4),
    ("put on a list", 3),
    ("show a list", 2),
    ("contacts on a list", 4),
    ("list lists", 2),
    ("delete", 4),
];
