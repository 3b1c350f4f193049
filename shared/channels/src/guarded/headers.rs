//! The headers of a request.

use http::{
    HeaderMap,
    header::{
        ACCEPT, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderName, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, PROXY_AUTHORIZATION, RANGE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
        USER_AGENT,
    },
};

/// What is the client's to say: where a request goes, how long it is and what becomes of the connection.
const RESERVED: [HeaderName; 9] = [
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What any host may be told. The rest may be a secret between the user and the host that they named, whatever its
/// name is. What an earlier answer was marked with came from the last host of the way, and means something only there.
const HARMLESS: [HeaderName; 5] = [ACCEPT, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE, USER_AGENT];

/// Takes out what a user may not say for the client.
pub(super) fn without_reserved(mut headers: HeaderMap) -> HeaderMap {
    for name in RESERVED {
        headers.remove(name);
    }
    headers
}

/// What remains to be said to another origin.
pub(super) fn for_strangers(headers: &HeaderMap) -> HeaderMap {
    let harmless = |name: HeaderName| headers.get(&name).map(|value| (name, value.clone()));
    HARMLESS.into_iter().filter_map(harmless).collect()
}
