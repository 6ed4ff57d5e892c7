//! pyo3: functions and methods that Python calls see the context of who called Python.

#![allow(clippy::unused_self, reason = "the method is about nothing but the context")]

use contextvars::{bind, context_var, with_context};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::thread;

#[context_var]
static USER: String = "nobody".to_owned();

#[with_context]
#[pyfunction]
fn above(user: String) -> (String, String) {
    let caller = USER.get();
    drop(USER.set(user));
    (caller, USER.get())
}

#[pyfunction]
#[with_context]
#[pyo3(name = "below", signature = (user = "default".to_owned()))]
fn renamed(user: String) -> (String, String) {
    let caller = USER.get();
    drop(USER.set(user));
    (caller, USER.get())
}

#[pyfunction]
#[with_context(USER = user.clone())]
fn bound(user: String) -> PyResult<(String, String)> {
    Ok((user, USER.get()))
}

#[pyclass]
struct Service;

#[pymethods]
impl Service {
    #[with_context]
    fn call(&self, py: Python<'_>, user: String) -> (String, String) {
        let caller = USER.get();
        drop(USER.set(user));
        py.detach(|| (caller, USER.get()))
    }
}

fn ask(expression: &str) -> PyResult<(String, String)> {
    Python::attach(|py| {
        let names = PyDict::new(py);
        names.set_item("above", wrap_pyfunction!(above, py)?)?;
        names.set_item("below", wrap_pyfunction!(renamed, py)?)?;
        names.set_item("bound", wrap_pyfunction!(bound, py)?)?;
        names.set_item("service", Bound::new(py, Service)?)?;
        let expression = std::ffi::CString::new(expression)?;
        let answer: (String, String) = py.eval(&expression, None, Some(&names))?.extract()?;
        assert_eq!(USER.get(), thread::current().name().unwrap());
        Ok(answer)
    })
}

#[test]
fn functions_see_the_context_of_who_calls_python() {
    let threads = ["alice", "bob"].map(|user| {
        let asks = move || {
            for _ in 0..10 {
                for (expression, caller, inner) in [
                    ("above('inner')", user, "inner"),
                    ("below()", user, "default"),
                    ("list(map(above, ['inner']))[0]", user, "inner"),
                    ("bound('inner')", "inner", "inner"),
                    ("service.call('inner')", user, "inner"),
                ] {
                    let answer = ask(expression).unwrap();
                    assert_eq!(answer, (caller.to_owned(), inner.to_owned()), "{expression}");
                }
            }
        };
        let asks = USER.sync_scope(user.to_owned(), || bind(asks));
        thread::Builder::new().name(user.to_owned()).spawn(asks).unwrap()
    });
    for thread in threads {
        thread.join().unwrap();
    }
}
