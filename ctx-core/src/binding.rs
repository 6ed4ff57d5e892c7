//! A binding: a value, the variable that it belongs to, and the place where it was set, in one allocation.
//!
//! The count is our own: `Arc<dyn Any>` would be two words a slot, ask the value for its type at each read, and keep a
//! count of weak handles that nobody has. The last handle to go, the usual case, frees without an atomic write.

use crate::counts::too_many_handles;
use crate::info::{Info, InfoOf};
use crate::shown::Shown;
use crate::spare::{self, Size};
use crate::sync::{AtomicU32, Ordering, fence};
use std::alloc::Layout;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::num::NonZeroUsize;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;

/// What all bindings begin with: 24 bytes.
#[repr(C)]
pub(crate) struct Binding {
    /// First, as in `Head`.
    pub(crate) info: &'static Info,
    handles: AtomicU32,
    /// The variable's number.
    pub(crate) number: u32,
    pub(crate) place: &'static Location<'static>,
}

/// A whole binding, until its last handle is dropped. Its `info` is an `InfoOf<T>`.
#[repr(C)]
struct Typed<T> {
    binding: Binding,
    value: T,
}

impl<T> Typed<T> {
    /// The size of the memory that it is in, unless it is in a box.
    const SIZE: Option<Size> = Size::of_binding(Layout::new::<Self>());
}

/// A handle to a binding: contexts, tokens and loans share it, and the last of them frees the value.
///
/// It leads to a `Typed<T>`, and is counted in its `handles`.
#[repr(transparent)]
pub(crate) struct Shared(NonNull<Binding>);

// SAFETY: a handle gives access to `Info`, `Location` and the value, by shared reference, and drops the value on whatever
// thread it is dropped last: `new` asks for a value that is `Send` and `Sync`.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

// A binding is lent by shared reference alone, and no user code runs while bindings are moved about: what a panic can
// leave half done is inside the value, where its own type decides what that means for its readers.
impl UnwindSafe for Shared {}
impl RefUnwindSafe for Shared {}

impl Shared {
    pub(crate) fn new<T>(info: &'static InfoOf<T>, place: &'static Location<'static>, value: T) -> Self
    where
        T: Send + Sync + 'static,
    {
        Self(allocate(1, info, place, value))
    }

    /// Two handles to a new binding.
    pub(crate) fn new_pair<T>(info: &'static InfoOf<T>, place: &'static Location<'static>, value: T) -> (Self, Self)
    where
        T: Send + Sync + 'static,
    {
        let binding = allocate(2, info, place, value);
        (Self(binding), Self(binding))
    }

    /// Drops `other`. Costs no atomic write if both are the only two handles to one binding.
    #[inline]
    pub(crate) fn absorb(&mut self, other: Self) {
        // Both are the caller's alone, so that with no more than two of them nobody else can make another.
        if self.0 == other.0 && self.handles.load(Ordering::Acquire) == 2 {
            self.handles.store(1, Ordering::Relaxed);
            mem::forget(other);
        }
    }

    /// The handle as a pointer, which still counts.
    #[inline]
    pub(crate) fn into_raw(self) -> NonNull<Binding> {
        ManuallyDrop::new(self).0
    }

    #[inline]
    pub(crate) fn borrow(&self) -> Borrowed<'_> {
        Borrowed(self.0, PhantomData)
    }
}

fn allocate<T>(handles: u32, info: &'static InfoOf<T>, place: &'static Location<'static>, value: T) -> NonNull<Binding>
where
    T: Send + Sync + 'static,
{
    let binding = Binding {
        info,
        handles: AtomicU32::new(handles),
        number: info.assign(),
        place,
    };
    let typed = Typed { binding, value };
    let Some(size) = Typed::<T>::SIZE else {
        // The whole allocation, so that the value is reached through it too.
        return NonNull::from(Box::leak(Box::new(typed))).cast();
    };
    let memory = spare::allocate(size).cast();
    // SAFETY: the memory is large enough, and nobody else's.
    unsafe { memory.write(typed) };
    memory.cast()
}

/// The value of a binding.
///
/// # Safety
///
/// `binding` is a binding whose `info` is an `InfoOf<T>`, and a handle to it is alive.
pub(crate) unsafe fn view<T: 'static>(binding: NonNull<Binding>) -> NonNull<dyn Any> {
    // SAFETY: as the caller says.
    unsafe { value::<T>(binding) }
}

/// Drops the value and frees the binding.
///
/// # Safety
///
/// `binding` is a binding whose `info` is an `InfoOf<T>`, and its last handle is being dropped.
pub(crate) unsafe fn free<T>(binding: NonNull<Binding>) {
    /// Memory that is freed even if the value in it panics.
    struct Memory(NonNull<u8>, Size);

    impl Drop for Memory {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: see below.
            unsafe { spare::free(self.0, self.1) };
        }
    }

    let typed = binding.cast::<Typed<T>>();
    let Some(size) = Typed::<T>::SIZE else {
        // SAFETY: it is a `Typed<T>`, and came from a box.
        return drop(unsafe { Box::from_raw(typed.as_ptr()) });
    };
    let _memory = Memory(typed.cast(), size);
    // SAFETY: it is a `Typed<T>`, and came from spare memory of this size. Nobody uses it after this.
    unsafe { typed.drop_in_place() };
}

/// # Safety
///
/// As of [`view`].
#[inline]
unsafe fn value<T>(binding: NonNull<Binding>) -> NonNull<T> {
    let typed = binding.cast::<Typed<T>>().as_ptr();
    // SAFETY: a binding of an `InfoOf<T>` is a `Typed<T>`.
    unsafe { NonNull::new_unchecked(&raw mut (*typed).value) }
}

impl Clone for Shared {
    #[inline]
    fn clone(&self) -> Self {
        // Relaxed, since whoever has a handle sees the binding already.
        let handles = self.handles.fetch_add(1, Ordering::Relaxed);
        if handles > u32::MAX / 2 {
            too_many_handles();
        }
        Self(self.0)
    }
}

impl Drop for Shared {
    #[inline]
    fn drop(&mut self) {
        // With one handle left nobody can make another. `Acquire`: what others did with the binding is done.
        if self.handles.load(Ordering::Acquire) != 1 {
            if self.handles.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        // SAFETY: `info.free` is that of the binding's `InfoOf<T>`, and this was the last handle.
        unsafe { (self.info.free)(self.0) }
    }
}

impl std::ops::Deref for Shared {
    type Target = Binding;

    #[inline]
    fn deref(&self) -> &Binding {
        // SAFETY: the binding is alive as long as this handle, and nobody writes to it.
        unsafe { self.0.as_ref() }
    }
}

/// Shows the value alone, as the variable's options say.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: `info.view` is that of the binding's `InfoOf<T>`, and this handle is alive.
        let value = unsafe { (self.info.view)(self.0).as_ref() };
        Shown::new(self.info, value).fmt(f)
    }
}

/// A binding that somebody else holds a handle to.
#[derive(Clone, Copy)]
pub(crate) struct Borrowed<'a>(NonNull<Binding>, PhantomData<&'a Binding>);

impl<'a> Borrowed<'a> {
    /// # Safety
    ///
    /// Somebody holds a handle for `'a`.
    #[inline]
    pub(crate) unsafe fn new(binding: NonNull<Binding>) -> Self {
        Self(binding, PhantomData)
    }

    /// The value, if the binding is of this variable.
    #[inline]
    pub(crate) fn value<T>(self, of: &'static InfoOf<T>) -> Option<&'a T> {
        // SAFETY: somebody holds a handle for `'a`. Its `info` is this one, an `InfoOf<T>`.
        self.is_of(of).then(|| unsafe { value(self.0).as_ref() })
    }

    /// Whether the binding is of this variable.
    #[inline]
    pub(crate) fn is_of(self, info: &'static Info) -> bool {
        // SAFETY: somebody holds a handle for `'a`.
        unsafe { self.0.as_ref() }.info == info
    }

    /// A handle of one's own.
    #[inline]
    pub(crate) fn share(self) -> Shared {
        Shared::clone(&ManuallyDrop::new(Shared(self.0)))
    }

    /// Whether `handle` leads to this binding.
    pub(crate) fn is(self, handle: &Shared) -> bool {
        self.0 == handle.0
    }

    /// To tell it from others that are alive at the same time.
    pub(crate) fn address(self) -> NonZeroUsize {
        self.0.addr()
    }

    /// The same binding, held for as long as the caller knows better.
    ///
    /// # Safety
    ///
    /// Somebody holds a handle for `'b`.
    #[inline]
    pub(crate) unsafe fn extend<'b>(self) -> Borrowed<'b> {
        Borrowed(self.0, PhantomData)
    }
}

#[cfg(test)]
mod tests;
