use std::path::Path;

use super::Postgres;
use crate::{AccountKey, Error};

impl Postgres {
    pub(crate) async fn backup(&self, _: &Path, _: Option<AccountKey>) -> Result<(), Error> {
        Err(Error::NoPostgres)
    }
}
