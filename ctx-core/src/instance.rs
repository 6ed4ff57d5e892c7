//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::binding::Bindings;
use crate::frame::{Frame, Origin};
use crate::heard::{Displaced, Heard};
use crate::layer::{Begun, Change, Layer};
use std::mem;

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which neither identities nor homes reach.
pub(crate) struct Instance(Frame);

const NOT_RUNNING: u64 = 1 << 63;
const OVER: u64 = u64::MAX;

impl Instance {
    pub(crate) fn captured(bindings: Bindings, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock,
        })
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.identity & NOT_RUNNING == 0
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.identity == OVER
    }

    /// The frame of an instance that runs.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.0
    }

    /// Ends the instance and hands out its frame, to run the last destructors in. Nothing else ends one.
    pub(crate) fn end(&mut self) -> Frame {
        let over = Frame {
            identity: OVER,
            ..Frame::default()
        };
        mem::replace(&mut self.0, over)
    }

    /// Makes a captured instance run, with what the wrappers around it and its `own` layer say. Runs no user code.
    #[must_use]
    pub(crate) fn start(&mut self, own: Option<&mut Layer>) -> Displaced {
        let capture = Origin::new(self.0.identity & !NOT_RUNNING, self.0.clock);
        self.0.identity = 0;
        self.0.clock = 0;

        let heard = Heard::by(capture);
        let mut displaced = Displaced::default();
        match own.map(|own| &mut own.change) {
            None | Some(Change::Base(_)) => heard.apply(&mut self.0.bindings, &mut displaced),
            Some(Change::Bind(key, binding)) => {
                heard.apply(&mut self.0.bindings, &mut displaced);
                displaced.bindings.extend(self.0.bindings.insert(*key, binding.clone()));
            }
            Some(Change::Begun(begun)) => self.resume(begun, heard, &mut displaced),
        }
        displaced
    }

    /// Goes on with a frame that has run already, and with what was written in it.
    ///
    /// If a wrapper was heard the old values that its tokens hold are those of another context: they are refused from
    /// now on.
    fn resume(&mut self, begun: &mut Begun, heard: Heard, displaced: &mut Displaced) {
        self.0.identity = begun.identity;
        self.0.clock = begun.clock + 1;
        let captured = mem::take(&mut begun.captured);
        if !heard.is_nothing() {
            self.0.identity |= u64::from(begun.identity != 0);
            let written = mem::replace(&mut self.0.bindings, captured.clone());
            heard.apply(&mut self.0.bindings, displaced);
            for (key, binding) in written
                .iter()
                .filter(|(key, binding)| !captured.get(*key).is_some_and(|old| old.is(binding)))
            {
                displaced.bindings.extend(self.0.bindings.insert(key, binding.clone()));
            }
            for (key, _) in captured.iter().filter(|(key, _)| written.get(*key).is_none()) {
                displaced.bindings.extend(self.0.bindings.remove(key));
            }
            displaced.maps.push(written);
        }
        displaced.maps.push(captured);
    }
}
