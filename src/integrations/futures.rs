//! The executors of the crate `futures`.

use super::inherit::{Inherit, inherited};
use futures_task::{FutureObj, LocalFutureObj, LocalSpawn, Spawn, SpawnError};

#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
impl<E: Spawn> Spawn for Inherit<E> {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.spawn_obj(Box::new(inherited(future)).into())
    }

    fn status(&self) -> Result<(), SpawnError> {
        self.0.status()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "futures")))]
impl<E: LocalSpawn> LocalSpawn for Inherit<E> {
    fn spawn_local_obj(&self, future: LocalFutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.0.spawn_local_obj(Box::new(inherited(future)).into())
    }

    fn status_local(&self) -> Result<(), SpawnError> {
        self.0.status_local()
    }
}
