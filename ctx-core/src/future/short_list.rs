//! A list that is short in most cases.

/// The first items lie in the list itself, the others in an allocation. They stay in the order in which they came.
pub(crate) struct ShortList<T, const INLINE: usize> {
    inline: [Option<T>; INLINE],
    heap: Vec<T>,
}

impl<T, const INLINE: usize> ShortList<T, INLINE> {
    pub(crate) const fn new() -> Self {
        Self {
            inline: [const { None }; INLINE],
            heap: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.inline.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(item),
            None => self.heap.push(item),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.inline.iter().flatten().chain(&self.heap)
    }

    pub(crate) fn into_items(self) -> impl DoubleEndedIterator<Item = T> {
        self.inline.into_iter().flatten().chain(self.heap)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.inline.iter().all(Option::is_none)
    }
}

impl<T, const INLINE: usize> Extend<T> for ShortList<T, INLINE> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}
