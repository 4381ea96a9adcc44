//! Small values that processes share.

use crate::backend::dispatch;
use crate::{Error, Store};

impl Store {
    /// Reads a value, and writes what `change` makes of it: nobody else reads or writes it in between, in
    /// whatever process. `None` stands for no value. JSON, by custom.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn update_value<T: Send + 'static>(
        &self,
        key: &str,
        change: impl FnOnce(Option<String>) -> (Option<String>, T) + Send + 'static,
    ) -> Result<T, Error> {
        dispatch!(self, update_value(key, change))
    }

    /// Every key that begins with `prefix`, in order, and its value.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn values(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        dispatch!(self, values(prefix))
    }
}
