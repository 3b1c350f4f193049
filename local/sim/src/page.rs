//! The phone on a web page.

use axum::{
    Router,
    extract::OriginalUri,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderName, header};

use crate::simulator::Simulator;

/// What the page may do: run its own scripts, use its own styles, show the simulator's files and those that its user
/// picked (`blob:`), and ask where it came from; no more, were a message to get a foot in.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
                      media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// The page's files.
#[rustfmt::skip]
const FILES: [(&str, &str, &str); 26] = [
    ("/phone.css", STYLE, include_str!("../page/phone.css")),
    ("/bubble.css", STYLE, include_str!("../page/bubble.css")),
    ("/dialogs.css", STYLE, include_str!("../page/dialogs.css")),
    ("/files.css", STYLE, include_str!("../page/files.css")),
    ("/parts.css", STYLE, include_str!("../page/parts.css")),
    ("/map.svg", PICTURE, include_str!("../page/map.svg")),
    ("/phone.svg", PICTURE, include_str!("../page/phone.svg")),
    ("/wall.svg", PICTURE, include_str!("../page/wall.svg")),
    ("/attach.js", SCRIPT, include_str!("../page/attach.js")),
    ("/bubble.js", SCRIPT, include_str!("../page/bubble.js")),
    ("/cards.js", SCRIPT, include_str!("../page/cards.js")),
    ("/chat.js", SCRIPT, include_str!("../page/chat.js")),
    ("/choices.js", SCRIPT, include_str!("../page/choices.js")),
    ("/customers.js", SCRIPT, include_str!("../page/customers.js")),
    ("/dom.js", SCRIPT, include_str!("../page/dom.js")),
    ("/format.js", SCRIPT, include_str!("../page/format.js")),
    ("/forms.js", SCRIPT, include_str!("../page/forms.js")),
    ("/interactive.js", SCRIPT, include_str!("../page/interactive.js")),
    ("/media.js", SCRIPT, include_str!("../page/media.js")),
    ("/person.js", SCRIPT, include_str!("../page/person.js")),
    ("/phone.js", SCRIPT, include_str!("../page/phone.js")),
    ("/server.js", SCRIPT, include_str!("../page/server.js")),
    ("/taps.js", SCRIPT, include_str!("../page/taps.js")),
    ("/template.js", SCRIPT, include_str!("../page/template.js")),
    ("/viewer.js", SCRIPT, include_str!("../page/viewer.js")),
    ("/words.js", SCRIPT, include_str!("../page/words.js")),
];

/// The page at `/` and its files beside it.
pub(crate) fn routes() -> Router<Simulator> {
    let page = Router::new().route("/", get(page));
    FILES.into_iter().fold(page, |page, (path, kind, content)| {
        page.route(path, get(async move || answer(kind, content)))
    })
}

/// `GET /`. The files are named by their place beside the page, so that its own address has to end in a slash.
async fn page(OriginalUri(address): OriginalUri) -> Response {
    if !address.path().ends_with('/') {
        return Redirect::temporary(&format!("{}/", address.path())).into_response();
    }
    answer(HTML, include_str!("../page/index.html"))
}

fn answer(kind: &'static str, content: &'static str) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // Another build may serve another page from the same address.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}
