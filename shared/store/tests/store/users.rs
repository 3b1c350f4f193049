//! People of a team, their sessions, and what must not happen to a team.

use std::sync::LazyLock;
use std::time::Duration;

use futures::future::join_all;
use openwati_core::entropy::Entropy;
use openwati_core::id::Id;
use openwati_core::role::Role;
use openwati_core::secret::Secret;
use openwati_core::tenant::TenantId;
use openwati_core::time::Moment;
use openwati_store::Store;
use openwati_store::audit::AuditRecord;
use openwati_store::limit::Limit;
use openwati_store::user::{
    Changed, Created, MOST_SESSIONS, NewSession, SessionUse, Sessions, Turned, USER_PER_MINUTE,
    UserChange, UserRecord, UserState,
};

use crate::table::{NOW, store, tenant};

fn id() -> Id {
    Id::new(NOW, &Entropy::system())
}

fn act() -> &'static AuditRecord {
    Box::leak(Box::new(AuditRecord {
        id: id(),
        actor: "operator".to_owned(),
        act: "user.tested".to_owned(),
        target: None,
        details: None,
    }))
}

fn user(email: &str, role: Role, state: UserState) -> UserRecord {
    UserRecord {
        id: id(),
        email: email.parse().unwrap(),
        name: "Ada 🦊".to_owned(),
        role,
        state,
        password_hash: Some(Secret::new("$argon2id$".to_owned())),
        password_version: 1,
        sessions: Sessions::default(),
        per_minute: USER_PER_MINUTE,
        created_at: NOW,
        invited_until: (state == UserState::Invited).then(|| NOW.plus(Duration::from_secs(60))),
        unproven: false,
        invitation: 0,
        oidc: Vec::new(),
    }
}

async fn made(store: &Store, record: UserRecord) -> UserRecord {
    let created = store.create_user(team(), &record, None, None, act()).await;
    assert_eq!(created.unwrap(), Created::Yes);
    record
}

async fn again(store: &Store, user: &UserRecord) -> UserRecord {
    store.user(team(), user.id).await.unwrap().unwrap()
}

async fn begin(store: &Store, user: &UserRecord, now: Moment) -> Option<Id> {
    let session = NewSession {
        id: id(),
        agent: None,
    };
    let begun = store.begin_session(team(), user, &session, now, act());
    begun.await.unwrap().then_some(session.id)
}

async fn is_in(store: &Store, user: &UserRecord, session: Id) -> bool {
    let used = store.use_session(team(), user.id, session, NOW).await;
    matches!(used.unwrap(), SessionUse::Counted(..))
}

#[tokio::test]
async fn seats_are_never_exceeded_by_parallel_invitations() {
    let store = store().await;
    let invited = (0..12).map(|n| {
        let store = store.clone();
        async move {
            let record = user(&format!("{n}@example.com"), Role::Agent, UserState::Invited);
            let made = store.create_user(team(), &record, Some(5), None, act());
            made.await.unwrap()
        }
    });
    let outcomes = join_all(invited).await;
    let of = |wanted| outcomes.iter().filter(|o| **o == wanted).count();
    assert_eq!((of(Created::Yes), of(Created::Full)), (5, 7));
    assert_eq!(store.seats(team()).await.unwrap(), 5);
    let page = store.team(team(), None, 3).await.unwrap();
    assert_eq!(page.users.len(), 3);
    let rest = store.team(team(), page.next, 3).await.unwrap();
    assert_eq!((rest.users.len(), rest.next), (2, None));
    let none = user("none@example.com", Role::Agent, UserState::Invited);
    let other: TenantId = "2234567890".parse().unwrap();
    let made = store.create_user(&other, &none, Some(0), None, act()).await;
    assert_eq!(made.unwrap(), Created::Full);
}

#[tokio::test]
async fn an_address_is_one_user_over_all_tenants() {
    let store = store().await;
    let ada = made(
        &store,
        user("ada@example.com", Role::Admin, UserState::Active),
    )
    .await;
    let other: TenantId = "2234567890".parse().unwrap();
    let twin = user("ADA@example.com", Role::Agent, UserState::Invited);
    let made = store.create_user(&other, &twin, Some(1), None, act()).await;
    assert_eq!(made.unwrap(), Created::EmailTaken);
    assert_eq!(store.seats(&other).await.unwrap(), 0);
    let found = store.find_email(&ada.email).await.unwrap().unwrap();
    assert_eq!((found.tenant, found.user), (tenant(), ada.id));
}

#[tokio::test]
async fn of_two_admins_who_go_at_the_same_time_one_stays() {
    let store = store().await;
    let admins = ["a@example.com", "b@example.com"];
    let mut there = Vec::new();
    for email in admins {
        there.push(made(&store, user(email, Role::Admin, UserState::Active)).await);
    }
    made(
        &store,
        user("c@example.com", Role::Admin, UserState::Invited),
    )
    .await;
    let demote = UserChange {
        role: Some(Role::Agent),
        ..UserChange::default()
    };
    let team = team();
    let (removed, demoted) = tokio::join!(
        store.remove_user(team, &there[0], act()),
        store.change_user(team, &there[1], &demote, act()),
    );
    let outcomes = [
        matches!(removed.unwrap(), Changed::Done(())),
        matches!(demoted.unwrap(), Changed::Done(_)),
    ];
    assert_eq!(
        outcomes.iter().filter(|done| **done).count(),
        1,
        "{outcomes:?}"
    );
    let left = there[usize::from(outcomes[0])].clone();
    for change in [
        demote,
        UserChange {
            state: Some(UserState::Disabled),
            ..UserChange::default()
        },
    ] {
        let changed = store.change_user(team, &left, &change, act()).await;
        assert_eq!(changed.unwrap(), Changed::LastAdmin);
    }
}

#[tokio::test]
async fn who_is_removed_leaves_nothing_that_leads_to_them() {
    let store = store().await;
    made(
        &store,
        user("admin@example.com", Role::Admin, UserState::Active),
    )
    .await;
    let ada = made(
        &store,
        user("ada@example.com", Role::Agent, UserState::Invited),
    )
    .await;
    let subject = ("https://issuer.example", "ada");
    let linked = store.link_oidc(team(), &ada, subject, NOW, act()).await;
    assert!(linked.unwrap());
    // As they were before they were linked.
    let moved = store.remove_user(team(), &ada, act()).await.unwrap();
    assert_eq!(moved, Changed::Moved);
    let ada = again(&store, &ada).await;
    assert_eq!((ada.state, ada.invited_until), (UserState::Active, None));
    let session = begin(&store, &ada, NOW).await.unwrap();
    let ada = again(&store, &ada).await;
    let removed = store.remove_user(team(), &ada, act()).await.unwrap();
    assert_eq!(removed, Changed::Done(()));
    assert!(!is_in(&store, &ada, session).await);
    assert_eq!(store.find_email(&ada.email).await.unwrap(), None);
    let found = store.find_oidc(subject.0, subject.1).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(store.seats(team()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_session_ends_with_its_log_out_with_a_password_and_with_its_user() {
    let store = store().await;
    let ada = made(
        &store,
        user("ada@example.com", Role::Agent, UserState::Active),
    )
    .await;
    let (one, two) = (
        begin(&store, &ada, NOW).await.unwrap(),
        begin(&store, &ada, NOW).await.unwrap(),
    );
    let ended = store.end_sessions(team(), ada.id, Some(one), act()).await;
    assert!(ended.unwrap());
    assert!(!is_in(&store, &ada, one).await && is_in(&store, &ada, two).await);
    let three = begin(&store, &ada, NOW).await.unwrap();
    let seen = again(&store, &ada).await;
    let hash = Secret::new("$argon2id$new".to_owned());
    let set = |keep| store.set_password(team(), &seen, &hash, keep, act());
    assert!(set(Some(three)).await.unwrap());
    assert!(!is_in(&store, &ada, two).await && is_in(&store, &ada, three).await);
    // The password that was seen is not it any more: neither a second change nor a log-in by it.
    assert!(!set(None).await.unwrap());
    assert_eq!(begin(&store, &seen, NOW).await, None);
    let seen = again(&store, &ada).await;
    let off = UserChange {
        state: Some(UserState::Disabled),
        ..UserChange::default()
    };
    let changed = store.change_user(team(), &seen, &off, act()).await.unwrap();
    assert!(matches!(changed, Changed::Done(_)));
    assert!(!is_in(&store, &ada, three).await);
    assert_eq!(begin(&store, &seen, NOW).await, None);
}

fn team() -> &'static TenantId {
    static TEAM: LazyLock<TenantId> = LazyLock::new(tenant);
    &TEAM
}

#[tokio::test]
async fn one_log_in_more_ends_the_session_that_was_unused_for_the_longest_time() {
    let store = store().await;
    let ada = made(
        &store,
        user("ada@example.com", Role::Agent, UserState::Active),
    )
    .await;
    let mut sessions = Vec::new();
    for n in 0..MOST_SESSIONS {
        let seen = again(&store, &ada).await;
        let now = NOW.plus(Duration::from_secs(n as u64));
        sessions.push(begin(&store, &seen, now).await.unwrap());
    }
    let later = NOW.plus(Duration::from_secs(60));
    let turned = store.turn_session(team(), ada.id, sessions[0], 0, later);
    assert!(matches!(turned.await.unwrap(), Turned::Yes(_, 1)));
    // All of them read the same team member, and each finds a place.
    let seen = again(&store, &ada).await;
    let more = join_all((0..4).map(|_| begin(&store, &seen, later))).await;
    assert!(more.iter().all(Option::is_some));
    let now = again(&store, &ada).await;
    assert_eq!(now.sessions.len(), MOST_SESSIONS);
    let gone = sessions
        .iter()
        .filter(|id| now.sessions.get(**id).is_none());
    assert_eq!(
        gone.collect::<Vec<_>>(),
        sessions[1..5].iter().collect::<Vec<_>>()
    );
    let much_later = NOW.plus(Duration::from_secs(31 * 86_400));
    let last = begin(&store, &now, much_later).await.unwrap();
    let now = again(&store, &ada).await;
    assert!(now.sessions.len() == 1 && now.sessions.get(last).is_some());
}

#[tokio::test]
async fn a_refresh_token_that_was_used_before_ends_its_session() {
    let store = store().await;
    let ada = made(
        &store,
        user("ada@example.com", Role::Agent, UserState::Active),
    )
    .await;
    let session = begin(&store, &ada, NOW).await.unwrap();
    let turn = |generation, seconds| {
        let now = NOW.plus(Duration::from_secs(seconds));
        let store = store.clone();
        let user = ada.id;
        async move {
            let turned = store.turn_session(team(), user, session, generation, now);
            turned.await.unwrap()
        }
    };
    assert!(matches!(turn(1, 0).await, Turned::Refused));
    assert!(matches!(turn(0, 0).await, Turned::Yes(_, 1)));
    // Another page that renews at the same time gets the same.
    assert!(matches!(turn(0, 29).await, Turned::Yes(_, 1)));
    assert!(is_in(&store, &ada, session).await);
    assert!(matches!(turn(0, 30).await, Turned::Stolen));
    assert!(!is_in(&store, &ada, session).await);
    assert!(matches!(turn(1, 31).await, Turned::Refused));
}

#[tokio::test]
async fn an_invitation_lets_in_once_until_it_ends_or_is_made_anew() {
    let store = store().await;
    let hash = Secret::new("$argon2id$".to_owned());
    let ada = made(
        &store,
        user("ada@example.com", Role::Admin, UserState::Invited),
    )
    .await;
    assert_eq!(begin(&store, &ada, NOW).await, None);
    let until = NOW.plus(Duration::from_secs(120));
    assert!(
        store
            .renew_invitation(team(), &ada, until, act())
            .await
            .unwrap()
    );
    let accept = |seen: UserRecord, seconds| {
        let now = NOW.plus(Duration::from_secs(seconds));
        let (store, hash) = (store.clone(), hash.clone());
        async move {
            let accepted = store.accept_invitation(team(), &seen, "Ada", &hash, now, act());
            accepted.await.unwrap()
        }
    };
    assert!(!accept(ada.clone(), 0).await, "the link before is dead");
    let seen = again(&store, &ada).await;
    assert!(!accept(seen.clone(), 120).await, "it has ended");
    let both = join_all([accept(seen.clone(), 119), accept(seen.clone(), 119)]).await;
    assert_eq!(both.iter().filter(|accepted| **accepted).count(), 1);
    let ada = again(&store, &ada).await;
    assert_eq!((ada.name.as_str(), ada.state), ("Ada", UserState::Active));
    assert!(ada.is_active_admin() && ada.password_version == 2);
    // She is the one Admin now.
    let removed = store.remove_user(team(), &ada, act()).await.unwrap();
    assert_eq!(removed, Changed::LastAdmin);
}

#[tokio::test]
async fn a_person_has_one_minute_over_all_sessions() {
    let store = store().await;
    let ada = UserRecord {
        per_minute: 3,
        ..user("ada@example.com", Role::Agent, UserState::Active)
    };
    let ada = made(&store, ada).await;
    let (one, two) = (
        begin(&store, &ada, NOW).await.unwrap(),
        begin(&store, &ada, NOW).await.unwrap(),
    );
    assert!(is_in(&store, &ada, one).await && is_in(&store, &ada, two).await);
    let used = store.use_user(team(), ada.id, NOW).await.unwrap();
    assert!(matches!(used, SessionUse::Counted(_, rate) if rate.remaining == 0));
    let full = store.use_session(team(), ada.id, one, NOW).await.unwrap();
    assert!(matches!(full, SessionUse::Full(_)));
    let nobody = store.use_session(team(), ada.id, id(), NOW).await.unwrap();
    assert!(matches!(nobody, SessionUse::Refused));
    let later = NOW.plus(Duration::from_secs(60 * 20));
    let used = store.use_session(team(), ada.id, one, later).await;
    assert!(matches!(used.unwrap(), SessionUse::Counted(_, rate) if rate.remaining == 2));
}

#[tokio::test]
async fn tries_at_the_same_time_do_not_pass_their_limit() {
    let store = store().await;
    let limit = Limit {
        kind: "test",
        most: 10,
        window: Duration::from_secs(900),
    };
    let tries = (0..40).map(|_| store.take_try(&limit, "ada", NOW));
    let taken = join_all(tries).await;
    assert_eq!(
        taken
            .into_iter()
            .filter(|taken| *taken.as_ref().unwrap())
            .count(),
        10
    );
    assert!(store.take_try(&limit, "eve", NOW).await.unwrap());
    store.give_try_back(&limit, "ada", NOW).await.unwrap();
    assert!(store.take_try(&limit, "ada", NOW).await.unwrap());
    assert!(!store.take_try(&limit, "ada", NOW).await.unwrap());
    let next = limit.ends(NOW);
    assert!(NOW < next && next <= NOW.plus(limit.window));
    assert!(store.take_try(&limit, "ada", next).await.unwrap());
}
