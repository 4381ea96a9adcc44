//! What the reference says of requests and answers. The tables that requests are read by describe them too.

use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

use super::filter::BY_FACET;
use super::interval::Interval;
use super::metric::{COUNTERS, Measure, Metric, Shape as Numbers, TIMERS};
use super::options::KINDS;
use super::request::{DAYS, GROUPINGS, MEMBERSHIPS};
use crate::reference::shape::{Anything, Moment, Schemas, Shape, named, shape};

shape! {
    /// What to count.
    AggregationRequest {
        /// Whose calls are counted together.
        required "grouping": GroupingRequest,
        /// When they began.
        required "timeSettings": TimeSettings,
        /// Which calls are counted.
        "callFilters": CallFilters,
        /// Which counters and timers, and how each is made.
        required "responseOptions": AggregationResponseOptions,
    }
}

shape! {
    /// What to count.
    TimelineRequest {
        /// Whose calls are counted together.
        required "grouping": GroupingRequest,
        /// When they began.
        required "timeSettings": TimeSettings,
        /// Which calls are counted.
        "callFilters": CallFilters,
        /// Which counters and timers.
        required "responseOptions": TimelineResponseOptions,
    }
}

shape! {
    /// Whose calls are counted together: `groupBy`, or people who belong to something, by `groupByMembers`.
    GroupingRequest {
        /// What a group is. `IVAs` and `UserGroups` are refused: neither is archived.
        "groupBy": GroupBy,
        /// Groups are users, namely the members of these.
        "groupByMembers": GroupByMembers,
        /// Only these: ids of extensions or sites, numbers, names of departments.
        "keys": Vec<String>,
    }
}

shape! {
    /// When calls began.
    TimeSettings {
        /// Whose clock tells hours and days, such as `Europe/Zurich`.
        required "timeZone": String,
        /// From when to when.
        required "timeRange": TimeRange,
        /// Which days and hours of the week.
        "advancedTimeSettings": AdvancedTimeSettings,
    }
}

shape! {
    /// Both ends belong to it.
    TimeRange {
        /// The first moment.
        required "timeFrom": Moment,
        /// The last.
        required "timeTo": Moment,
    }
}

shape! {
    /// Which days and hours of the week.
    AdvancedTimeSettings {
        /// All, if it is left out.
        "includeDays": Vec<DayOfWeek>,
        /// All, if it is left out.
        "includeHours": Vec<HoursInterval>,
    }
}

shape! {
    /// A part of the day. What ends no later than it begins lasts into the next day.
    HoursInterval {
        /// `hh:mm`
        required "from": String,
        /// `hh:mm`, the first minute that no longer belongs to it; 23:59 is the end of the day.
        required "to": String,
    }
}

shape! {
    /// How long something lasts, in whole seconds.
    Lengths {
        /// At least.
        "minSeconds": i64,
        /// At most.
        "maxSeconds": i64,
    }
}

shape! {
    /// With whom users and others spoke.
    ExtensionFilters {
        /// Calls that came from these.
        "fromIds": Vec<String>,
        /// Calls that went to these.
        "toIds": Vec<String>,
    }
}

shape! {
    /// A page of groups.
    AggregationResponse {
        /// Which page, of how many.
        required "paging": ResponsePaging,
        /// What is on it.
        required "data": AggregationData,
    }
}

shape! {
    /// A page of groups.
    TimelineResponse {
        /// Which page, of how many.
        required "paging": ResponsePaging,
        /// What is on it.
        required "data": TimelineData,
    }
}

shape! {
    /// Which page, of how many.
    ResponsePaging {
        /// From 1.
        required "page": i64,
        /// Groups on a page.
        required "perPage": i64,
        /// Pages.
        required "totalPages": i64,
        /// Groups that had calls in the time range.
        required "totalElements": i64,
    }
}

shape! {
    /// Groups and their numbers.
    AggregationData {
        /// What a group is.
        required "groupedBy": GroupBy,
        /// By key.
        required "records": Vec<AggregationRecord>,
        /// `log`, `inferred` or `unavailable` for each counter and timer that was asked for.
        required "provenance": Anything,
    }
}

shape! {
    /// Groups and their numbers.
    TimelineData {
        /// What a group is.
        required "groupedBy": GroupBy,
        /// By key.
        required "records": Vec<TimelineRecord>,
        /// `log`, `inferred` or `unavailable` for each counter and timer that was asked for.
        required "provenance": Anything,
    }
}

shape! {
    /// A group.
    AggregationRecord {
        /// Its id, number or name.
        required "key": String,
        /// What it is called.
        "info": KeyInfo,
        /// Numbers of calls; what the log does not tell is left out.
        "counters": Counters,
        /// Lengths of calls; what the log does not tell is left out.
        "timers": Timers,
    }
}

shape! {
    /// A group.
    TimelineRecord {
        /// Its id, number or name.
        required "key": String,
        /// What it is called.
        "info": KeyInfo,
        /// In the order of time, those without calls included.
        required "points": Vec<TimelinePoint>,
    }
}

shape! {
    /// A piece of time.
    TimelinePoint {
        /// When it begins.
        required "time": Moment,
        /// Numbers of calls.
        "counters": Counters,
        /// Lengths of calls, in seconds.
        "timers": Timers,
    }
}

shape! {
    /// What a group is called.
    KeyInfo {
        /// Its short number.
        "extensionNumber": String,
        /// Its name.
        "name": String,
    }
}

/// Texts of which there are no others.
macro_rules! closed {
    ($($Name:ident: $words:expr;)+) => {$(
        struct $Name;

        impl Shape for $Name {
            fn put(schemas: &mut Schemas) -> RefOr<Schema> {
                let words = $words.iter().map(|(word, _)| *word);
                named(stringify!($Name), schemas, |_| one_of(words).into())
            }
        }
    )+};
}

closed! {
    GroupBy: GROUPINGS;
    GroupByMembers: MEMBERSHIPS;
    DayOfWeek: DAYS;
    AggregationType: KINDS;
    AggregationInterval: Interval::WORDS;
}

fn one_of<'w>(words: impl Iterator<Item = &'w str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

struct CallFilters;

impl Shape for CallFilters {
    fn put(schemas: &mut Schemas) -> RefOr<Schema> {
        named("CallFilters", schemas, |schemas| {
            let about = "Which calls are counted: those that pass all filters. `callSegments`, `callActions` and \
                         `endingParties` are refused: only events tell.";
            let mut filters = ObjectBuilder::new()
                .description(Some(about))
                .property("extensionFilters", ExtensionFilters::put(schemas))
                .property("queues", Vec::<String>::put(schemas))
                .property("calledNumbers", Vec::<String>::put(schemas))
                .property("callDuration", Lengths::put(schemas))
                .property("timeSpent", Lengths::put(schemas));
            for (name, facet) in BY_FACET {
                let words = facet.words().iter().map(|(word, _)| *word);
                filters = filters.property(name, ArrayBuilder::new().items(one_of(words)));
            }
            filters.into()
        })
    }
}

/// An object with a property for each metric of a kind, under the name that requests or answers have for it.
macro_rules! of_metrics {
    ($($(#[doc = $about:literal])+ $Name:ident: $metrics:expr, $name:ident, $of:expr;)+) => {$(
        struct $Name;

        impl Shape for $Name {
            fn put(schemas: &mut Schemas) -> RefOr<Schema> {
                named(stringify!($Name), schemas, |schemas| {
                    let object = ObjectBuilder::new().description(Some(concat!($($about),+).trim()));
                    let add = |object: ObjectBuilder, metric: &Metric| {
                        object.property(metric.$name, $of(metric, schemas))
                    };
                    $metrics.iter().fold(object, add).into()
                })
            }
        }
    )+};
}

of_metrics! {
    /// Numbers of calls.
    Counters: COUNTERS, field, values;
    /// Lengths of calls.
    Timers: TIMERS, field, values;
    /// Counters, and how each is made.
    AggregationCounters: COUNTERS, name, formula;
    /// Timers, and how each is made.
    AggregationTimers: TIMERS, name, formula;
    /// Which counters.
    TimelineCounters: COUNTERS, name, flag;
    /// Which timers.
    TimelineTimers: TIMERS, name, flag;
}

shape! {
    /// Which counters and timers, and how each is made.
    AggregationResponseOptions {
        /// Numbers of calls.
        "counters": AggregationCounters,
        /// Lengths of calls.
        "timers": AggregationTimers,
    }
}

shape! {
    /// Which counters and timers.
    TimelineResponseOptions {
        /// Numbers of calls.
        "counters": TimelineCounters,
        /// Lengths of calls.
        "timers": TimelineTimers,
    }
}

fn flag(_: &Metric, schemas: &mut Schemas) -> RefOr<Schema> {
    bool::put(schemas)
}

fn formula(metric: &Metric, schemas: &mut Schemas) -> RefOr<Schema> {
    let about = match metric.measure {
        Measure::Calls => "`Average`, `Min` and `Max` need an interval.",
        Measure::Time => "`Average`, `Min` and `Max` are of a call, or of an interval.",
    };
    ObjectBuilder::new()
        .description(Some(about))
        .property("aggregationType", AggregationType::put(schemas))
        .required("aggregationType")
        .property("aggregationInterval", AggregationInterval::put(schemas))
        .into()
}

fn values(metric: &Metric, _: &mut Schemas) -> RefOr<Schema> {
    let number = || {
        let format = SchemaFormat::KnownFormat(KnownFormat::Double);
        ObjectBuilder::new().schema_type(Type::Number).format(Some(format))
    };
    let numbers = match metric.shape {
        Numbers::By(facet) => facet.words().iter().fold(ObjectBuilder::new(), |object, word| {
            object.property(word.1, number()).required(word.1)
        }),
        Numbers::All | Numbers::Opportunities | Numbers::OfEvents => number(),
    };
    ObjectBuilder::new()
        .property("valueType", one_of(["Percent", "Seconds", "Instances"].into_iter()))
        .required("valueType")
        .property("values", numbers)
        .required("values")
        .into()
}
