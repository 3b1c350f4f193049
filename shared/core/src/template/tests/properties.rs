//! What holds for all templates and all values.

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use super::samples::definition;
use crate::{
    message::{Content, Outgoing},
    template::{
        Definition, Given, GivenButton, GivenFile, GivenHeader, ParameterFormat, Samples, Values,
        fit, render,
        variable::{Piece, pieces, variables},
    },
};

/// A value that WhatsApp takes in a body, in a header and in an address.
fn value() -> impl Strategy<Value = String> {
    "[a-zé{}1-9👍]{1,12}"
}

/// A template with `body` variables, and perhaps one in its header and in its button's address.
fn template(names: &[String], header: bool, link: bool, image: bool) -> Definition {
    let named = names.iter().any(|name| name.parse::<u32>().is_err());
    let text: Vec<_> = names.iter().map(|name| format!("{{{{{name}}}}}")).collect();
    let mut components = vec![json!({"type": "BODY", "text": format!("a {} z", text.join(" - "))})];
    if image {
        components.push(json!({"type": "HEADER", "format": "IMAGE"}));
    } else if header {
        let variable = if named { "title" } else { "1" };
        let text = format!("For {{{{{variable}}}}}");
        components.push(json!({"type": "HEADER", "format": "TEXT", "text": text}));
    }
    if link {
        let button = json!({"type": "URL", "text": "Open", "url": "https://example.com/{{1}}"});
        let flow = json!({"type": "FLOW", "text": "Book"});
        components.push(json!({"type": "BUTTONS", "buttons": [flow, button]}));
    }
    let format = if named { "NAMED" } else { "POSITIONAL" };
    definition("UTILITY", format, Value::Array(components))
}

fn names() -> impl Strategy<Value = Vec<String>> {
    let numbers = (0_usize..6).prop_map(|count| (1..=count).map(|n| n.to_string()).collect());
    let words = Just(["name", "order", "day", "sum"].map(str::to_owned).to_vec())
        .prop_shuffle()
        .prop_flat_map(|names| (0..=names.len()).prop_map(move |count| names[..count].to_vec()));
    prop_oneof![numbers, words]
}

fn image() -> GivenHeader {
    GivenHeader::Image(GivenFile {
        link: Some("https://example.com/1.png".to_owned()),
        ..GivenFile::default()
    })
}

proptest! {
    #[test]
    fn the_pieces_of_a_text_are_the_text(text in "[ab{} 1\\pL]{0,40}") {
        let joined: String = pieces(&text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Variable(name) => format!("{{{{{name}}}}}"),
            })
            .collect();
        // Blanks beside a name are all that is lost.
        prop_assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn a_right_number_of_values_fits_and_every_other_is_refused(
        names in names(), header in any::<bool>(), link in any::<bool>(), picture in any::<bool>(),
        values in vec(value(), 0..10),
    ) {
        let definition = template(&names, header, link, picture);
        let expected = names.len() + usize::from(header && !picture) + usize::from(link);
        let given = Given {
            parameters: Values::in_order(values.clone()),
            header: picture.then(image),
            ..Given::default()
        };
        match fit(&definition, &given) {
            Ok(template) => {
                prop_assert_eq!(values.len(), expected);
                // What fits passes the checks that hold for every message, …
                let message = Outgoing::from(Content::Template { template: template.clone() });
                prop_assert_eq!(message.validate(), Ok(()));
                // … and fits in Meta's own form.
                let raw = serde_json::to_value(&template.components).unwrap();
                let raw = Given {
                    components: Some(raw.as_array().unwrap().clone()),
                    ..Given::default()
                };
                prop_assert_eq!(fit(&definition, &raw), Ok(template.clone()));
                // Every value is to be seen.
                let rendered = serde_json::to_string(&render(&definition, &template)).unwrap();
                for value in &values {
                    prop_assert!(rendered.contains(value.as_str()));
                }
            }
            Err(misfit) => {
                prop_assert_ne!(values.len(), expected, "{}", misfit);
                prop_assert_eq!(misfit.field, "parameters");
            }
        }
    }

    #[test]
    fn values_by_name_may_come_in_any_order(
        (names, shuffled) in names().prop_flat_map(|names| (Just(names.clone()), Just(names).prop_shuffle())),
        values in vec(value(), 6),
    ) {
        let definition = template(&names, false, false, false);
        let value_of = |name: &String| {
            let place = names.iter().position(|other| other == name).unwrap();
            (name.clone(), values[place].clone())
        };
        let by = |parameters| Given { parameters, ..Given::default() };
        let named = by(Values::by_name(shuffled.iter().map(value_of)));
        let ordered = by(Values::in_order(values[..names.len()].to_vec()));
        prop_assert_eq!(fit(&definition, &named), fit(&definition, &ordered));
    }

    #[test]
    fn a_value_never_goes_where_its_name_does_not_belong(
        names in names(), given in vec((prop_oneof!["name", "order", "day", "1", "2", "x"], value()), 0..5),
    ) {
        let definition = template(&names, false, false, false);
        let values = Given { parameters: Values::by_name(given.clone()), ..Given::default() };
        let Ok(template) = fit(&definition, &values) else { return Ok(()) };
        let variables = variables(definition.components[0]["text"].as_str().unwrap(), definition.format());
        for (place, parameter) in template.body_parameters().enumerate() {
            for (name, value) in &given {
                if name == variables[place] {
                    let filled = serde_json::to_value(parameter).unwrap();
                    prop_assert_eq!(filled["text"].as_str(), Some(value.as_str()));
                }
            }
        }
    }

    #[test]
    fn nothing_that_a_catalogue_or_a_caller_says_stops_us(
        kind in "HEADER|BODY|FOOTER|BUTTONS|CAROUSEL|LIMITED_TIME_OFFER|X",
        member in "text|format|buttons|cards|example|limited_time_offer|type",
        inner in json_value(), category in "UTILITY|AUTHENTICATION|MARKETING|X",
        buttons in vec((option::of(0_u8..4), option::of(value())), 0..4), values in vec(value(), 0..3),
    ) {
        let component = json!({"type": kind, (member.as_str()): inner});
        let odd = definition(&category, "POSITIONAL", json!([component.clone()]));
        let button = |(index, text)| GivenButton { index, text, ..GivenButton::default() };
        let given = Given {
            parameters: Values::in_order(values),
            buttons: buttons.into_iter().map(button).collect(),
            ..Given::default()
        };
        if let Ok(template) = fit(&odd, &given) {
            render(&odd, &template);
        }
        let raw = Given { components: Some(vec![component]), ..Given::default() };
        let _ = fit(&odd, &raw);
        let _ = odd.check(Samples::Here);
        let told = json!({"name": "a", "language": "en", (member.as_str()): inner});
        prop_assert!(serde_json::from_value::<Definition>(told).is_ok());
    }

    #[test]
    fn what_passes_the_check_of_a_new_template_can_be_filled(text in "[ab]{0,3}[ {}1-3a-b]{0,24}[.a]") {
        let names = variables(&text, ParameterFormat::Positional);
        let body = json!({"type": "BODY", "text": text, "example": {"body_text": [names]}});
        let definition = definition("UTILITY", "POSITIONAL", json!([body]));
        if definition.check(Samples::Here).is_ok() {
            let values = names.iter().map(|name| format!("<{name}>"));
            let given = Given { parameters: Values::in_order(values), ..Given::default() };
            let body = render(&definition, &fit(&definition, &given).unwrap()).body;
            prop_assert!(!body.contains("{{"));
        }
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z{}0-9]{0,8}|IMAGE|URL|OTP|BODY|PRODUCT".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = "type|text|url|components|buttons|format|parameters|card_index";
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
