//! A list of which most are short.

/// The first items without an allocation, in the order in which they came.
pub(crate) struct Few<T, const NEAR: usize> {
    near: [Option<T>; NEAR],
    far: Vec<T>,
}

impl<T, const NEAR: usize> Few<T, NEAR> {
    pub(crate) const fn new() -> Self {
        Self {
            near: [const { None }; NEAR],
            far: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.near.iter_mut().find(|near| near.is_none()) {
            Some(near) => *near = Some(item),
            None => self.far.push(item),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.near.iter().flatten().chain(&self.far)
    }

    pub(crate) fn into_items(self) -> impl DoubleEndedIterator<Item = T> {
        self.near.into_iter().flatten().chain(self.far)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.near.iter().all(Option::is_none)
    }
}

impl<T, const NEAR: usize> Extend<T> for Few<T, NEAR> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}
