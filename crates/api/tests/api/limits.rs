//! The usage plan over HTTP, and its sliding window against a naive model.

use std::time::Duration;

use callbook_api::{Decision, Group, Limit, Plan, SlidingLog};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reqwest::{Response, StatusCode};

use crate::company::{ADMIN, USER};
use crate::server::{Server, error_code, json, text};

async fn call_log(server: &Server, token: &str) -> Response {
    server.get("/account/~/extension/~/call-log", token).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_tells_what_is_left() {
    let server = Server::start(Plan::DEFAULT).await;
    let token = server.user_token().await;
    for remaining in (0..10).rev() {
        let response = call_log(&server, &token).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "x-rate-limit-group"), Some("heavy"));
        assert_eq!(header(&response, "x-rate-limit-limit"), Some("10"));
        assert_eq!(header(&response, "x-rate-limit-remaining"), Some(&*remaining.to_string()));
        assert_eq!(header(&response, "x-rate-limit-window"), Some("60"));
    }
    let light = server.get("/account/~", &token).send().await.unwrap();
    assert_eq!(header(&light, "x-rate-limit-group"), Some("light"));
    assert_eq!(header(&light, "x-rate-limit-remaining"), Some("49"));
}

#[tokio::test]
async fn a_refused_request_starts_a_penalty_and_every_further_one_restarts_it() {
    let server = Server::start(Plan::DEFAULT).await;
    let token = server.user_token().await;
    for _ in 0..10 {
        call_log(&server, &token).await;
    }
    let refused = call_log(&server, &token).await;
    assert_eq!(header(&refused, "retry-after"), Some("60"));
    assert_eq!(header(&refused, "x-rate-limit-remaining"), Some("0"));
    let (status, body) = json(refused).await;
    assert_eq!((status, error_code(&body)), (StatusCode::TOO_MANY_REQUESTS, "CMN-301"));

    server.ports.clock.advance_s(59);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.ports.clock.advance_s(59);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.ports.clock.advance_s(60);
    assert_eq!(call_log(&server, &token).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn refusals_count_too_and_users_do_not_share() {
    let server = Server::start("2/60s".parse().unwrap()).await;
    let token = server.user_token().await;
    for expected in [StatusCode::FORBIDDEN, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS] {
        let response = server.get("/account/~/call-log", &token).send().await.unwrap();
        assert_eq!(response.status(), expected);
    }
    let admin = server.access_token(ADMIN).await;
    let other_app = text(&server.login("recordings", USER).await["access_token"]);
    for token in [admin, other_app] {
        assert_eq!(call_log(&server, &token).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn token_requests_have_a_group_of_their_own() {
    let server = Server::start(Plan::DEFAULT).await;
    let refresh_token = text(&server.login("app", USER).await["refresh_token"]);
    for _ in 1..5 {
        let response = server.jwt_request("app", USER).send().await.unwrap();
        assert_eq!(header(&response, "x-rate-limit-group"), Some("auth"));
    }
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &refresh_token)];
    let refused = server.token_request(&refresh).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    // A token that was refused for its rate has not been used up.
    server.ports.clock.advance_s(60);
    let response = server.token_request(&refresh).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_plan_that_is_off_limits_nothing_and_says_nothing() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    for _ in 0..30 {
        let response = call_log(&server, &token).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "x-rate-limit-limit"), None);
    }
}

#[test]
fn plans_are_read_and_written() {
    assert_eq!("10/60s".parse(), Ok(Plan::DEFAULT));
    assert_eq!("off".parse(), Ok(Plan::Off));
    let scaled: Plan = "10/1s".parse().unwrap();
    assert_eq!(scaled.to_string(), "10/1s");
    let auth = scaled.limit(Group::Auth).unwrap();
    assert_eq!(
        (auth.requests, auth.window, auth.penalty),
        (5, Duration::from_secs(1), Duration::from_secs(1))
    );
    for bad in ["", "10", "10/60", "0/60s", "10/0s", "-1/60s", "ten/60s"] {
        let error = bad.parse::<Plan>().unwrap_err().to_string();
        assert!(error.contains("10/60s"), "{error}");
    }
}

proptest! {
    /// However requests come, no window holds more allowed ones than the limit; a request is
    /// refused exactly if its window is full or one was refused less than a penalty ago.
    #[test]
    fn the_sliding_window_is_exact(gaps_ms in prop::collection::vec(0_i64..4_000, 1..200), requests in 1_u32..8) {
        let limit = Limit { requests, window: Duration::from_secs(5), penalty: Duration::from_secs(5) };
        let mut log = SlidingLog::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let mut allowed: Vec<Timestamp> = vec![];
        let mut last_refused: Option<Timestamp> = None;
        for gap_ms in gaps_ms {
            now += SignedDuration::from_millis(gap_ms);
            let recent = |instant: Timestamp| now.duration_since(instant) < SignedDuration::from_secs(5);
            let used = allowed.iter().filter(|&&instant| recent(instant)).count();
            let refuse = last_refused.is_some_and(recent) || used >= requests as usize;
            match log.check(&limit, now) {
                Decision::Allowed(quota) => {
                    prop_assert!(!refuse);
                    prop_assert_eq!(quota.remaining as usize, requests as usize - used - 1);
                    allowed.push(now);
                }
                Decision::Refused(quota, retry_after) => {
                    prop_assert!(refuse);
                    prop_assert_eq!((quota.remaining, retry_after), (0, limit.penalty));
                    last_refused = Some(now);
                }
            }
        }
    }
}
