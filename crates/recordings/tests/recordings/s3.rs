//! A bucket, where `CALLBOOK_TEST_S3` names one (`s3://…`); its keys and endpoint are in the usual variables.
//! `scripts/recordings_test.py` starts a server and makes one.

use callbook_recordings::Place;

use crate::place::{check, check_others};

#[tokio::test]
async fn a_bucket_keeps_what_is_put_into_it() {
    let Ok(bucket) = std::env::var("CALLBOOK_TEST_S3") else { return };
    let place = Place::open(&bucket, std::env::vars()).unwrap();
    check(&place).await;
    check_others(&place).await;
    // Its versions stay where objects are locked, but it is no longer there.
    place.delete("4/2024/01/02/1.mp3").await.unwrap();
    assert_eq!(place.hash("4/2024/01/02/1.mp3").await.unwrap(), None);
    place.delete("4/2024/01/02/1.mp3").await.unwrap();
}
