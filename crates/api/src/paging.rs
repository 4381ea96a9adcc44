//! Pages of a list: what was asked for, and the `paging` and `navigation` of the answer.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};

use crate::error::ApiError;
use crate::params::{Described, Param, Params};

const MAX_PER_PAGE: u32 = 1_000;

/// Where a page begins, in links to it: high page numbers stay as fast as low ones.
pub(crate) const PAGE_TOKEN: Param<String> = Param::text(
    "pageToken",
    "Where the page begins, as `navigation.nextPage.uri` has it: what it says goes before `page`. Opaque.",
);

/// Those of every list.
pub(crate) const PARAMETERS: &[&dyn Described] = &[&PAGE, &PER_PAGE];

const PAGE: Param<u32> = Param::number("page", 1..=u32::MAX, "Which page, from 1.").or("1");

const PER_PAGE: Param<u32> = Param::own(
    "perPage",
    |text| match text {
        "max" => Some(MAX_PER_PAGE),
        _ => text.parse().ok().filter(|&n: &u32| n > 0).map(|n| n.min(MAX_PER_PAGE)),
    },
    per_page_schema,
    "How many records a page has, or `max`; more than 1,000 count as 1,000.",
)
.or("100");

fn per_page_schema() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["max"]));
    AnyOfBuilder::new().item(number).item(word).into()
}

/// Which page a client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// From 1.
    pub(crate) page: u32,
    /// From 1 to 1,000.
    pub(crate) per_page: u32,
}

impl PageRequest {
    pub(crate) fn parse(params: &Params) -> Result<Self, ApiError> {
        Ok(Self { page: params.value(&PAGE)?, per_page: params.value(&PER_PAGE)? })
    }

    /// How many records come before this page.
    pub(crate) fn offset(self) -> u64 {
        u64::from(self.page - 1) * u64::from(self.per_page)
    }
}

/// What is known about the page that is being answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageResult {
    pub(crate) request: PageRequest,
    /// Records on this page.
    pub(crate) count: usize,
    /// Records on all pages.
    pub(crate) total: Option<u64>,
    /// Is there a page after this one?
    pub(crate) more: bool,
}

/// The contract's `EnumeratedPagingModel`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Paging {
    page: u32,
    per_page: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page_start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    page_end: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total_pages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total_elements: Option<u64>,
}

/// The contract's `PageNavigationModel`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Navigation {
    first_page: Link,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_page: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    previous_page: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_page: Option<Link>,
}

/// Where a page is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    uri: String,
}

impl PageResult {
    pub(crate) fn paging(&self) -> Value {
        let PageRequest { page, per_page } = self.request;
        let start = Some(self.request.offset()).filter(|_| self.count > 0);
        json!(Paging {
            page,
            per_page,
            page_start: start,
            page_end: start.map(|start| start + self.count as u64 - 1),
            total_pages: self.total_pages(),
            total_elements: self.total,
        })
    }

    fn total_pages(&self) -> Option<u64> {
        self.total.map(|total| total.div_ceil(u64::from(self.request.per_page)))
    }

    pub(crate) fn navigation(&self, links: &Links) -> Value {
        let page = u64::from(self.request.page);
        let last = self.total_pages();
        // Beyond the end, "previous" leads back to the last page that has records.
        let previous = last.map_or(page - 1, |last| last.min(page - 1));
        let link = |number: u64| Link { uri: links.page(number, self.request.per_page) };
        json!(Navigation {
            first_page: link(1),
            next_page: self
                .more
                .then(|| Link { uri: links.next_page(page + 1, self.request.per_page) }),
            previous_page: (previous > 0).then(|| link(previous)),
            last_page: last.filter(|&last| last > 0).map(link),
        })
    }
}

/// Makes the uris of the pages of one result: the query stays, only the page changes.
#[derive(Debug)]
pub(crate) struct Links {
    resource: String,
    query: Vec<(String, String)>,
    next: Option<String>,
}

impl Links {
    pub(crate) fn new(resource: String, params: &Params) -> Self {
        let is_filter = |name: &str| !["page", "perPage", PAGE_TOKEN.name].contains(&name);
        let query = params.pairs().iter().filter(|(name, _)| is_filter(name)).cloned().collect();
        Self { resource, query, next: None }
    }

    /// Notes where the page after this one begins, if that is known.
    pub(crate) fn lead_on(&mut self, next: Option<String>) {
        self.next = next;
    }

    /// Writes out a value that was left to its default, so that later pages keep it.
    pub(crate) fn pin(&mut self, name: &str, value: impl FnOnce() -> String) {
        if self.query.iter().all(|(key, _)| key != name) {
            self.query.push((name.to_owned(), value()));
        }
    }

    pub(crate) fn page(&self, page: u64, per_page: u32) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        query.append_pair("page", &page.to_string());
        query.append_pair("perPage", &per_page.to_string());
        format!("{}?{}", self.resource, query.finish())
    }

    fn next_page(&self, page: u64, per_page: u32) -> String {
        let mut uri = self.page(page, per_page);
        if let Some(next) = &self.next {
            let token = url::form_urlencoded::byte_serialize(next.as_bytes());
            uri.extend(["&", PAGE_TOKEN.name, "="].into_iter().chain(token));
        }
        uri
    }
}

/// One page of a list that is short enough to be held whole.
pub(crate) fn page_of(
    resource: String,
    params: &Params,
    mut records: Vec<Value>,
) -> Result<Value, ApiError> {
    let request = PageRequest::parse(params)?;
    let total = records.len();
    let start = usize::try_from(request.offset()).unwrap_or(usize::MAX).min(total);
    let end = start.saturating_add(request.per_page as usize).min(total);
    let records: Vec<Value> = records.drain(start..end).collect();
    let result =
        PageResult { request, count: records.len(), total: Some(total as u64), more: end < total };
    let links = Links::new(resource, params);
    Ok(json!({
        "uri": links.page(u64::from(request.page), request.per_page),
        "records": records,
        "paging": result.paging(),
        "navigation": result.navigation(&links),
    }))
}
