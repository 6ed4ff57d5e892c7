//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use super::destructor::{self, Kept};
use super::first_poll::{Displaced, EnclosingWrappers};
use super::start::Start;
use crate::ambient;
use crate::ambient::carried::Carried;
use crate::current::frame::Frame;
use crate::current::identity::{Identity, Place};
use crate::current::locals::Clock;
use crate::current::origin::Origin;
use crate::current::wrapper::{Effect, Wrapper};
use crate::current::{self, Previous};
use crate::map::Map;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};

/// The frame of a future that runs. Before the first poll, what was captured for it. After the end, nothing.
///
/// The frame's identity says which of the three. The memory of an instance that is over is not used any more.
///
/// Its drop leaves the frame if it runs: see [`enter_to_drop`](Self::enter_to_drop).
pub(crate) struct Instance(ManuallyDrop<Frame>);

/// A context that is entered until this is dropped. Nobody in this crate forgets one.
#[must_use]
pub(crate) struct Entered<S: Start>(Previous, PhantomData<S>);

impl<S: Start> Drop for Entered<S> {
    #[inline]
    fn drop(&mut self) {
        self.0.restore(S::IS_EXPLICIT);
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

    #[inline]
    fn with_clock(bindings: Map, place: Place, clock: Clock) -> Self {
        Self(ManuallyDrop::new(Frame {
            bindings,
            identity: Identity::captured_at(place),
            clock,
        }))
    }

    /// The same instance, which carries this.
    pub(crate) fn carrying(mut self, carried: Option<Carried>) -> Self {
        if let Some(carried) = carried {
            self.0.clock.carry(carried);
        }
        self
    }

    /// What was captured, where and when, and what is carried.
    #[inline]
    pub(crate) fn into_parts(self) -> (Map, Origin, Option<Carried>) {
        let mut captured = ManuallyDrop::new(self);
        let origin = captured.origin();
        // SAFETY: nobody uses the captured frame after this, nor drops it.
        let mut clock = unsafe { captured.0.clock.move_out() };
        let carried = if clock.carries() { clock.take_carried() } else { None };
        (mem::take(&mut captured.0.bindings), origin, carried)
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

    /// Whether it runs, and carries something that is entered with it.
    pub(crate) fn carries(&self) -> bool {
        self.0.identity.carries()
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.identity.is_over()
    }

    /// The frame of an instance that runs.
    #[inline]
    pub(crate) fn frame(&mut self) -> &mut Frame {
        debug_assert!(self.is_ready() || self.carries());
        &mut self.0
    }

    /// Enters the context of an instance that runs for a poll, until the result is dropped.
    ///
    /// # Safety
    ///
    /// The result is dropped, after whatever else is entered meanwhile. Until then the instance stays where it is, and
    /// nobody else refers to it.
    #[inline]
    pub(crate) unsafe fn enter<S: Start>(&mut self) -> Entered<S> {
        debug_assert!(self.is_ready() || self.carries());
        // SAFETY: the caller's promise. `Entered` restores it, and polls nest.
        let previous = unsafe { Previous::before_entering(&raw mut *self.0, S::IS_EXPLICIT) };
        Entered(previous, PhantomData)
    }

    /// Makes sure before a poll that it runs. Returns whether it is ready: it is not if it carries something.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    #[inline]
    pub(crate) fn begin(&mut self) -> bool {
        if self.is_ready() {
            return true;
        }
        if current::is_captured_now(&self.0) {
            self.run_as_captured();
            return true;
        }
        self.begin_elsewhere()
    }

    /// The same where it was not captured, or where a wrapper was made since, or if it carries something.
    #[inline(never)]
    fn begin_elsewhere(&mut self) -> bool {
        assert!(!self.is_over(), "`InContext` polled after completion");
        if !self.carries() {
            drop(self.begin_displacing());
        }
        self.is_ready()
    }

    /// Begins to run. Runs no user code, but the drop of the result may.
    fn begin_displacing(&mut self) -> Option<Displaced> {
        if !self.is_unaffected() {
            return Some(self.begin_with_changes(None));
        }
        self.run();
        None
    }

    /// Makes sure before a poll that it runs, as the instance of an `InContext`, which is a `wrapper` for the futures
    /// inside it too. Returns whether it is ready: it is not if it carries something.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    #[inline(never)]
    pub(crate) fn begin_under(&mut self, wrapper: &mut Wrapper) -> bool {
        assert!(!self.is_over(), "`InContext` polled after completion");
        if !self.carries() && !self.begin_as_captured(wrapper) {
            drop(self.begin_with_changes(Some(wrapper)));
        }
        self.is_ready()
    }

    /// The same for a wrapper that is dropped, whose instance may run already. Runs no user code, but the drop of the
    /// result may.
    #[must_use]
    #[inline(never)]
    pub(crate) fn begin_under_to_drop(&mut self, wrapper: &mut Wrapper) -> Option<Displaced> {
        let runs = self.is_ready() || self.carries() || self.begin_as_captured(wrapper);
        (!runs).then(|| self.begin_with_changes(Some(wrapper)))
    }

    /// Whether nothing here changes what was captured: no wrapper around applies, and there are no local bindings.
    #[inline]
    fn is_unaffected(&self) -> bool {
        current::is_captured_now(&self.0) || !current::has_enclosing_wrappers() && !current::has_locals()
    }

    /// Begins to run with what was captured, if nothing changes it. Says whether it does.
    #[inline]
    fn begin_as_captured(&mut self, wrapper: &mut Wrapper) -> bool {
        if !self.is_unaffected() {
            return false;
        }
        match &mut wrapper.effect {
            Effect::Replace(_) | Effect::Bind(_) | Effect::Nothing => self.run(),
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
        self.run();
        prelude.go_on_in(&mut self.0, false);
        self.note_carried();
        true
    }

    /// Runs with what was captured, whether it carries something or not.
    #[inline]
    fn run(&mut self) {
        if self.0.clock.has_extension() {
            self.run_carrying();
        } else {
            self.run_as_captured();
        }
    }

    #[cold]
    fn run_carrying(&mut self) {
        self.0.identity = Identity::UNASKED;
        self.0.clock.set_any(0);
        self.note_carried();
    }

    /// Notes in the identity whether something is carried.
    fn note_carried(&mut self) {
        if self.0.clock.carries() {
            self.0.identity = self.0.identity.carrying();
        }
    }

    /// Runs with what was captured, and carries nothing.
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
        let carried = self.0.clock.take_carried();
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
        if let Some(carried) = carried {
            frame.clock.carry(carried);
        }
        *self.0 = frame;
        self.note_carried();
        displaced
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
        let displaced = if self.carries() { None } else { self.begin_displacing() };
        let carries = self.carries();
        // SAFETY: the caller's promise.
        unsafe { destructor::enter(&raw mut *self.0, is_explicit) }
        let carried = if carries {
            destructor::Carried::Entered(current::enter_carried_to_drop())
        } else {
            destructor::Carried::Nothing
        };
        if displaced.is_some() || carries {
            destructor::keep(Kept { displaced, carried });
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[inline(never)]
        fn leave_and_free(instance: &mut Instance) {
            if instance.is_ready() && destructor::leave() {
                return free_with_displaced(instance);
            }
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
        }

        #[cold]
        fn free_with_displaced(instance: &mut Instance) {
            let (_displaced, raised) = destructor::take_kept();
            // SAFETY: `drop` asked.
            unsafe { instance.end_and_free() };
            raised.go_on();
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
