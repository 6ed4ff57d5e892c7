//! How an instance begins to run, at its first poll or for its drop, and enters what it carries.

use super::Instance;
use crate::current;
use crate::current::identity::Identity;
use crate::current::wrapper::{Effect, Wrapper};
use crate::future::first_poll::{Displaced, EnclosingWrappers};
use crate::map::Map;
use std::mem;

impl Instance {
    /// Gets ready for a poll: begins to run at the first one, and enters what is carried.
    #[inline]
    pub(super) fn begin(&mut self) {
        if current::is_captured_now(&self.0) {
            self.run_as_captured();
        } else {
            self.begin_elsewhere();
        }
    }

    /// The same where it was not captured, or where a wrapper was made since, or if it carries something.
    #[inline(never)]
    fn begin_elsewhere(&mut self) {
        if self.carries() {
            return current::enter_carried(&mut self.0);
        }
        if self.0.clock.has_extension() {
            return self.begin_carrying(None);
        }
        assert!(!self.is_over(), "`InContext` polled after completion");
        drop(self.begin_displacing());
    }

    /// Begins to run. Runs no user code, but the drop of the result may.
    pub(super) fn begin_displacing(&mut self) -> Option<Displaced> {
        if !self.is_unaffected() {
            return Some(self.begin_with_changes(None));
        }
        self.run_as_captured();
        None
    }

    /// Gets ready for a poll as the instance of an `InContext`, which is a `wrapper` for the futures inside it too: begins to
    /// run at the first one, and enters what is carried.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    #[inline(never)]
    pub(crate) fn begin_under(&mut self, wrapper: &mut Wrapper) {
        if self.0.clock.has_extension() {
            return if self.carries() {
                current::enter_carried(&mut self.0);
            } else {
                self.begin_carrying(Some(wrapper));
            };
        }
        if !self.begin_as_captured(wrapper) {
            drop(self.begin_with_changes(Some(wrapper)));
        }
    }

    /// The same for a wrapper that is dropped, whose instance may run already. Runs no user code, but the drop of the
    /// result may.
    #[must_use]
    #[inline(never)]
    pub(crate) fn begin_under_to_drop(&mut self, wrapper: &mut Wrapper) -> Option<Displaced> {
        if self.is_ready() || self.carries() {
            return None;
        }
        if self.0.clock.has_extension() {
            return Some(self.run_carrying(Some(wrapper)));
        }
        (!self.begin_as_captured(wrapper)).then(|| self.begin_with_changes(Some(wrapper)))
    }

    /// Whether nothing here changes what was captured: no wrapper around applies, and there are no local bindings.
    #[inline]
    fn is_unaffected(&self) -> bool {
        current::is_captured_now(&self.0) || !current::has_enclosing_wrappers() && !current::has_locals()
    }

    /// Begins to run with what was captured, if nothing changes it. Says whether it does.
    #[inline]
    fn begin_as_captured(&mut self, wrapper: &mut Wrapper) -> bool {
        assert!(!self.is_over(), "`InContext` polled after completion");
        if !self.is_unaffected() {
            return false;
        }
        match &mut wrapper.effect {
            Effect::Replace(_) | Effect::Bind(_) | Effect::Nothing => self.run_as_captured(),
            effect => return self.go_on_as_captured(effect),
        }
        true
    }

    /// The same for a future that goes on after a prelude. One that binds a local variable says no.
    #[cold]
    fn go_on_as_captured(&mut self, effect: &mut Effect) -> bool {
        let Effect::Prelude(prelude) = effect else { return false };
        if prelude.has_written_locals() {
            return false;
        }
        prelude.remember_writes(&self.0.bindings, false);
        self.run_as_captured();
        prelude.go_on_in(&mut self.0, false);
        true
    }

    #[inline]
    fn run_as_captured(&mut self) {
        self.0.identity = Identity::UNASKED;
        self.0.clock.set(0);
    }

    /// Begins to run with the local bindings that there are here, and with what the wrappers around it and its `own`
    /// wrapper change. Runs no user code, but the drop of the result may.
    #[must_use]
    #[cold]
    fn begin_with_changes(&mut self, own: Option<&mut Wrapper>) -> Displaced {
        let wrappers = EnclosingWrappers::of(self.origin(), &self.0.bindings);
        let is_restarted = !wrappers.change_nothing();
        let after_prelude = match &own {
            Some(Wrapper {
                effect: Effect::Prelude(_),
                ..
            }) => self.0.bindings.clone(),
            _ => Map::new(),
        };
        let mut frame = current::nested(mem::take(&mut self.0.bindings));
        let mut displaced = wrappers.apply(&mut frame.bindings);
        match own.map(|own| &mut own.effect) {
            // It was bound when the scope was made. A wrapper may have bound another value since, or replaced all.
            Some(Effect::Bind(binding)) if !frame.find(binding.variable).is_some_and(|bound| bound.is(binding)) => {
                displaced.bindings.extend(frame.bind(binding.clone()));
            }
            Some(Effect::Prelude(prelude)) => {
                prelude.remember_writes(&after_prelude, is_restarted);
                if is_restarted || prelude.has_written_locals() {
                    prelude.repeat_writes(&after_prelude, &mut frame, &mut displaced.bindings);
                }
                prelude.go_on_in(&mut frame, is_restarted);
            }
            Some(effect @ Effect::BindLocal(_)) => {
                if let Effect::BindLocal(binding) = mem::replace(effect, Effect::Nothing) {
                    displaced.bindings.extend(frame.bind(binding));
                }
            }
            _ => {}
        }
        displaced.after_prelude = after_prelude;
        *self.0 = frame;
        displaced
    }

    /// Gets ready for the first poll, and enters what is carried.
    ///
    /// # Panics
    ///
    /// If the instance is over, or if a function of an [`Ambient`](crate::Ambient) panics.
    #[cold]
    fn begin_carrying(&mut self, own: Option<&mut Wrapper>) {
        assert!(!self.is_over(), "`InContext` polled after completion");
        drop(self.run_carrying(own));
        current::enter_carried(&mut self.0);
    }

    /// Begins to run. Enters nothing yet. Runs no user code, but the drop of the result may.
    #[must_use]
    #[cold]
    pub(super) fn run_carrying(&mut self, own: Option<&mut Wrapper>) -> Displaced {
        let carried = self.0.clock.take_carried();
        let displaced = self.begin_with_changes(own);
        if let Some(carried) = carried {
            self.0.clock.carry(carried);
            self.0.identity = self.0.identity.carrying();
        }
        displaced
    }
}
