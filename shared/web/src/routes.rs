//! The routes of a function and their description.

use axum::Router;
use axum::routing::MethodRouter;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::App;

/// The routes of one function, and how they are described. Making the description takes a start longer than making the
/// routes, and only who writes the whole API's description has a use for it: so it is made when it is asked for.
pub struct Routes<S = App> {
    router: Router<S>,
    descriptions: Vec<Describe<S>>,
}

/// Endpoints with their description: what [`routes!`](crate::routes!) makes.
pub struct Endpoints<S = App> {
    routes: Vec<(String, MethodRouter<S>)>,
    describe: Describe<S>,
}

type Describe<S> = fn() -> UtoipaMethodRouter<S>;

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// These and others.
    #[must_use]
    pub fn routes(mut self, endpoints: Endpoints<S>) -> Self {
        for (path, methods) in endpoints.routes {
            self.router = self.router.route(&path, methods);
        }
        self.descriptions.push(endpoints.describe);
        self
    }

    /// These and one that is not described.
    #[must_use]
    pub fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    /// These and all of others, whose paths are none of these.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.descriptions.extend(others.descriptions);
        self
    }

    /// Their description.
    pub fn into_openapi(self) -> OpenApi {
        let described = self.descriptions.into_iter();
        described
            .fold(OpenApiRouter::default(), |described, describe| {
                described.routes(describe())
            })
            .into_openapi()
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self {
            router: Router::new(),
            descriptions: Vec::new(),
        }
    }
}

impl<S> From<Routes<S>> for Router<S> {
    fn from(routes: Routes<S>) -> Self {
        routes.router
    }
}

impl<S> Endpoints<S> {
    /// What [`routes!`](crate::routes!) hands over.
    #[doc(hidden)]
    pub fn new(
        routes: impl IntoIterator<Item = (String, MethodRouter<S>)>,
        describe: fn() -> UtoipaMethodRouter<S>,
    ) -> Self {
        Self {
            routes: routes.into_iter().collect(),
            describe,
        }
    }
}

/// [`Endpoints`] from handlers with `#[utoipa::path]`, which says their path and method.
#[macro_export]
macro_rules! routes {
    ($($($handler:ident)::+),+ $(,)?) => {
        $crate::Endpoints::new(
            [$($crate::routes!(@route $($handler)::+)),+],
            || $crate::utoipa_axum::routes!($($($handler)::+),+),
        )
    };
    (@route $($handler:ident)::+) => {{
        use $crate::utoipa_axum::{PathItemExt as _, routes};
        let methods = routes!(@path [methods()] of $($handler)::+);
        let router = methods.iter().fold(::axum::routing::MethodRouter::new(), |router, method| {
            router.on(method.to_method_filter(), $($handler)::+)
        });
        (routes!(@path [path()] of $($handler)::+), router)
    }};
}
