//! How the database does.

use super::{Postgres, each};
use crate::{Error, Health};

impl Postgres {
    /// `_look`: a server looks after its pages by itself, where it was set up with checksums.
    pub(crate) async fn health(&self, _look: bool) -> Result<Health, Error> {
        let sql = "SELECT current_setting('server_version'), schema,
                 (SELECT coalesce(checksum_failures, 0) FROM pg_stat_database
                  WHERE datname = current_database())
             FROM archive";
        let rows = self.rows(sql, &[]).await?;
        let found: Option<(String, i64, i64)> =
            each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))?.pop();
        let (version, schema, failures) =
            found.ok_or_else(|| Error::NotAnArchive { location: self.location().clone() })?;
        let damage = (failures > 0).then(|| format!("{failures} pages had a wrong checksum"));
        let version = version.split(' ').next().unwrap_or_default();
        let engine = format!("PostgreSQL {version}");
        Ok(Health { engine, schema, damage: damage.into_iter().collect() })
    }
}
