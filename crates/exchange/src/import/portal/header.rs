//! The columns of a file, whatever they are called.

/// What a column says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// Date and time.
    Start,
    Date,
    Time,
    Duration,
    Direction,
    /// `Voice` or `Fax`; in old files the direction.
    Type,
    /// The far end's number.
    Number,
    /// The far end's name.
    Name,
    From,
    FromName,
    To,
    ToName,
    /// The own end.
    Extension,
    Action,
    Result,
    Reason,
}

/// The names of columns without case and blanks. Old files have one number and one name, newer ones both ends.
const NAMES: [(Field, &[&str]); 16] = [
    (
        Field::Start,
        &["datetime", "starttime", "callstarttime", "callstart", "calltime", "dateandtime"],
    ),
    (Field::Date, &["date", "calldate", "startdate"]),
    (Field::Time, &["time", "timeofday"]),
    (Field::Duration, &["duration", "calllength", "callduration", "length", "durationhhmmss"]),
    (Field::Direction, &["direction", "calldirection"]),
    (Field::Type, &["type", "calltype"]),
    (Field::Number, &["phonenumber", "number", "phone"]),
    (Field::Name, &["name", "contact", "contactname"]),
    (Field::From, &["from", "fromnumber", "fromphonenumber", "caller", "callernumber"]),
    (Field::FromName, &["fromname", "callername"]),
    (Field::To, &["to", "tonumber", "tophonenumber", "callee", "calleenumber"]),
    (Field::ToName, &["toname", "calleename"]),
    (Field::Extension, &["extension", "ext", "user", "extensionname", "username"]),
    (Field::Action, &["action"]),
    (Field::Result, &["actionresult", "result", "callresult"]),
    (Field::Reason, &["resultdescription", "reason", "description"]),
];

/// The head of the columns.
#[derive(Debug)]
pub(super) struct Header {
    names: Vec<String>,
    fields: Vec<Option<Field>>,
}

impl Header {
    /// `None` if these are not the names of a call log's columns.
    pub(super) fn read(names: &[String]) -> Option<Self> {
        let field = |name: &String| {
            let plain: String =
                name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
            NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(field, _)| *field)
        };
        let fields: Vec<Option<Field>> = names.iter().map(field).collect();
        let has = |field| fields.contains(&Some(field));
        let of_calls = (has(Field::Start) || has(Field::Date) && has(Field::Time))
            && has(Field::Duration)
            && [Field::Direction, Field::Type, Field::Action].into_iter().any(has)
            && [Field::Number, Field::From, Field::To].into_iter().any(has);
        of_calls.then(|| Self { names: names.to_vec(), fields })
    }

    /// A row's cell that says this; none if it is empty.
    pub(super) fn cell<'a>(&self, row: &'a [String], field: Field) -> Option<&'a str> {
        let place = self.fields.iter().position(|each| *each == Some(field))?;
        row.get(place).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Each cell with the name of its column.
    pub(super) fn named<'a>(
        &'a self,
        row: &'a [String],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.names.iter().map(String::as_str).chain(std::iter::repeat(""));
        names.zip(row.iter().map(String::as_str))
    }
}
