//! What is deployed is what the functions answer: the template's routes against the API's description, which is
//! generated from the functions' routers.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

type Routes = BTreeSet<(String, String)>;

/// Methods and paths that API Gateway takes, but for the one that takes the rest.
fn deployed() -> Routes {
    let template: Yaml =
        serde_yaml_ng::from_str(include_str!("../../../../template.yaml")).unwrap();
    let resources = template["Resources"].as_mapping().unwrap();
    resources
        .values()
        .filter_map(|resource| resource.get("Properties")?.get("Events")?.as_mapping())
        .flat_map(|events| events.values())
        .filter(|event| event["Type"] == "HttpApi")
        .map(|event| {
            let text = |name| event["Properties"][name].as_str().unwrap().to_owned();
            // `{id+}` takes slashes too, which OpenAPI has no word for.
            (text("Method"), text("Path").replace("+}", "}"))
        })
        .filter(|(_, path)| path != "$default")
        .collect()
}

fn described() -> Routes {
    let api: Json = serde_json::from_str(include_str!("../openapi.json")).unwrap();
    let paths = api["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

#[test]
fn the_template_routes_what_the_functions_answer() {
    assert!(!described().is_empty());
    // Whoever may ask for something may ask for its head: API Gateway wants a route for that, and the description none.
    let (heads, routes): (Routes, Routes) = deployed()
        .into_iter()
        .partition(|(method, _)| method == "HEAD");
    assert_eq!(routes, described());
    for (_, path) in heads {
        assert!(routes.contains(&("GET".to_owned(), path)));
    }
}
