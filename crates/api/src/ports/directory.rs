//! Who works at the company.

use std::future::Future;

use callbook_model::{AccountId, ExtensionId};
use serde_json::Value;

use super::PortError;
use crate::access::UserPermission;

/// The company and its extensions, in the shapes of the contract.
pub trait Directory: Send + Sync + 'static {
    /// The account's id.
    fn account_id(&self) -> AccountId;

    /// `GetAccountInfoResponse`.
    fn account(&self) -> impl Future<Output = Result<Value, PortError>> + Send;

    /// `CompanyBusinessHours`.
    fn business_hours(&self) -> impl Future<Output = Result<Value, PortError>> + Send;

    /// `GetExtensionListInfoResponse` for every extension, of whatever type.
    fn extensions(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `GetExtensionInfoResponse`.
    fn extension(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// The business hours of one extension, in the shape of `CompanyBusinessHours`.
    fn extension_business_hours(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// Every site: `id`, `name`, `extensionNumber`, `code` and `regionalSettings`.
    fn sites(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// What a user may do; empty for whoever cannot log in.
    fn permissions(
        &self,
        user: ExtensionId,
    ) -> impl Future<Output = Result<Vec<UserPermission>, PortError>> + Send;

    /// `CompanyPhoneNumberInfo` for every number of the company.
    fn phone_numbers(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `UserPhoneNumberInfo` for every number of one extension.
    fn extension_phone_numbers(
        &self,
        extension: ExtensionId,
    ) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `CallQueueInfo` for every call queue.
    fn queues(&self) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// `CallQueueDetails`.
    fn queue(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;

    /// The extension ids of a queue's members; `None` where there is no such queue.
    fn queue_members(
        &self,
        id: ExtensionId,
    ) -> impl Future<Output = Result<Option<Vec<ExtensionId>>, PortError>> + Send;
}
