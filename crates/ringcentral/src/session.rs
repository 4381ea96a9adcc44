//! The life of a stored login: signing in, renewing its tokens, signing out.
//!
//! A refresh token works once, and its successor is in the answer alone. So one process at a time renews
//! a login; it finds out first whether it can keep what will come, and nothing new is used before it is
//! kept. Whoever dies between the server's answer and that has lost the successor: the next one shows the
//! old token again, which a server may take for a while, and signs in anew where the login has a JWT.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::RwLock;

use crate::login::{Keep, Login, Who, blocking, lock, read, write};
use crate::token::{Grant, Token, post, refusal};
use crate::{Client, Error, body};

/// Removes a login here; the server is not told.
///
/// # Errors
/// [`Error::NotSignedIn`], or when it cannot be removed.
pub async fn forget_login(keep: &Arc<dyn Keep>) -> Result<(), Error> {
    let _lock = lock(keep).await?;
    blocking(keep, |keep| {
        keep.read().map_err(Error::Keep)?.ok_or(Error::NotSignedIn)?;
        keep.remove().map_err(Error::Keep)
    })
    .await
}

/// Shared by those who have sent a token that works once and not yet kept the answer.
static UNDER_WAY: RwLock<()> = RwLock::const_new(());

/// No answer to a revocation comes near it.
const MAX_BODY: usize = 1 << 20;

/// Waits until no login of this process is between a question and its kept answer, and lets none begin any
/// more. A process that has the choice should not end before.
pub async fn end_renewals() {
    std::mem::forget(UNDER_WAY.write().await);
}

impl Client {
    /// Signs a user in, for all processes that use `keep`.
    ///
    /// # Errors
    /// When the server refuses or cannot be reached, or the login cannot be kept.
    pub async fn log_in(&self, keep: &Arc<dyn Keep>, grant: &Grant<'_>) -> Result<Login, Error> {
        let (_lock, _under_way) = (lock(keep).await?, UNDER_WAY.read().await);
        let jwt = match grant {
            Grant::Jwt(jwt) => Some((*jwt).clone()),
            Grant::Code { .. } | Grant::Refresh(_) => None,
        };
        let login = Login::new(self.ask_for_tokens(grant).await?, jwt);
        write(keep, &login).await?;
        Ok(login)
    }

    /// Asks who is signed in, and notes it with the login; an app without the permission never knows.
    ///
    /// # Errors
    /// When the server cannot be reached, or the login cannot be kept.
    pub async fn find_out_who(&self, keep: &Arc<dyn Keep>) -> Result<Login, Error> {
        let who = match (self.account().await, self.own_extension().await) {
            (Ok(account), Ok(extension)) => Some(Who::new(&account, extension)),
            (Err(error), _) | (_, Err(error)) if !error.is_unavailable() => return Err(error),
            _ => None,
        };
        let _lock = lock(keep).await?;
        let login = Login { who, ..read(keep).await? };
        write(keep, &login).await?;
        Ok(login)
    }

    /// Ends the login on the server and here.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`]; or when the server does not end it: then it stays here as well.
    pub async fn log_out(&self, keep: &Arc<dyn Keep>) -> Result<(), Error> {
        let _lock = lock(keep).await?;
        let login = read(keep).await?;
        self.revoke(login.tokens.refresh.as_ref().unwrap_or(&login.tokens.access)).await?;
        blocking(keep, |keep| keep.remove().map_err(Error::Keep)).await
    }

    async fn revoke(&self, token: &SecretString) -> Result<(), Error> {
        let form = vec![("token", token.expose_secret())];
        let request = || post(&self.http, &self.connection, "/restapi/oauth/revoke", form.clone());
        let answer = self.ask_for_access(request).await?;
        let (url, status) = (answer.url().to_string(), answer.status());
        if status.is_success() {
            return Ok(());
        }
        let body = body::read(answer, &url, MAX_BODY).await?;
        Err(match refusal(&body) {
            Some((_, reason)) => Error::LoginRefused { reason },
            None => Error::not_the_api(&url, status, &body),
        })
    }

    /// The token of a stored login, renewed if it is old or the server has `refused` it.
    pub(crate) async fn kept_token(
        &self,
        keep: &Arc<dyn Keep>,
        refused: Option<&Token>,
    ) -> Result<Token, Error> {
        let usable = |login: &Login| {
            let token = Token::of(&login.tokens);
            let refused = refused.is_some_and(|refused| refused.is_same(&token));
            (token.is_fresh() && !refused).then_some(token)
        };
        if let Some(token) = usable(&read(keep).await?) {
            return Ok(token);
        }
        let _lock = lock(keep).await?;
        // Somebody else may just have renewed it.
        let login = read(keep).await?;
        if let Some(token) = usable(&login) {
            return Ok(token);
        }
        let _under_way = UNDER_WAY.read().await;
        // A full disk has to show before a token is spent.
        write(keep, &login).await?;
        let renewed = self.renew(login).await?;
        write(keep, &renewed).await?;
        Ok(Token::of(&renewed.tokens))
    }

    async fn renew(&self, login: Login) -> Result<Login, Error> {
        let over = match &login.tokens.refresh {
            Some(refresh) => match self.ask_for_tokens(&Grant::Refresh(refresh)).await {
                Ok(tokens) => return Ok(Login { tokens, ..login }),
                Err(error @ Error::LoginOver { .. }) => error,
                Err(error) => return Err(error),
            },
            None => Error::LoginOver { reason: "it could not be renewed".to_owned() },
        };
        let Some(jwt) = &login.jwt else { return Err(over) };
        tracing::warn!("the refresh token is not taken any more; signing in with the JWT");
        Ok(Login { tokens: self.ask_for_tokens(&Grant::Jwt(jwt)).await?, ..login })
    }
}
