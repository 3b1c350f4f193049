//! Which value fills which variable.

use super::{Parts, buttons, text};
use crate::{
    message::Problem,
    template::{
        Expected, GivenHeader, GivenValue, Misfit, Names, ParameterFormat, Values, Variable, Wrong,
        view::{ButtonKind, View},
    },
};

/// The variables that a list of values is to fill, in order.
pub(super) struct Slots<'a> {
    format: ParameterFormat,
    slots: Vec<Slot<'a>>,
}

/// One value's part: a name may stand in several places.
struct Slot<'a> {
    key: String,
    part: String,
    places: Vec<Place<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Header,
    Body(&'a str),
    Suffix(usize),
    Code(usize),
}

/// The value of every variable.
pub(super) struct Assigned<'a>(Vec<(Place<'a>, &'a str)>);

impl<'a> Slots<'a> {
    pub(super) fn of(view: &'a View<'_>, given: Parts<'_>) -> Self {
        let mut slots = Self {
            format: view.format,
            slots: Vec::new(),
        };
        let header_is_given = matches!(given.header, Some(GivenHeader::Text(_)));
        if let Some(name) = view.header_variable().filter(|_| !header_is_given) {
            slots.push(name, "header", Place::Header);
        }
        for name in view.body_variables() {
            slots.push(name, "body", Place::Body(name));
        }
        let has_text = |i| buttons::given_at(given.buttons, i).is_some_and(|b| b.text.is_some());
        let mut suffixes = 0;
        for (i, button) in view.buttons.iter().enumerate() {
            if has_text(i) {
                continue;
            }
            if button.has_suffix() {
                suffixes += 1;
                let (key, part) = (suffixes.to_string(), format!("address of button {i}"));
                let places = vec![Place::Suffix(i)];
                slots.slots.push(Slot { key, part, places });
            } else if button.kind == ButtonKind::Otp {
                slots.push_code(i);
            }
        }
        if view.format == ParameterFormat::Positional {
            slots.number();
        }
        slots
    }

    fn push(&mut self, name: &str, part: &str, place: Place<'a>) {
        let named = self.format == ParameterFormat::Named;
        let same = |slot: &&mut Slot<'_>| named && slot.key == name;
        if let Some(slot) = self.slots.iter_mut().find(same) {
            slot.part = format!("{} and the {part}", slot.part);
            slot.places.push(place);
            return;
        }
        let (key, part, places) = (name.to_owned(), part.to_owned(), vec![place]);
        self.slots.push(Slot { key, part, places });
    }

    /// The code of the body is the button's as well.
    fn push_code(&mut self, button: usize) {
        let place = Place::Code(button);
        let in_body = |slot: &&mut Slot<'_>| matches!(slot.places[..], [Place::Body(_), ..]);
        if let Some(slot) = self.slots.iter_mut().find(in_body) {
            slot.places.push(place);
            return;
        }
        let (key, part) = ("1".to_owned(), format!("button {button}"));
        let places = vec![place];
        self.slots.push(Slot { key, part, places });
    }

    /// Numbers begin anew in every part: where there are several, a value's number is its place.
    fn number(&mut self) {
        let in_body = |slot: &Slot<'_>| matches!(slot.places[..], [Place::Body(_), ..]);
        if self.slots.iter().all(in_body) {
            return;
        }
        for (i, slot) in self.slots.iter_mut().enumerate() {
            slot.key = (i + 1).to_string();
        }
    }

    fn expected(&self) -> Expected {
        let variable = |slot: &Slot<'_>| Variable {
            name: slot.key.clone(),
            part: slot.part.clone(),
        };
        Expected(self.slots.iter().map(variable).collect())
    }

    /// Gives every variable its value, and checks the value.
    pub(super) fn assigned(&self, given: &'a Values, field: &str) -> Result<Assigned<'a>, Misfit> {
        let order = self.order(&given.0, field)?;
        let mut assigned = Vec::new();
        for (slot, &i) in self.slots.iter().zip(&order) {
            let GivenValue { name, value } = &given.0[i];
            let field = match name {
                Some(name) => format!("{field}.{name}"),
                None => format!("{field}[{i}]"),
            };
            for &place in &slot.places {
                match place {
                    Place::Header | Place::Body(_) => text::value(&field, value)?,
                    Place::Suffix(_) => text::suffix(&field, value)?,
                    Place::Code(_) => text::code(&field, value)?,
                }
                assigned.push((place, value.as_str()));
            }
        }
        Ok(Assigned(assigned))
    }

    /// For each variable the place of its value among those given.
    fn order(&self, given: &[GivenValue], field: &str) -> Result<Vec<usize>, Misfit> {
        let names: Vec<_> = given.iter().map(|value| value.name.as_deref()).collect();
        let is_known = |name: &str| self.slots.iter().any(|slot| slot.key == name);
        if !given.is_empty() && names.iter().all(|name| name.is_some_and(is_known)) {
            return self.by_name(&names, field);
        }
        if self.is_code_twice(given) {
            return Ok(vec![0]);
        }
        if let Some(order) = self.by_place(&names) {
            return Ok(order);
        }
        let misplaced = names.iter().enumerate().any(|(i, name)| {
            let belongs_here = |name| self.slots.get(i).is_some_and(|slot| slot.key == name);
            name.is_some_and(|name| is_known(name) && !belongs_here(name))
        });
        if given.len() == self.slots.len() && !misplaced {
            return Ok((0..given.len()).collect());
        }
        let any_known = names.iter().flatten().any(|name| is_known(name));
        let unknown = names.iter().flatten().find(|name| !is_known(name));
        if let Some(name) = unknown.filter(|_| any_known) {
            let field = format!("{field}.{name}");
            return Err(Misfit::new(field, Wrong::Unknown(self.expected())));
        }
        if given.len() == self.slots.len() {
            let one_way = Problem::Form("all by name or all in order");
            return Err(Misfit::new(field, one_way));
        }
        let (expected, given) = (self.expected(), given.len());
        Err(Misfit::new(field, Wrong::Count { expected, given }))
    }

    fn by_name(&self, names: &[Option<&str>], field: &str) -> Result<Vec<usize>, Misfit> {
        for (i, name) in names.iter().enumerate() {
            if let Some(name) = name
                && names[..i].contains(&Some(name))
            {
                let field = format!("{field}.{name}");
                return Err(Misfit::new(field, Problem::Duplicate));
            }
        }
        let place = |slot: &Slot<'_>| names.iter().position(|name| *name == Some(&slot.key));
        let missing = self.slots.iter().filter(|slot| place(slot).is_none());
        let missing: Vec<_> = missing.map(|slot| slot.key.clone()).collect();
        if missing.is_empty() {
            return Ok(self.slots.iter().filter_map(place).collect());
        }
        let (missing, expected) = (Names(missing), self.expected());
        Err(Misfit::new(field, Wrong::Lacks { missing, expected }))
    }

    /// Where variables have names, the numbers from 1 stand for places.
    fn by_place(&self, names: &[Option<&str>]) -> Option<Vec<usize>> {
        if self.format == ParameterFormat::Positional || names.len() != self.slots.len() {
            return None;
        }
        let place = |number: usize| {
            let number = number.to_string();
            names.iter().position(|name| *name == Some(&number))
        };
        (1..=names.len()).map(place).collect()
    }

    /// Meta's own form says a one-time password twice, which callers may be used to.
    fn is_code_twice(&self, given: &[GivenValue]) -> bool {
        let [slot] = &self.slots[..] else {
            return false;
        };
        let code = |place: &Place<'_>| matches!(place, Place::Code(_));
        let [first, second] = given else { return false };
        slot.places.iter().any(code) && first == second && first.name.is_none()
    }
}

impl Assigned<'_> {
    pub(super) fn header(&self) -> Option<&str> {
        self.at(Place::Header)
    }

    /// The value of a variable of the body.
    pub(super) fn body(&self, name: &str) -> &str {
        self.at(Place::Body(name))
            .expect("every variable of the body has a slot, and every slot a value")
    }

    /// The end of a button's address, or its code.
    pub(super) fn button(&self, index: usize) -> Option<&str> {
        self.at(Place::Suffix(index))
            .or_else(|| self.at(Place::Code(index)))
    }

    fn at(&self, place: Place<'_>) -> Option<&str> {
        let mut values = self.0.iter();
        values.find_map(|(at, value)| (*at == place).then_some(*value))
    }
}
