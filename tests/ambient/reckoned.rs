//! What a program must see, reckoned by hand.

use crate::program::{Act, End, Make};

/// The thread's tag, the context's name, and its local variable.
pub(crate) type Here = (Option<&'static str>, &'static str, &'static str);

/// By hand: what is seen.
pub(crate) struct Hand {
    pub(crate) seen: Vec<Here>,
}

/// What a body is in the middle of.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) tag: Option<&'static str>,
    pub(crate) name: &'static str,
    pub(crate) local: &'static str,
}

/// How a body, or a child in the middle of it, has gone.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Gone {
    /// To its end, or to a panic, which ends nobody else.
    Over,
    /// Up to a wait, and no further.
    Waits,
}

impl Hand {
    fn look(&mut self, at: Place) {
        self.seen.push((at.tag, at.name, at.local));
    }

    /// Plays a body to its end, or if it `stops` up to its first wait.
    pub(crate) fn play(&mut self, mut at: Place, acts: &[Act], stops: bool) -> Gone {
        let mut gone = Gone::Over;
        for act in acts {
            match act {
                Act::Look => self.look(at),
                Act::Set(name) => at.name = name,
                Act::SetLocal(name) => at.local = name,
                Act::Yield if stops => {
                    gone = Gone::Waits;
                    break;
                }
                Act::Yield => {}
                Act::Panic => break,
                Act::Child(make, tag, end, acts) => {
                    if self.child(at, *make, tag.or(at.tag), *end, acts, stops) == Gone::Waits {
                        gone = Gone::Waits;
                        break;
                    }
                }
            }
        }
        self.look(at);
        gone
    }

    fn child(
        &mut self,
        at: Place,
        make: Make,
        captured: Option<&'static str>,
        end: End,
        acts: &[Act],
        stops: bool,
    ) -> Gone {
        if let Make::Sync = make {
            let inside = Place { tag: captured, ..at };
            self.play(inside, acts, false);
            return Gone::Over;
        }
        let carried = match make {
            Make::InContext(_) => None,
            _ => captured,
        };
        let name = match make {
            Make::Scope(name) | Make::InContext(name) | Make::ReturnedAfter(name) => name,
            _ => at.name,
        };
        let (thread, thread_local) = match end {
            End::Await => (at.tag, at.local),
            End::ElsewhereUnder(tag) => (Some(tag), "none"),
            _ => (None, "none"),
        };
        let local = match make {
            Make::ScopeOfLocal(name) | Make::ReturnedAfter(name) => name,
            // A call inherits nothing from where it is made.
            Make::Call | Make::Calls => "none",
            _ => thread_local,
        };
        let inside = Place {
            tag: thread.or(carried),
            name,
            local,
        };
        match (make, end) {
            // Nobody has made the future of the body.
            (Make::Call | Make::Calls | Make::CallForFuture, End::DropUnpolled | End::DropAfterOnePoll)
            | (Make::Annotated | Make::Bind, End::DropUnpolled) => Gone::Over,
            (Make::Calls, _) => {
                self.play(inside, acts, false);
                self.play(inside, acts, false)
            }
            (Make::Call | Make::CallForFuture, _) | (_, End::Elsewhere | End::ElsewhereUnder(_)) => {
                self.play(inside, acts, false)
            }
            (_, End::Await) => self.play(inside, acts, stops),
            (_, End::DropUnpolled) => {
                self.look(inside);
                Gone::Over
            }
            (_, End::DropAfterOnePoll) => {
                self.play(inside, acts, true);
                Gone::Over
            }
        }
    }
}
