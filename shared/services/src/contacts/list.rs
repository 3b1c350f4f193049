//! A tenant's contacts, page by page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openwati_core::message::Recipient;
use openwati_store::contact::{ContactRecord, ContactSelection};

use super::filter::Way;
use super::shown::weight;
use super::{Contact, Filter, show};
use crate::admit::admit;
use crate::authenticate::Caller;
use crate::error::Error;
use crate::platform::Platform;

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// Newest first; of a search by its own order. A page may be short, or empty, although more follow.
    pub contacts: Vec<Contact>,
    /// What to give for the next page; none when there is nothing more.
    pub next_cursor: Option<String>,
}

/// Contacts that one page looks at before it is handed out short.
const MOST_EXAMINED: usize = 2_000;

/// Contacts that are read at once where not all of them are shown.
const CHUNK: usize = 500;

/// About how many bytes of contacts are on a page before no more are read. What is read at once ends at 3 MB itself, and
/// Lambda answers 6 MB.
const MOST_BYTES: usize = 1_500_000;

/// The longest place in a list's order: that of a name's term.
const LONGEST_PLACE: usize = 512;

/// A page of the tenant's contacts.
///
/// # Errors
/// A cursor that is none of ours, a number that is none; [`Error::NotFound`] for a list that is none.
pub async fn list(platform: &Platform, caller: &Caller, filter: &Filter) -> Result<Page, Error> {
    if filter.is_local() {
        let country = admission(platform, caller, filter).await?;
        return read(platform, caller, filter, country.as_deref()).await;
    }
    let (admitted, page) = tokio::join!(
        admission(platform, caller, filter),
        read(platform, caller, filter, None),
    );
    admitted?;
    page
}

/// Lets the caller in, to a list that there is. Answers the tenant's country.
async fn admission(
    platform: &Platform,
    caller: &Caller,
    filter: &Filter,
) -> Result<Option<String>, Error> {
    let store = platform.store();
    let there = async {
        match filter.list {
            Some(list) => Ok(store.contact_list(&caller.tenant, list).await?.is_some()),
            None => Ok(true),
        }
    };
    let (tenant, there) = tokio::join!(store.tenant(&caller.tenant), there);
    let tenant = tenant?.ok_or(Error::Unauthorized)?;
    admit(caller, &tenant)?;
    let there: Result<bool, Error> = there;
    match there? {
        true => Ok(tenant.default_country),
        false => Err(crate::contact_lists::NO_LIST),
    }
}

async fn read(
    platform: &Platform,
    caller: &Caller,
    filter: &Filter,
    country: Option<&str>,
) -> Result<Page, Error> {
    let store = platform.store();
    let way = filter.way(country)?;
    let limit = filter.limit.max(1);
    let cursor = filter.cursor.as_deref();
    let mut after = cursor.map(|text| place(&way, text)).transpose()?;
    let mut kept: Vec<ContactRecord> = Vec::new();
    let (mut examined, mut bytes) = (0, 0);
    while examined < MOST_EXAMINED && bytes < MOST_BYTES {
        let at_once = match way.is_whole() {
            true => limit - kept.len(),
            false => CHUNK.min(MOST_EXAMINED - examined),
        };
        let selection = ContactSelection {
            by: way.by(),
            after: after.as_deref(),
            limit: at_once,
        };
        let page = store.contact_page(&caller.tenant, &selection).await?;
        let found = page.contacts.len();
        examined += found.max(1);
        after = page.next;
        let fit = fitting(platform, caller, &way, page.contacts).await?;
        for (position, contact) in fit {
            bytes += weight(&contact);
            kept.push(contact);
            if kept.len() == limit {
                if position + 1 < found {
                    after = page.places.get(position).cloned();
                }
                break;
            }
        }
        if kept.len() == limit || after.is_none() {
            break;
        }
    }
    Ok(Page {
        contacts: show(platform, &caller.tenant, kept).await?,
        next_cursor: after.map(|after| cursor_of(&way, &after)),
    })
}

/// Those of these contacts that are to be shown, each with its position.
async fn fitting(
    platform: &Platform,
    caller: &Caller,
    way: &Way,
    contacts: Vec<ContactRecord>,
) -> Result<Vec<(usize, ContactRecord)>, Error> {
    let contacts = contacts.into_iter().enumerate();
    let mut fit: Vec<(usize, ContactRecord)> =
        contacts.filter(|(_, contact)| way.fits(contact)).collect();
    if let Some(out) = way.opted_out {
        let peers: Vec<&Recipient> = fit.iter().map(|(_, contact)| &contact.peer).collect();
        let said = platform.store().consents(&caller.tenant, &peers).await?;
        fit.retain(|(_, contact)| {
            let said = said.get(&contact.peer);
            said.is_some_and(|said| said.is_out()) == out
        });
    }
    Ok(fit)
}

fn cursor_of(way: &Way, place: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{place}", way.letter()))
}

/// The place that a cursor names, in the order in which the list is read.
fn place(way: &Way, cursor: &str) -> Result<String, Error> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| {
        let place = text.strip_prefix(way.letter())?;
        (1..=LONGEST_PLACE).contains(&place.len()).then_some(place)
    });
    let place = place.ok_or_else(|| {
        Error::invalid(
            "invalid_cursor",
            "cursor: is not one that a list answered with for this search",
        )
    })?;
    Ok(place.to_owned())
}
