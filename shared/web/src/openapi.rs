//! The description of the API, put together from the descriptions of its functions.

pub mod message;

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Response, ResponseBuilder, ServerBuilder, schema::Object, schema::Type, tag::TagBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::{ErrorBody, WhatsAppError};

/// The name of the one security scheme; handlers say `security(("ApiKey" = []))`.
const SCHEME: &str = "ApiKey";

const DESCRIPTION: &str = "\
Send WhatsApp messages and see what became of them.

Make an API key and send it as `Authorization: Bearer wati_…` with every request, from your server and never from a \
browser. Bodies are JSON in UTF-8. Times are ISO-8601 in UTC, ids are UUIDs, phone numbers are digits with the country \
code. Every error has a sentence for people (`error`) and a code that stays as it is (`code`).

People log in by `POST /api/auth/login` and send its `accessToken` in the place of a key, on the same paths; their role says \
what they may. It is good for 15 minutes: `POST /api/auth/refresh` gives the next one, and another `refreshToken`, which \
replaces the one that was sent. Log-out, a new password and another role hold from the next request on.

Lists have `limit` and `cursor`: ask for the next page with the `nextCursor` of the one before, until it is `null`. What is \
made answers 201 with the thing, and where an `Idempotency-Key` is taken the same request may be repeated. A PATCH or PUT \
changes what it names and leaves the rest.";

const TAGS: [(&str, &str); 13] = [
    ("Messages", "Send messages and look them up."),
    (
        "Contacts",
        "The people whom messages are with, and lists of them.",
    ),
    (
        "Auto-replies",
        "What answers customers by itself, and what it answered.",
    ),
    (
        "Webhooks",
        "Where events are posted, and what was delivered there.",
    ),
    (
        "Channels",
        "The numbers that messages go out and come in by.",
    ),
    ("People", "Sign-up, log-in and passwords."),
    ("Team", "Who works in an account, and what they may do."),
    ("Keys", "What programs call with."),
    ("Account", "Settings, plan, usage, and what was done."),
    (
        "Data",
        "Export everything, or all about one contact, and erase it.",
    ),
    ("Installation", "All tenants, for Super Admins."),
    ("WhatsApp", "What Meta calls."),
    ("Description", "This description."),
];

/// Headers of answers to a known key; the last one stands on 429 alone.
const HEADERS: [(&str, &str); 4] = [
    (
        "RateLimit-Limit",
        "Requests a minute that the key may make.",
    ),
    ("RateLimit-Remaining", "Requests that are left of them."),
    ("RateLimit-Reset", "Seconds until the next minute begins."),
    ("Retry-After", "Seconds after which to try again."),
];

/// The description of the whole API: `functions` merged, with what holds for all of them.
///
/// # Panics
/// If two functions call different things by one name: one of them would be described as the other.
pub fn openapi(functions: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    let mut api = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("OpenWATI")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new()
            .url("/")
            .description(Some("This installation"))
            .build()]))
        .tags(Some(TAGS.map(|(name, description)| {
            TagBuilder::new()
                .name(name)
                .description(Some(description))
                .build()
        })))
        .components(Some(components()))
        .build();
    for function in functions {
        let known = api.components.iter().flat_map(|all| &all.schemas);
        let new = function.components.iter().flat_map(|all| &all.schemas);
        let known: BTreeMap<_, _> = known.collect();
        for (name, schema) in new {
            let other = known.get(name).filter(|known| **known != schema);
            assert!(other.is_none(), "two functions describe a {name}");
        }
        api.merge(function);
    }
    for item in api.paths.paths.values_mut() {
        operations(item)
            .into_iter()
            .flatten()
            .filter(|operation| operation.security.is_some())
            .for_each(show_rate_limit);
    }
    api
}

fn components() -> Components {
    let mut components = Components::new();
    components.add_security_scheme(
        SCHEME,
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("wati_…")
                .description(Some(
                    "An API key. The header `X-API-Key` and the bare key in `Authorization` are taken too. So are the access \
                     token of somebody who is logged in and, of who was invited, a token of an OpenID Connect issuer that the \
                     operator configured.",
                ))
                .build(),
        ),
    );
    for (name, description) in HEADERS {
        let header = HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::Integer)))
            .description(Some(description))
            .build();
        components.headers.insert(name.to_owned(), header.into());
    }
    for (name, schema) in [
        (ErrorBody::name(), ErrorBody::schema()),
        (WhatsAppError::name(), WhatsAppError::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    components
}

fn operations(item: &mut PathItem) -> [Option<&mut Operation>; 5] {
    [
        item.get.as_mut(),
        item.post.as_mut(),
        item.put.as_mut(),
        item.patch.as_mut(),
        item.delete.as_mut(),
    ]
}

fn show_rate_limit(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        // Without a key there is no minute to show.
        let shown = match status.as_str() {
            "401" => 0..0,
            "429" => 0..HEADERS.len(),
            _ => 0..HEADERS.len() - 1,
        };
        for (name, _) in &HEADERS[shown] {
            let header = Ref::new(format!("#/components/headers/{name}"));
            response
                .headers
                .insert((*name).to_owned(), RefOr::Ref(header));
        }
    }
}

/// An error's response for an operation's description: when it comes, and its codes.
pub fn error_response(when: &str, codes: &[&str]) -> RefOr<Response> {
    let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    ResponseBuilder::new()
        .description(format!("{when} Code: {}.", codes.join(", ")))
        .content(
            "application/json",
            ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(ErrorBody::name())))
                .build(),
        )
        .build()
        .into()
}

/// Errors of an operation by status, in the form that `#[utoipa::path(responses(…))]` takes.
#[macro_export]
macro_rules! error_responses {
    ($(#[$doc:meta])* $name:ident { $($status:literal: $when:literal [$($code:literal),+],)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl ::utoipa::IntoResponses for $name {
            fn responses() -> ::std::collections::BTreeMap<
                ::std::string::String,
                ::utoipa::openapi::RefOr<::utoipa::openapi::response::Response>,
            > {
                [$(($status.to_owned(), $crate::openapi::error_response($when, &[$($code),+]))),+].into()
            }
        }
    };
}

error_responses! {
    /// What every operation with a key may answer.
    KeyErrors {
        "401": "The key or token is missing, unknown, revoked, disabled or expired." ["unauthorized"],
        "429": "The key's or the person's minute is used up." ["rate_limited"],
        "500": "A fault of ours." ["internal"],
        "503": "The service is busy: try again." ["unavailable"],
    }
}
