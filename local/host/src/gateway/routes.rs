//! Which route a request takes.

/// The routes of an API, each leading to a `T`.
#[derive(Debug, Clone)]
pub(crate) struct Routes<T> {
    /// The most specific first.
    routes: Vec<Entry<T>>,
    default: Option<T>,
}

#[derive(Debug, Clone)]
struct Entry<T> {
    /// `None` is `ANY`.
    method: Option<String>,
    segments: Vec<Segment>,
    key: String,
    target: T,
}

/// A part of a route's path, in the order in which they are preferred.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `{name}`: one part, not empty.
    Variable(String),
    /// `{name+}`: all that is left.
    Greedy(String),
}

/// The route that was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matched<'r, 'p, T> {
    /// Its key: `GET /pets/{id}`, or `$default`.
    pub(crate) key: &'r str,
    /// Where it leads.
    pub(crate) target: &'r T,
    /// The variables of its path.
    pub(crate) parameters: Vec<(&'r str, &'p str)>,
}

const DEFAULT: &str = "$default";

impl<T> Routes<T> {
    /// Routes from methods and paths as a template has them.
    pub(crate) fn new(routes: impl IntoIterator<Item = (String, String, T)>) -> Self {
        let mut entries = Vec::new();
        let mut default = None;
        for (method, path, target) in routes {
            if path == DEFAULT {
                default = Some(target);
                continue;
            }
            let segments = path.trim_start_matches('/').split('/').map(Segment::parse);
            entries.push(Entry {
                segments: segments.collect(),
                key: format!("{method} {path}"),
                method: (method != "ANY").then_some(method),
                target,
            });
        }
        // Stable, so that what is left equal keeps the template's order.
        entries.sort_by_key(|entry| {
            let ranks: Vec<u8> = entry.segments.iter().map(Segment::rank).collect();
            (ranks, entry.method.is_none())
        });
        Self {
            routes: entries,
            default,
        }
    }

    /// The route for a request: among those that take its method, the most specific path, and a method of its own
    /// before `ANY`; else `$default`. Upper and lower case differ, and a slash at the end makes another path.
    pub(crate) fn find<'r, 'p>(
        &'r self,
        method: &str,
        path: &'p str,
    ) -> Option<Matched<'r, 'p, T>> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let found = self.routes.iter().find_map(|entry| {
            let takes = entry.method.as_deref().is_none_or(|own| own == method);
            let parameters = takes.then(|| matches(&entry.segments, path))??;
            Some(Matched {
                key: &entry.key,
                target: &entry.target,
                parameters,
            })
        });
        found.or_else(|| {
            let target = self.default.as_ref()?;
            Some(Matched {
                key: DEFAULT,
                target,
                parameters: Vec::new(),
            })
        })
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        let name = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            None => Self::Literal(text.to_owned()),
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Self::Greedy(name.to_owned()),
                None => Self::Variable(name.to_owned()),
            },
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Literal(_) => 0,
            Self::Variable(_) => 1,
            Self::Greedy(_) => 2,
        }
    }
}

/// The variables of a path that has these segments.
fn matches<'r, 'p>(segments: &'r [Segment], path: &'p str) -> Option<Vec<(&'r str, &'p str)>> {
    let mut parameters = Vec::new();
    let mut rest = Some(path);
    for segment in segments {
        let left = rest?;
        let (part, after) = match left.split_once('/') {
            Some((part, after)) => (part, Some(after)),
            None => (left, None),
        };
        match segment {
            Segment::Literal(literal) if literal == part => {}
            Segment::Variable(name) if !part.is_empty() => parameters.push((name.as_str(), part)),
            Segment::Greedy(name) => {
                parameters.push((name.as_str(), left));
                return Some(parameters);
            }
            _ => return None,
        }
        rest = after;
    }
    rest.is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes<usize> {
        let routes = [
            ("GET", "/pets/dog/1"),
            ("GET", "/pets/dog/{id}"),
            ("GET", "/pets/{proxy+}"),
            ("ANY", "/{proxy+}"),
            ("ANY", "$default"),
            ("POST", "/pets/dog/{id}"),
            ("ANY", "/pets/dog/{id}"),
            ("GET", "/"),
        ];
        let routes = routes.into_iter().enumerate();
        Routes::new(routes.map(|(at, (method, path))| (method.to_owned(), path.to_owned(), at)))
    }

    fn key<'r>(routes: &'r Routes<usize>, method: &str, path: &str) -> &'r str {
        routes.find(method, path).unwrap().key
    }

    /// The table of the API Gateway Developer Guide, and its neighbours.
    #[test]
    fn the_most_specific_route_that_takes_the_method_is_taken() {
        let routes = routes();
        let cases = [
            ("GET", "/pets/dog/1", "GET /pets/dog/1"),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
            ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
            ("POST", "/test/5", "ANY /{proxy+}"),
            ("POST", "/pets/cat/1", "ANY /{proxy+}"),
            ("POST", "/pets/dog/1", "POST /pets/dog/{id}"),
            ("PATCH", "/pets/dog/1", "ANY /pets/dog/{id}"),
            ("BREW", "/pets/dog/1", "ANY /pets/dog/{id}"),
            ("GET", "/", "GET /"),
            ("HEAD", "/pets/dog/1", "ANY /pets/dog/{id}"),
        ];
        for (method, path, expected) in cases {
            assert_eq!(key(&routes, method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn case_and_a_slash_at_the_end_make_another_path() {
        let routes = Routes::new([
            ("POST".to_owned(), "/api/public/v1/send".to_owned(), "send"),
            (
                "GET".to_owned(),
                "/api/public/v1/messages/{id}".to_owned(),
                "messages",
            ),
            ("ANY".to_owned(), "$default".to_owned(), "fallback"),
        ]);
        let target = |method, path| *routes.find(method, path).unwrap().target;
        assert_eq!(target("POST", "/api/public/v1/send"), "send");
        for path in [
            "/api/public/v1/send/",
            "/api/public/v1/Send",
            "//api/public/v1/send",
            "/api/public/v1/send/x",
            "/api/public/v1",
            "/",
        ] {
            assert_eq!(target("POST", path), "fallback", "{path}");
        }
        assert_eq!(target("post", "/api/public/v1/send"), "fallback");
        assert_eq!(target("GET", "/api/public/v1/send"), "fallback");
        assert_eq!(target("GET", "/api/public/v1/messages/"), "fallback");
        assert_eq!(target("GET", "/api/public/v1/messages/a/b"), "fallback");
    }

    #[test]
    fn variables_hold_what_stood_in_their_place() {
        let routes = Routes::new([
            ("GET".to_owned(), "/{tenant}/api/{path+}".to_owned(), ()),
            ("GET".to_owned(), "/docs/{asset+}".to_owned(), ()),
        ]);
        let found = routes.find("GET", "/12/api/a b/c").unwrap();
        assert_eq!(found.parameters, [("tenant", "12"), ("path", "a b/c")]);
        let found = routes.find("GET", "/docs/").unwrap();
        assert_eq!(found.parameters, [("asset", "")]);
        assert_eq!(routes.find("GET", "/docs"), None);
    }
}
