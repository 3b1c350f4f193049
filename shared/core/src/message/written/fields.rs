use super::Wrong;
use crate::message::{Invalid, Outgoing};

/// Which field of the caller's stands behind a field of a message.
#[derive(Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The message's field `ours`, and all that lies below it, is the caller's field `theirs`.
    #[must_use]
    pub fn with(mut self, ours: impl Into<String>, theirs: impl Into<String>) -> Self {
        self.0.push((ours.into(), theirs.into()));
        self
    }

    /// The caller's name of a field: the nearest that was said decides; without one it is ours.
    fn name(&self, field: &str) -> String {
        let told = self.0.iter().filter_map(|(ours, theirs)| {
            let below = field.strip_prefix(ours.as_str())?;
            let is_below = below.is_empty() || below.starts_with(['.', '[']);
            is_below.then_some((ours.len(), theirs, below))
        });
        match told.max_by_key(|(length, ..)| *length) {
            Some((_, theirs, below)) => format!("{theirs}{below}"),
            None => field.to_owned(),
        }
    }

    /// The message, if it keeps within WhatsApp's limits.
    ///
    /// # Errors
    /// The first field that breaks a rule, in the caller's words.
    pub fn check(&self, message: Outgoing) -> Result<Outgoing, Wrong> {
        match message.validate() {
            Ok(()) => Ok(message),
            Err(invalid) => Err(self.wrong(&invalid)),
        }
    }

    /// What is wrong, in the caller's words.
    pub(super) fn wrong(&self, Invalid { field, problem }: &Invalid) -> Wrong {
        Wrong::message(self.name(field), problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_that_was_said_is_told() {
        let fields = Fields::default()
            .with("action", "list")
            .with("action.sections[0].rows", "list.rows")
            .with("action.sections[0].rows[1].id", "list.rows[1]");
        let named = |field| fields.name(field);
        assert_eq!(named("action"), "list");
        assert_eq!(named("action.button"), "list.button");
        assert_eq!(named("actions"), "actions");
        assert_eq!(named("action.sections[0].rows"), "list.rows");
        assert_eq!(
            named("action.sections[0].rows[0].title"),
            "list.rows[0].title"
        );
        assert_eq!(named("action.sections[0].rows[1].id"), "list.rows[1]");
        assert_eq!(named("action.sections[0].rows[12].id"), "list.rows[12].id");
    }
}
