//! Where in the YAML a value stands, by position, so that keys that stand twice have two places.

/// One step down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The key of a map's n-th entry.
    Key(usize),
    /// The value of a map's n-th entry.
    Value(usize),
    /// The n-th item of a list.
    Item(usize),
}

/// A path from the top of the file to a key or value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Place(Vec<Step>);

impl Place {
    /// The key of entry `index` of the map here.
    pub(crate) fn key(&self, index: usize) -> Self {
        self.below(Step::Key(index))
    }

    /// The value of entry `index` of the map here.
    pub(crate) fn value(&self, index: usize) -> Self {
        self.below(Step::Value(index))
    }

    /// Item `index` of the list here.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.below(Step::Item(index))
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    fn below(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}
