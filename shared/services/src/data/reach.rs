//! How an erasure comes to every kind of item.

use openwati_store::Entity;

/// How an erasure of a tenant comes to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// It walks through the places where they lie.
    Walked,
    /// They are found by another kind of item, and removed with it.
    By(Entity),
    /// They go by themselves, or are nobody's; why.
    Left(&'static str),
}

/// How an erasure of a tenant comes to items of this kind.
pub(super) const fn reach(entity: Entity) -> Reach {
    match entity {
        Entity::KeyListItem
        | Entity::KeyCount
        | Entity::KeyCopy
        | Entity::User
        | Entity::UserCount
        | Entity::Tenant
        | Entity::Channel
        | Entity::Message
        | Entity::Contact
        | Entity::ContactTerm
        | Entity::Alias
        | Entity::ContactList
        | Entity::ContactListCount
        | Entity::ConsentListItem
        | Entity::FileSource
        | Entity::File
        | Entity::Notice
        | Entity::Delivery
        | Entity::Endpoint
        | Entity::EndpointCount
        | Entity::GoneEndpoint
        | Entity::OutboundQuota
        | Entity::Tally
        | Entity::CallbackLog
        | Entity::Audit
        | Entity::DataJob
        | Entity::ContactJob
        | Entity::Template
        | Entity::TemplateSync
        | Entity::Automation
        | Entity::Rule
        | Entity::AiQuota => Reach::Walked,
        Entity::ApiKey => Reach::By(Entity::KeyListItem),
        Entity::EmailLookup | Entity::OidcLookup => Reach::By(Entity::User),
        Entity::Slots => Reach::By(Entity::Channel),
        Entity::Wamid
        | Entity::Amendments
        | Entity::MediaUse
        | Entity::Conversation
        | Entity::AutomationRun => Reach::By(Entity::Message),
        Entity::Consent => Reach::By(Entity::ConsentListItem),
        Entity::Attempt => Reach::By(Entity::Delivery),
        Entity::TenantListItem => Reach::By(Entity::Tenant),
        Entity::Idempotency => Reach::Left(
            "it holds the hash of a request and an id, is found by the caller's text alone, and goes after 24 hours",
        ),
        Entity::Outbox => Reach::Left("it goes within minutes, when its job is on its queue"),
        Entity::Limit => Reach::Left(
            "it holds the hash of an account or an address and a count, is no tenant's, and goes after minutes",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use openwati_core::id::Id;
    use openwati_core::time::Moment;
    use openwati_store::data::Place;

    use super::*;
    use crate::data::erase_tenant::sequences;
    use crate::data::subject::Subject;

    #[test]
    fn an_erasure_comes_to_every_kind_of_item() {
        let now = Moment::from_seconds(1_790_000_000);
        let mut subject = Subject::of_tenant("1234567890".parse().unwrap(), now);
        subject.endpoints.push(Id::from_bytes([1; 12]));
        let places = sequences(&subject, 0, 0);
        let walked: BTreeSet<Entity> = places
            .iter()
            .filter_map(|sequence| sequence.first())
            .flat_map(|place: Place| place.entities().to_vec())
            .collect();
        for entity in Entity::ALL {
            let found_by = match reach(*entity) {
                Reach::Walked => *entity,
                Reach::By(other) => other,
                Reach::Left(why) => {
                    assert!(!why.is_empty());
                    assert!(!walked.contains(entity), "{entity:?} is walked and left");
                    continue;
                }
            };
            assert!(walked.contains(&found_by), "{entity:?} is not come to");
            assert_eq!(reach(found_by), Reach::Walked, "{entity:?}");
        }
    }
}
