//! Pages of a list: what was asked for, and the `paging` and `navigation` of the answer.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::params::Params;

const DEFAULT_PER_PAGE: u32 = 100;
const MAX_PER_PAGE: u32 = 1_000;

/// Where the next page begins, in links to it: high page numbers stay as fast as low ones.
pub(crate) const PAGE_TOKEN: &str = "pageToken";

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
        let positive = |text: &str| text.parse().ok().filter(|&number: &u32| number > 0);
        let per_page = params.read("perPage", |text| match text {
            "max" => Some(MAX_PER_PAGE),
            _ => positive(text).map(|number| number.min(MAX_PER_PAGE)),
        })?;
        let page = params.read("page", positive)?.unwrap_or(1);
        Ok(Self { page, per_page: per_page.unwrap_or(DEFAULT_PER_PAGE) })
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
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    page: u32,
    per_page: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_start: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_end: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_pages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_elements: Option<u64>,
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
        let link = |number: u64| json!({ "uri": links.page(number, self.request.per_page) });
        let mut navigation = serde_json::Map::new();
        navigation.insert("firstPage".into(), link(1));
        if self.more {
            let uri = links.next_page(page + 1, self.request.per_page);
            navigation.insert("nextPage".into(), json!({ "uri": uri }));
        }
        if previous > 0 {
            navigation.insert("previousPage".into(), link(previous));
        }
        if let Some(last) = last.filter(|&last| last > 0) {
            navigation.insert("lastPage".into(), link(last));
        }
        Value::Object(navigation)
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
        let is_filter = |name: &str| !["page", "perPage", PAGE_TOKEN].contains(&name);
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
            uri.extend(["&", PAGE_TOKEN, "="].into_iter().chain(token));
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
