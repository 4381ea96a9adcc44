//! Places for recordings: folders, and texts that name none.

use std::path::Path;

use callbook_recordings::{Error, Place};
use tempfile::TempDir;

use crate::sample;

fn folder(path: &Path) -> Place {
    Place::open(path.to_str().unwrap(), []).unwrap()
}

/// Puts, reads, and deletes objects of several lengths, of one part and of more.
pub async fn check(place: &Place) {
    for length in [0, 1, 300_000, 8 << 20, (8 << 20) + 1, 20_000_001] {
        let object = format!("4/2024/01/02/{length}.mp3");
        assert_eq!(place.hash(&object).await.unwrap(), None);
        for _ in 0..2 {
            let (content, mut file, hash) = sample(length);
            // The second time it is there already.
            place.put(&object, &mut file, &hash).await.unwrap();
            let mut copy = vec![];
            assert_eq!(place.write_to(&object, &mut copy).await.unwrap(), Some(hash.bytes));
            assert!(copy == content, "{length}");
            assert_eq!(place.hash(&object).await.unwrap(), Some(hash));
        }
    }
}

/// What is there with another content stays, whatever its length.
pub async fn check_others(place: &Place) {
    for length in [1_000, 9 << 20] {
        let (object, (_, mut file, hash)) = (format!("others/{length}"), sample(length));
        place.put(&object, &mut file, &hash).await.unwrap();
        for other in [999, length + 1] {
            let (_, mut file, hash) = sample(other);
            let error = place.put(&object, &mut file, &hash).await.unwrap_err();
            assert!(matches!(error, Error::OtherObject { .. }), "{error}");
        }
        assert_eq!(place.hash(&object).await.unwrap(), Some(hash));
    }
}

#[tokio::test]
async fn a_folder_keeps_what_is_put_into_it() {
    let temporary = TempDir::new().unwrap();
    let place = folder(temporary.path());
    check(&place).await;
    check_others(&place).await;
    for _ in 0..2 {
        place.delete("4/2024/01/02/1.mp3").await.unwrap();
        assert_eq!(place.hash("4/2024/01/02/1.mp3").await.unwrap(), None);
    }
    assert_eq!(place.write_to("nowhere", &mut vec![]).await.unwrap(), None);
    // A place that is opened again has what was in it.
    assert!(folder(temporary.path()).hash("4/2024/01/02/300000.mp3").await.unwrap().is_some());
}

#[tokio::test]
async fn what_a_killed_process_was_writing_goes() {
    let temporary = TempDir::new().unwrap();
    let (place, day) = (folder(temporary.path()), temporary.path().join("4/2024"));
    std::fs::create_dir_all(&day).unwrap();
    for name in ["1.mp3#1", "1.mp3#2"] {
        std::fs::write(day.join(name), "half of it").unwrap();
    }
    let (_, mut file, hash) = sample(1_000);
    place.put("4/2024/1.mp3", &mut file, &hash).await.unwrap();
    let names = std::fs::read_dir(&day).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["1.mp3"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_look_into_a_folder() {
    use std::os::unix::fs::PermissionsExt as _;

    let temporary = TempDir::new().unwrap();
    let path = temporary.path().join("a/b");
    let place = Place::open(&format!("file://{}", path.display()), []).unwrap();
    for made in [&path, &temporary.path().join("a")] {
        assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
    assert_eq!(place.to_string(), path.display().to_string());
}

#[tokio::test]
async fn no_object_leads_out_of_its_folder() {
    let temporary = TempDir::new().unwrap();
    let outside = temporary.path().join("secret");
    std::fs::write(&outside, "outside").unwrap();
    let place = folder(&temporary.path().join("inside"));
    for object in
        ["..", "../secret", "a/../../secret", "/../secret", "./../secret", "%2e%2e/secret"]
    {
        assert_eq!(place.hash(object).await.unwrap(), None, "{object}");
        let (content, mut file, hash) = sample(10);
        place.put(object, &mut file, &hash).await.unwrap();
        let mut copy = vec![];
        place.write_to(object, &mut copy).await.unwrap().unwrap();
        assert!(copy == content);
        place.delete(object).await.unwrap();
    }
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "outside");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 2);
}

#[test]
fn a_text_that_names_no_place_is_refused_without_its_secrets() {
    for text in
        ["s3://key:SECRET@bucket", "s3://bucket?key=SECRET", "ftp://a", "https://SECRET@a/b", "://"]
    {
        let error = Place::open(text, []).unwrap_err();
        assert!(matches!(error, Error::OddPlace { .. }), "{text}: {error}");
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
    }
    let temporary = TempDir::new().unwrap();
    let file = temporary.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Place::open(file.to_str().unwrap(), []).unwrap_err();
    assert!(matches!(error, Error::Folder { .. }), "{error}");
}
