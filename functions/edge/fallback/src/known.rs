//! The API's paths, as its description lists them.

/// A path with its parameters in braces, and the methods that it takes in alphabetical order.
type Route = (&'static str, &'static [&'static str]);

const ROUTES: &[Route] = include!(concat!(env!("OUT_DIR"), "/routes.rs"));

/// A path of the API's that a request means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// The path as it is to be written, with the request's own parameters.
    pub(crate) path: String,
    /// The methods that it takes.
    pub(crate) methods: &'static [&'static str],
}

/// Finds the path that `path` (as it is in the request, encoded) means if case and a slash at the end are not looked at.
pub(crate) fn find(path: &str) -> Option<Known> {
    find_in(ROUTES, path)
}

fn find_in(routes: &[Route], path: &str) -> Option<Known> {
    let path = path.strip_suffix('/').unwrap_or(path);
    // A path without parameters is meant before one with them, as at API Gateway.
    let mut routes: Vec<_> = routes.iter().collect();
    routes.sort_by_key(|(route, _)| route.contains('{'));
    routes.into_iter().find_map(|(route, methods)| {
        let path = spell(route, path)?;
        Some(Known { path, methods })
    })
}

/// `path` in the spelling of `route`, if it is one of its paths.
fn spell(route: &str, path: &str) -> Option<String> {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    if route.len() != path.len() {
        return None;
    }
    let segments = route.into_iter().zip(path).map(|(route, given)| {
        if route.starts_with('{') {
            (!given.is_empty()).then_some(given)
        } else {
            route.eq_ignore_ascii_case(given).then_some(route)
        }
    });
    Some(segments.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Route] = &[
        ("/things/{id}", &["GET", "PUT"]),
        ("/things/Mine", &["POST"]),
        ("/things/{id}/Parts/{part}", &["DELETE"]),
        ("/", &["GET"]),
    ];

    fn spelled(path: &str) -> Option<String> {
        find_in(TABLE, path).map(|known| known.path)
    }

    #[test]
    fn case_and_a_slash_at_the_end_do_not_matter() {
        assert_eq!(spelled("/THINGS/mine/").as_deref(), Some("/things/Mine"));
        assert_eq!(spelled("/things/Mine").as_deref(), Some("/things/Mine"));
    }

    #[test]
    fn parameters_keep_their_own_spelling() {
        assert_eq!(
            spelled("/Things/aB%2Fc/parts/XY").as_deref(),
            Some("/things/aB%2Fc/Parts/XY")
        );
    }

    #[test]
    fn other_paths_are_unknown() {
        for path in [
            "/thing/1",
            "/things",
            "/things//",
            "/things/1/parts",
            "/things/1/2",
            "/things//Parts/1",
        ] {
            assert_eq!(spelled(path), None, "{path}");
        }
    }
}
