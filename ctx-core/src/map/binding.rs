//! A binding: a value, the variable that it belongs to, and the place where it was set, in one allocation.
//!
//! [`BindingRef`] is a counted handle, [`BindingView`] borrows one. The count is our own: `Arc<dyn Any>` takes two words in
//! a slot, asks the value for its type at each read, and keeps a count of weak handles that nobody has. The last handle
//! frees the binding without an atomic write, which is the usual case.

use super::atomics::{AtomicU32, Ordering, fence};
use super::free_list::{self, SizeClass};
use super::reference_counts::too_many_handles;
use crate::descriptor::debug::Show;
use crate::descriptor::{Descriptor, DescriptorOf, Operations, Reach};
use std::alloc::Layout;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::num::NonZeroUsize;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;

/// What every binding begins with: 24 bytes.
#[repr(C)]
pub(crate) struct Header {
    /// First: a read finds it where a node has `None`. See `node::slot::Target`.
    pub(crate) variable: &'static Descriptor,
    handles: AtomicU32,
    /// The variable's number.
    pub(crate) number: u32,
    pub(crate) place: &'static Location<'static>,
}

/// A binding with its value. The header's `variable` is a `DescriptorOf<T>`.
#[repr(C)]
struct Binding<T> {
    header: Header,
    value: T,
}

impl<T> Binding<T> {
    /// The size of its memory. `None`: it is too large or too aligned for the free lists, and lies in a box.
    const SIZE: Option<SizeClass> = SizeClass::of_binding(Layout::new::<Self>());
}

/// A counted handle to a binding. Contexts, tokens and loans hold one, and the last of them frees the value.
///
/// It points to a `Binding<T>`, and `handles` counts it.
#[repr(transparent)]
pub(crate) struct BindingRef(NonNull<Header>);

// SAFETY: a handle lends the descriptor, the place and the value by shared reference, and it drops the value on the thread
// where the last handle is dropped. `allocate` asks for a value that is `Send` and `Sync`.
unsafe impl Send for BindingRef {}
// SAFETY: as above.
unsafe impl Sync for BindingRef {}

// A binding is lent by shared reference only, and no user code runs while handles are moved. A panic can leave a value
// half changed only inside that value, whose type decides what that means.
impl UnwindSafe for BindingRef {}
impl RefUnwindSafe for BindingRef {}

impl<T: 'static> DescriptorOf<T> {
    #[track_caller]
    pub(crate) const fn new(name: &'static str, show: Show<T>, reach: Reach) -> Self {
        let operations = Operations {
            value: any_value::<T>,
            free: free::<T>,
        };
        // SAFETY: both are for a `Binding<T>`.
        unsafe { Self::with_operations(name, show, reach, operations) }
    }
}

impl BindingRef {
    pub(crate) fn new<T>(variable: &'static DescriptorOf<T>, place: &'static Location<'static>, value: T) -> Self
    where
        T: Send + Sync + 'static,
    {
        Self(allocate(1, variable, place, value))
    }

    /// Two handles to one new binding.
    pub(crate) fn new_pair<T>(
        variable: &'static DescriptorOf<T>,
        place: &'static Location<'static>,
        value: T,
    ) -> (Self, Self)
    where
        T: Send + Sync + 'static,
    {
        let binding = allocate(2, variable, place, value);
        (Self(binding), Self(binding))
    }

    /// Drops `other`. Writes the count without an atomic operation if these are the only two handles to one binding.
    #[inline]
    pub(crate) fn merge_duplicate(&mut self, other: Self) {
        // A thread can only make a third handle from one that it can reach. `self` is borrowed exclusively, and `other` is
        // owned here, so with a count of two nobody else can reach one.
        if self.0 == other.0 && self.handles.load(Ordering::Acquire) == 2 {
            self.handles.store(1, Ordering::Relaxed);
            mem::forget(other);
        }
    }

    /// The handle as a pointer. It still counts.
    #[inline]
    pub(crate) fn into_raw(self) -> NonNull<Header> {
        ManuallyDrop::new(self).0
    }

    #[inline]
    pub(crate) fn view(&self) -> BindingView<'_> {
        BindingView(self.0, PhantomData)
    }
}

/// Makes a binding that counts this many handles.
fn allocate<T>(
    handles: u32,
    variable: &'static DescriptorOf<T>,
    place: &'static Location<'static>,
    value: T,
) -> NonNull<Header>
where
    T: Send + Sync + 'static,
{
    let header = Header {
        variable,
        handles: AtomicU32::new(handles),
        number: variable.assign_number(),
        place,
    };
    let binding = Binding { header, value };
    let Some(size) = Binding::<T>::SIZE else {
        // The pointer comes from the whole box, so that the value can be reached through it too.
        return NonNull::from(Box::leak(Box::new(binding))).cast();
    };
    let memory = free_list::allocate(size).cast();
    // SAFETY: `SIZE` is large enough for a `Binding<T>`, and nobody else has this memory.
    unsafe { memory.write(binding) };
    memory.cast()
}

/// The operation `value` of a descriptor.
///
/// # Safety
///
/// `binding` points to a `Binding<T>`, and a handle to it is alive.
unsafe fn any_value<T: 'static>(binding: NonNull<u8>) -> NonNull<dyn Any> {
    // SAFETY: the caller's promise.
    unsafe { value::<T>(binding.cast()) }
}

/// The operation `free` of a descriptor: drops the value and frees the binding.
///
/// # Safety
///
/// `binding` points to a `Binding<T>`, and no handle to it is left.
unsafe fn free<T>(binding: NonNull<u8>) {
    /// Memory that is freed even if the destructor of the value panics.
    struct Memory(NonNull<u8>, SizeClass);

    impl Drop for Memory {
        #[inline]
        fn drop(&mut self) {
            // SAFETY: the memory is from `free_list::allocate`, for this size, and the value in it has been dropped.
            unsafe { free_list::free(self.0, self.1) };
        }
    }

    let typed = binding.cast::<Binding<T>>();
    let Some(size) = Binding::<T>::SIZE else {
        // SAFETY: `allocate` leaked a box of it, and no handle is left.
        return drop(unsafe { Box::from_raw(typed.as_ptr()) });
    };
    let _memory = Memory(typed.cast(), size);
    // SAFETY: it is a `Binding<T>`, and no handle is left.
    unsafe { typed.drop_in_place() };
}

/// # Safety
///
/// `binding` points to a `Binding<T>`.
#[inline]
unsafe fn value<T>(binding: NonNull<Header>) -> NonNull<T> {
    let typed = binding.cast::<Binding<T>>().as_ptr();
    // SAFETY: the caller's promise; a field of what is not null is not null.
    unsafe { NonNull::new_unchecked(&raw mut (*typed).value) }
}

impl Clone for BindingRef {
    #[inline]
    fn clone(&self) -> Self {
        // Relaxed: whoever has a handle sees the binding already.
        let handles = self.handles.fetch_add(1, Ordering::Relaxed);
        if handles > u32::MAX / 2 {
            too_many_handles();
        }
        Self(self.0)
    }
}

impl Drop for BindingRef {
    #[inline]
    fn drop(&mut self) {
        // Nobody can make a handle beside the only one, so a count of 1 stays. `Acquire` pairs with the `Release` below:
        // what other threads did with the binding happens before it is freed.
        if self.handles.load(Ordering::Acquire) != 1 {
            if self.handles.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        // SAFETY: this was the last handle, and the descriptor is a `DescriptorOf<T>` for the `Binding<T>` behind it.
        unsafe { (self.variable.operations.free)(self.0.cast()) }
    }
}

impl std::ops::Deref for BindingRef {
    type Target = Header;

    #[inline]
    fn deref(&self) -> &Header {
        // SAFETY: the handle keeps the binding alive, and nobody writes its header but for the count, an atomic.
        unsafe { self.0.as_ref() }
    }
}

/// Shows the value alone, as the variable's options say.
impl fmt::Debug for BindingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: the descriptor is a `DescriptorOf<T>` for the `Binding<T>` behind this handle, which is alive.
        let value = unsafe { (self.variable.operations.value)(self.0.cast()).as_ref() };
        (self.variable.show)(value, f)
    }
}

/// A binding that somebody else holds a handle to, for at least `'a`.
#[derive(Clone, Copy)]
pub(crate) struct BindingView<'a>(NonNull<Header>, PhantomData<&'a Header>);

impl<'a> BindingView<'a> {
    /// # Safety
    ///
    /// Somebody holds a handle to this binding for `'a`.
    #[inline]
    pub(crate) unsafe fn new(binding: NonNull<Header>) -> Self {
        Self(binding, PhantomData)
    }

    /// The value, if the binding belongs to this variable.
    #[inline]
    pub(crate) fn value<T>(self, variable: &'static DescriptorOf<T>) -> Option<&'a T> {
        // SAFETY: somebody holds a handle for `'a`, and a binding of a `DescriptorOf<T>` is a `Binding<T>`.
        self.belongs_to(variable).then(|| unsafe { value(self.0).as_ref() })
    }

    #[inline]
    pub(crate) fn belongs_to(self, variable: &'static Descriptor) -> bool {
        // SAFETY: somebody holds a handle for `'a`.
        unsafe { self.0.as_ref() }.variable == variable
    }

    /// A handle of one's own.
    #[inline]
    pub(crate) fn share(self) -> BindingRef {
        BindingRef::clone(&ManuallyDrop::new(BindingRef(self.0)))
    }

    /// Whether `handle` points to this binding.
    pub(crate) fn is(self, handle: &BindingRef) -> bool {
        self.0 == handle.0
    }

    /// Tells the binding from all others that are alive at the same time.
    pub(crate) fn address(self) -> NonZeroUsize {
        self.0.addr()
    }

    /// The same binding for another lifetime.
    ///
    /// # Safety
    ///
    /// Somebody holds a handle to it for `'b`.
    #[inline]
    pub(crate) unsafe fn extend<'b>(self) -> BindingView<'b> {
        BindingView(self.0, PhantomData)
    }
}

#[cfg(test)]
mod tests;
