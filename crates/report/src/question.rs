//! A report with values for its parameters.

use callbook_lake::{Answer, Tables};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;

use crate::{Error, Parameter, Period, Report, Value, Words};

/// What somebody asks of a report.
#[derive(Debug, Clone)]
pub struct Asked {
    /// From when to when, by which clock.
    pub period: Period,
    /// Parameters by their names, as people write them.
    pub given: Vec<(String, String)>,
    /// When it is asked.
    pub now: Timestamp,
}

/// A report whose parameters have values.
#[derive(Debug, Clone)]
pub struct Question<'r> {
    /// The report.
    pub report: &'r Report,
    /// From when to when, by which clock.
    pub period: Period,
    /// Its own parameters, in their order.
    pub bound: Vec<Bound>,
    zone: String,
    now: Timestamp,
}

/// A parameter and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The parameter's name.
    pub name: String,
    /// As people wrote it, or the default; none if there is neither.
    pub shown: Option<String>,
    scalar: ScalarValue,
}

impl Report {
    /// Gives the parameters their values.
    ///
    /// # Errors
    /// When one is missing, unknown, or not of its kind.
    pub fn question(&self, asked: &Asked, words: &dyn Words) -> Result<Question<'_>, Error> {
        let is_known = |name: &str| self.parameters.iter().any(|parameter| parameter.name == name);
        if let Some((name, _)) = asked.given.iter().find(|(name, _)| !is_known(name)) {
            let known = self.parameters.iter().map(|parameter| parameter.name.clone()).collect();
            return Err(Error::NoParameter {
                report: self.name.clone(),
                name: name.clone(),
                known,
            });
        }
        let zone = asked.period.zone_name().ok_or_else(|| Error::Value {
            name: "tz".to_owned(),
            message: "this machine's time zone has no name".to_owned(),
        })?;
        let bound = self.parameters.iter().map(|parameter| {
            let given = asked.given.iter().rev().find(|(name, _)| *name == parameter.name);
            self.bind(parameter, given.map(|(_, text)| text.as_str()), words)
        });
        Ok(Question {
            report: self,
            period: asked.period.clone(),
            bound: bound.collect::<Result<_, _>>()?,
            zone: zone.to_owned(),
            now: asked.now,
        })
    }

    fn bind(
        &self,
        parameter: &Parameter,
        given: Option<&str>,
        words: &dyn Words,
    ) -> Result<Bound, Error> {
        let name = parameter.name.clone();
        let value = given.map(|text| parameter.read(text, words)).transpose();
        let value = value.map_err(|message| Error::Value { name: name.clone(), message })?;
        if value.is_none() && parameter.required {
            let (report, help) = (self.name.clone(), parameter.help.clone());
            return Err(Error::Missing { report, name, help });
        }
        let value = value.as_ref().or(parameter.default.as_ref());
        let shown = given.map(str::to_owned).or_else(|| value.map(Value::to_string));
        Ok(Bound { name, shown, scalar: parameter.scalar(value) })
    }
}

impl Question<'_> {
    /// Asks it.
    ///
    /// # Errors
    /// When the report's SQL is wrong; what goes wrong later comes from the answer.
    pub async fn ask(&self, tables: &Tables) -> Result<Answer, Error> {
        Ok(tables.ask(&self.report.sql, self.values()).await?)
    }

    /// How many rows there are at most, if it has a parameter `limit`.
    pub fn limit(&self) -> Option<u64> {
        let limit = self.bound.iter().find(|bound| bound.name == "limit")?;
        let ScalarValue::Int64(Some(limit)) = limit.scalar else { return None };
        limit.try_into().ok()
    }

    /// What SQL sees, by the names without `$`.
    pub fn values(&self) -> Vec<(String, ScalarValue)> {
        let moment = |at: Timestamp| {
            ScalarValue::TimestampMillisecond(Some(at.as_millisecond()), Some("UTC".into()))
        };
        let given = [
            ("from", moment(self.period.from)),
            ("to", moment(self.period.to)),
            ("tz", ScalarValue::Utf8(Some(self.zone.clone()))),
            ("before", moment(self.period.before())),
            ("now", moment(self.now)),
        ];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value));
        let own = self.bound.iter().map(|bound| (bound.name.clone(), bound.scalar.clone()));
        given.chain(own).collect()
    }

    /// All parameters that have a value, as people read them.
    pub fn shown(&self) -> Vec<(String, String)> {
        let clock = |at: Timestamp| {
            at.to_zoned(self.period.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
        };
        let mut shown = vec![
            ("from".to_owned(), clock(self.period.from)),
            ("to".to_owned(), clock(self.period.to)),
            ("tz".to_owned(), self.zone.clone()),
        ];
        let own = self.bound.iter();
        shown.extend(own.filter_map(|bound| Some((bound.name.clone(), bound.shown.clone()?))));
        shown
    }
}
