//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use super::destructor;
use super::first_poll::{Displaced, EnclosingWrappers};
use super::start::Start;
use crate::ambient;
use crate::ambient::carried::Raised;
use crate::current::frame::Frame;
use crate::current::identity::{Identity, Place};
use crate::current::locals::Clock;
use crate::current::origin::Origin;
use crate::current::wrapper::{Effect, Wrapper};
use crate::current::{self, Previous};
use crate::map::Map;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ptr;

/// The frame of a future that runs. Before the first poll, what was captured for it. After the end, nothing.
///
/// The frame's identity says which of the three. The memory of an instance that is over is not used any more.
///
/// Its drop leaves the frame if it runs: see [`enter_to_drop`](Self::enter_to_drop).
pub(crate) struct Instance(ManuallyDrop<Frame>);

/// A context that is entered until this is dropped. Nobody in this crate forgets one.
#[must_use]
pub(crate) struct Entered<S: Start> {
    previous: Previous,
    instance: *mut Instance,
    start: PhantomData<S>,
}

impl<S: Start> Drop for Entered<S> {
    #[inline]
    fn drop(&mut self) {
        self.previous.restore(S::IS_EXPLICIT);
        // SAFETY: `Instance::enter` was promised that the instance is there and nobody else refers to it. Its frame, to which
        // the code inside referred, is not the current one any more.
        current::leave_entered(unsafe { &mut (*self.instance).0 });
    }
}

/// Before the first poll.
impl Instance {
    /// Captures the current context.
    ///
    /// Where nothing was captured before, this takes two calls, each of which returns in registers. If they wrote into the
    /// instance, a future that is made there would be in memory as a whole first, and then moved.
    #[inline]
    pub(crate) fn here() -> Self {
        let usual = if ambient::is_any_registered() {
            None
        } else {
            current::capture_again()
        };
        usual.map_or_else(
            || {
                let CapturedBindings { bindings, place } = capture_bindings();
                Self::with_clock(bindings, place, capture_clock())
            },
            |(bindings, origin)| Self::captured(bindings, origin),
        )
    }

    /// An instance that starts from `bindings`, captured at `origin`, and carries what there is here.
    #[inline]
    pub(crate) fn captured_here(bindings: Map, origin: Origin) -> Self {
        let (place, time) = origin.parts();
        if ambient::is_any_registered() {
            Self::with_clock(bindings, place, clock_that_carries(time))
        } else {
            Self::captured(bindings, origin)
        }
    }

    /// An instance that starts from `bindings`, captured at `origin`.
    #[inline]
    pub(crate) fn captured(bindings: Map, origin: Origin) -> Self {
        let (place, time) = origin.parts();
        Self::with_clock(bindings, place, Clock::at(time))
    }

    /// An instance that starts from `bindings`, captured at `place` at the time of `clock`, with what that carries.
    #[inline]
    pub(crate) fn with_clock(bindings: Map, place: Place, clock: Clock) -> Self {
        Self(ManuallyDrop::new(Frame {
            bindings,
            identity: Identity::captured_at(place),
            clock,
        }))
    }

    /// What was captured, where, and when, with what is carried.
    #[inline]
    pub(crate) fn into_parts(self) -> (Map, Origin, Clock) {
        let mut captured = ManuallyDrop::new(self);
        let origin = captured.origin();
        // SAFETY: nobody uses the captured frame after this, nor drops it.
        let clock = unsafe { captured.0.clock.move_out() };
        (mem::take(&mut captured.0.bindings), origin, clock)
    }

    /// Where and when it was captured.
    pub(crate) fn origin(&self) -> Origin {
        assert!(!self.is_over(), "an instance that is over has no frame");
        self.0.now()
    }
}

/// While it runs.
impl Instance {
    /// Whether it runs, and can be entered as it is.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        self.0.identity.is_ready()
    }

    /// Whether it runs, and carries something that is not entered.
    fn carries(&self) -> bool {
        self.0.identity.carries()
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.identity.is_over()
    }

    /// The frame of an instance that runs.
    #[inline]
    pub(crate) fn frame(&mut self) -> &mut Frame {
        debug_assert!(self.is_ready());
        &mut self.0
    }

    /// Enters the context for a poll, until the result is dropped.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    ///
    /// # Safety
    ///
    /// The result is dropped, after whatever else is entered meanwhile. Until then the instance stays where it is, and
    /// nobody else refers to it.
    #[inline]
    pub(crate) unsafe fn enter<S: Start>(&mut self) -> Entered<S> {
        if !self.is_ready() {
            self.begin();
        }
        let instance = ptr::from_mut(self);
        // SAFETY: the pointer comes from `self`.
        let frame = ptr::from_mut(unsafe { &mut *instance }.frame());
        // SAFETY: the caller's promise. `Entered` restores it, and polls nest.
        let previous = unsafe { Previous::before_entering(frame, S::IS_EXPLICIT) };
        Entered {
            previous,
            instance,
            start: PhantomData,
        }
    }

    /// Gets ready for a poll: begins to run at the first one, and enters what is carried.
    #[inline]
    fn begin(&mut self) {
        if current::is_captured_now(&self.0) {
            self.run_as_captured();
        } else {
            self.begin_elsewhere();
        }
    }

    /// The same where it was not captured, or where a wrapper was made since, or if it carries something.
    #[inline(never)]
    fn begin_elsewhere(&mut self) {
        if self.0.clock.has_extension() {
            return self.begin_carrying(None);
        }
        assert!(!self.is_over(), "`InContext` polled after completion");
        drop(self.begin_displacing());
    }

    /// Begins to run. Runs no user code, but the drop of the result may.
    fn begin_displacing(&mut self) -> Option<Displaced> {
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
            return self.begin_carrying(Some(wrapper));
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
}

/// With what it carries.
impl Instance {
    /// Gets ready for a poll: begins to run at the first one, and enters what is carried.
    ///
    /// # Panics
    ///
    /// If the instance is over, or if a function of an [`Ambient`](crate::Ambient) panics.
    #[cold]
    fn begin_carrying(&mut self, own: Option<&mut Wrapper>) {
        assert!(!self.is_over(), "`InContext` polled after completion");
        if !self.carries() {
            drop(self.run_carrying(own));
        }
        current::enter_carried(&mut self.0);
    }

    /// Begins to run. Enters nothing yet. Runs no user code, but the drop of the result may.
    #[must_use]
    #[cold]
    fn run_carrying(&mut self, own: Option<&mut Wrapper>) -> Displaced {
        let carried = self.0.clock.take_waiting();
        let displaced = self.begin_with_changes(own);
        if let Some(carried) = carried {
            self.0.clock.carry(carried);
            self.0.identity = self.0.identity.carrying();
        }
        displaced
    }

    /// Enters what is carried for the drop of the future, if it is not entered. Does not unwind: a panic of that comes out of
    /// [`leave_carried`](Self::leave_carried).
    #[inline]
    pub(crate) fn enter_carried_to_drop(&mut self) {
        if !self.is_ready() {
            current::enter_carried_to_drop(&mut self.0);
        }
    }

    /// Whether what is carried is entered.
    #[inline]
    pub(crate) fn has_entered(&self) -> bool {
        self.0.clock.is_entered()
    }

    /// Leaves what is carried. Returns the panic of a function of an [`Ambient`](crate::Ambient), if one panicked.
    pub(crate) fn leave_carried(&mut self) -> Raised {
        current::leave_carried(&mut self.0)
    }
}

/// The end.
impl Instance {
    /// Ends the instance, and hands out its frame, so that the last destructors can run in it.
    ///
    /// # Safety
    ///
    /// The instance is not over.
    #[inline]
    pub(crate) unsafe fn end(&mut self) -> Frame {
        debug_assert!(!self.is_over());
        Frame {
            bindings: mem::take(&mut self.0.bindings),
            identity: mem::replace(&mut self.0.identity, Identity::OVER),
            // SAFETY: the frame of an instance that is over is not used any more, and never dropped.
            clock: unsafe { self.0.clock.move_out() },
        }
    }

    /// Ends the instance, and frees what it has bound.
    ///
    /// # Safety
    ///
    /// The instance is not over.
    #[inline]
    pub(crate) unsafe fn end_and_free(&mut self) {
        // SAFETY: the caller's promise.
        drop(unsafe { self.end() });
    }

    /// Enters the context for the destructor of the future that stands before this instance in a struct. Does nothing if
    /// the instance is over. The drop of the instance, which follows that of the future, leaves the context.
    ///
    /// Of the `C` ABI, which does not unwind, so that callers need no landing pad.
    ///
    /// # Safety
    ///
    /// The instance stays where it is. The future before it is dropped next, and then the instance, on this thread.
    pub(crate) unsafe extern "C" fn enter_to_drop(&mut self, is_explicit: bool) {
        if !self.is_over() {
            // SAFETY: the caller's promise.
            unsafe { self.enter_unfinished_to_drop(is_explicit) }
        }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe extern "C" fn enter_unfinished_to_drop(&mut self, is_explicit: bool) {
        if !self.is_ready() {
            // SAFETY: the caller's promise.
            return unsafe { self.begin_to_drop(is_explicit) };
        }
        // SAFETY: the caller's promise.
        unsafe { destructor::enter(&raw mut *self.0, is_explicit) }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe fn begin_to_drop(&mut self, is_explicit: bool) {
        let displaced = if self.0.clock.has_extension() {
            self.begin_carrying_to_drop()
        } else {
            self.begin_displacing()
        };
        // SAFETY: the caller's promise.
        unsafe { destructor::enter(&raw mut *self.0, is_explicit) }
        if let Some(displaced) = displaced {
            destructor::keep(displaced);
        }
    }

    #[cold]
    fn begin_carrying_to_drop(&mut self) -> Option<Displaced> {
        let displaced = (!self.carries()).then(|| self.run_carrying(None));
        current::enter_carried_to_drop(&mut self.0);
        displaced
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[inline(never)]
        fn leave_and_free(instance: &mut Instance) {
            let has_displaced = instance.is_ready() && destructor::leave();
            if has_displaced || instance.has_entered() {
                return free_with_others(instance, has_displaced);
            }
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
        }

        #[cold]
        fn free_with_others(instance: &mut Instance, has_displaced: bool) {
            let _displaced = has_displaced.then(destructor::take_displaced);
            let raised = instance.leave_carried();
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
            raised.resume_in_drop();
        }

        if !self.is_over() {
            leave_and_free(self);
        }
    }
}

/// What is captured here, but for the time.
#[repr(C)]
struct CapturedBindings {
    bindings: Map,
    place: Place,
}

/// Not inlined, here and below, and of the `C` ABI, which does not unwind: a program has hundreds of annotated functions,
/// and each would need a landing pad that drops its arguments.
#[allow(improper_ctypes_definitions)]
#[inline(never)]
extern "C" fn capture_bindings() -> CapturedBindings {
    let (bindings, origin) = current::capture();
    let (place, _) = origin.parts();
    CapturedBindings { bindings, place }
}

#[allow(improper_ctypes_definitions)]
#[inline(never)]
extern "C" fn capture_clock() -> Clock {
    let time = current::capture_time();
    if ambient::is_any_registered() {
        clock_that_carries(time)
    } else {
        Clock::at(time)
    }
}

/// A clock at `time`, with what there is to carry. A panic of an application's [`Ambient::capture`](crate::Ambient) does
/// not come out here: it is carried.
#[allow(improper_ctypes_definitions)]
#[cold]
#[inline(never)]
extern "C" fn clock_that_carries(time: u64) -> Clock {
    let mut clock = Clock::at(time);
    if let Some(carried) = ambient::capture() {
        clock.carry(carried);
    }
    clock
}
