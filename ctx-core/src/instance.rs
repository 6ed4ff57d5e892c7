//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::clock::Clock;
use crate::current::{self, Before};
use crate::drops;
use crate::frame::{Frame, NOT_RUNNING, Origin};
use crate::heard::{Displaced, Heard};
use crate::layer::{Change, Layer};
use crate::map::Map;
use crate::start::Start;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which neither identities nor homes reach.
///
/// It leaves the frame when it is dropped, if that runs: see [`enter_to_drop`](Self::enter_to_drop).
pub(crate) struct Instance(ManuallyDrop<Frame>);

const OVER: u64 = u64::MAX;

/// A context that is entered, until this is dropped, which nobody in this crate forgets.
#[must_use]
pub(crate) struct Entered<S: Start>(Before, PhantomData<S>);

impl<S: Start> Drop for Entered<S> {
    #[inline]
    fn drop(&mut self) {
        self.0.restore(S::IS_EXPLICIT);
    }
}

impl Instance {
    /// Captures the current context.
    ///
    /// Where nothing was captured before it takes two calls, each of which returns in registers: had they to be given the
    /// place, the whole of a future that is made there would be in memory first, and then moved.
    #[inline]
    pub(crate) fn here() -> Self {
        let (bindings, origin) = current::capture_again().unwrap_or_else(|| {
            let Caught { bindings, home } = catch();
            (bindings, Origin::of_parts(home, time()))
        });
        Self::captured(bindings, origin)
    }

    #[inline]
    pub(crate) fn captured(bindings: Map, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(ManuallyDrop::new(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock: Clock::at(clock),
        }))
    }

    /// What was captured, of an instance that has not run.
    #[inline]
    pub(crate) fn into_parts(self) -> (Map, Origin) {
        let mut captured = ManuallyDrop::new(self);
        let origin = captured.origin();
        (mem::take(&mut captured.0.bindings), origin)
    }

    #[inline]
    pub(crate) fn is_running(&self) -> bool {
        self.0.identity & NOT_RUNNING == 0
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.identity == OVER
    }

    /// The frame of an instance that runs.
    #[inline]
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.0
    }

    /// Enters the context, for a poll, until what this returns is dropped.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    ///
    /// # Safety
    ///
    /// The instance stays where it is, and nobody else refers to it, until then.
    #[inline]
    pub(crate) unsafe fn enter<S: Start>(&mut self) -> Entered<S> {
        if !self.is_running() {
            self.begin();
        }
        // SAFETY: as the caller says.
        Entered(
            unsafe { Before::entering(&raw mut *self.0, S::IS_EXPLICIT) },
            PhantomData,
        )
    }

    /// Enters the context for the destructor of the future that stands before this instance in a struct, unless it is over.
    /// The drop of the instance, which follows that of the future, leaves it again.
    ///
    /// Of the `C` ABI, which does not unwind: so whoever calls this has nothing to clean up.
    ///
    /// # Safety
    ///
    /// The instance stays where it is, and is dropped next, on this thread, after whatever is entered and left meanwhile.
    pub(crate) unsafe extern "C" fn enter_to_drop(&mut self, is_explicit: bool) {
        if !self.is_over() {
            // SAFETY: as the caller says.
            unsafe { self.enter_unfinished_to_drop(is_explicit) }
        }
    }

    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe extern "C" fn enter_unfinished_to_drop(&mut self, is_explicit: bool) {
        if !self.is_running() {
            // SAFETY: as the caller says.
            return unsafe { self.begin_to_drop(is_explicit) };
        }
        // SAFETY: as the caller says.
        unsafe { drops::enter(&raw mut *self.0, is_explicit) }
    }

    /// The same before the first poll.
    ///
    /// # Safety
    ///
    /// As above.
    #[inline(never)]
    unsafe fn begin_to_drop(&mut self, is_explicit: bool) {
        let displaced = self.begins_displacing();
        // SAFETY: as the caller says.
        unsafe { drops::enter(&raw mut *self.0, is_explicit) }
        if let Some(displaced) = displaced {
            drops::keep(displaced);
        }
    }

    /// Makes a captured instance run. Runs no user code: what it displaces may.
    fn begins_displacing(&mut self) -> Option<Displaced> {
        if !self.runs_as_captured() {
            return Some(self.start(None));
        }
        self.run();
        None
    }

    /// Whether a captured instance goes on with what it has captured and nothing else, here and now: no wrapper around has
    /// a say, and there are no local bindings.
    #[inline]
    fn runs_as_captured(&self) -> bool {
        current::is_captured_now(&self.0) || !current::has_layers() && !current::has_locals()
    }

    /// Ends the instance, and frees what it has bound.
    #[inline]
    pub(crate) fn end_and_free(&mut self) {
        drop(self.end());
    }

    /// Ends the instance and hands out its frame, to run the last destructors in.
    #[inline]
    pub(crate) fn end(&mut self) -> Frame {
        Frame {
            bindings: mem::take(&mut self.0.bindings),
            identity: mem::replace(&mut self.0.identity, OVER),
            // SAFETY: the frame of an instance that is over is not used any more, and never dropped.
            clock: unsafe { self.0.clock.hand_over() },
        }
    }

    /// Where and when a captured instance was captured.
    pub(crate) fn origin(&self) -> Origin {
        Origin::of_parts(self.0.identity & !NOT_RUNNING, self.0.clock.time())
    }

    /// Makes a captured instance run.
    #[inline]
    fn begin(&mut self) {
        if current::is_captured_now(&self.0) {
            self.run();
        } else {
            self.begin_elsewhere();
        }
    }

    /// The same where it was not captured, or where a wrapper was made since.
    #[inline(never)]
    fn begin_elsewhere(&mut self) {
        assert!(!self.is_over(), "`InContext` polled after completion");
        drop(self.begins_displacing());
    }

    /// Makes a captured instance run of a wrapper that is a `layer` as well.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    #[inline(never)]
    pub(crate) fn begin_under(&mut self, layer: &mut Layer) {
        if !self.begins_quietly(layer) {
            drop(self.start(Some(layer)));
        }
    }

    /// Makes an instance run whose wrapper is dropped, if it doesn't yet. Runs no user code: what is displaced may.
    #[must_use]
    #[inline(never)]
    pub(crate) fn begin_under_to_drop(&mut self, layer: &mut Layer) -> Option<Displaced> {
        let begins = self.is_running() || self.begins_quietly(layer);
        (!begins).then(|| self.start(Some(layer)))
    }

    /// Makes a captured instance run if that takes nothing but itself, and says whether it does.
    #[inline]
    fn begins_quietly(&mut self, layer: &mut Layer) -> bool {
        assert!(!self.is_over(), "`InContext` polled after completion");
        if !self.runs_as_captured() {
            return false;
        }
        match &mut layer.change {
            Change::Base(_) | Change::Bind(_) | Change::Nothing => self.run(),
            change => return self.goes_on_quietly(change),
        }
        true
    }

    /// The same where it goes on, or binds a local variable.
    #[cold]
    fn goes_on_quietly(&mut self, change: &mut Change) -> bool {
        let Change::Begun(begun) = change else { return false };
        if begun.has_written_locals() {
            return false;
        }
        begun.note(&self.0.bindings, false);
        self.run();
        begun.resume(&mut self.0, false);
        true
    }

    /// Makes a captured instance run with what it has captured, where there are no local bindings.
    #[inline]
    fn run(&mut self) {
        self.0.identity = 0;
        self.0.clock.set(0);
    }

    /// Makes a captured instance run, with the local bindings that there are here, and with what the wrappers around it
    /// and its `own` layer say. Runs no user code.
    #[must_use]
    #[cold]
    fn start(&mut self, own: Option<&mut Layer>) -> Displaced {
        let heard = Heard::by(self.origin(), &self.0.bindings);
        let anew = !heard.is_nothing();
        let left = match &own {
            Some(Layer {
                change: Change::Begun(_),
                ..
            }) => self.0.bindings.clone(),
            _ => Map::new(),
        };
        let mut frame = current::nested(mem::take(&mut self.0.bindings));
        let mut displaced = heard.apply(&mut frame.bindings);
        match own.map(|own| &mut own.change) {
            // Bound already, unless it was heard that another one is, or none.
            Some(Change::Bind(binding)) if !frame.find(binding.info).is_some_and(|bound| bound.is(binding)) => {
                displaced.bindings.extend(frame.bind(binding.clone()));
            }
            Some(Change::Begun(begun)) => {
                begun.note(&left, anew);
                if anew || begun.has_written_locals() {
                    begun.write_again(&left, &mut frame, &mut displaced.bindings);
                }
                begun.resume(&mut frame, anew);
            }
            Some(change @ Change::BindLocal(_)) => {
                if let Change::BindLocal(binding) = mem::replace(change, Change::Nothing) {
                    displaced.bindings.extend(frame.bind(binding));
                }
            }
            _ => {}
        }
        displaced.left = left;
        *self.0 = frame;
        displaced
    }
}

/// What is captured here, but for the time.
#[repr(C)]
struct Caught {
    bindings: Map,
    home: u64,
}

/// Not inlined, here and below, and of the `C` ABI, which does not unwind: a program has hundreds of annotated functions,
/// each with arguments that it would have to drop.
#[allow(improper_ctypes_definitions)]
#[inline(never)]
extern "C" fn catch() -> Caught {
    let (bindings, origin) = current::capture();
    let (home, _) = origin.parts();
    Caught { bindings, home }
}

#[inline(never)]
extern "C" fn time() -> u64 {
    current::time()
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[inline(never)]
        fn leave_and_free(instance: &mut Instance) {
            if instance.is_running() && drops::leave() {
                return free_with_displaced(instance);
            }
            instance.end_and_free();
        }

        #[cold]
        fn free_with_displaced(instance: &mut Instance) {
            let _displaced = drops::displaced();
            instance.end_and_free();
        }

        if !self.is_over() {
            leave_and_free(self);
        }
    }
}
