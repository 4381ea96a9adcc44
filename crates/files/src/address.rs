//! Where things are kept, as people write it.

use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

/// A folder, or a bucket of S3, Google Cloud or Azure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A folder's path.
    Folder(PathBuf),
    /// `s3://BUCKET/PREFIX`, `gs://…`, `az://…`.
    Bucket(Url),
}

/// A text that names neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{place}' is neither a folder nor a bucket")]
pub struct OddAddress {
    /// What was given, up to anything that could be secret.
    pub place: String,
}

impl FromStr for Address {
    type Err = OddAddress;

    fn from_str(text: &str) -> Result<Self, OddAddress> {
        match text.split_once("://") {
            None => Ok(Self::Folder(text.into())),
            Some(("file", path)) => Ok(Self::Folder(path.into())),
            Some((scheme, _)) => bucket(text).map(Self::Bucket).ok_or_else(|| OddAddress {
                // What follows the scheme may be a secret.
                place: match text.contains(['?', '#', '@']) {
                    true => format!("{scheme}://…"),
                    false => text.to_owned(),
                },
            }),
        }
    }
}

fn bucket(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (plain && matches!(url.scheme(), "s3" | "gs" | "az")).then_some(url)
}

/// A bucket's credentials and other settings, of variables: `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT`,
/// `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME` and so on.
pub fn bucket_options(
    variables: impl IntoIterator<Item = (String, String)>,
) -> impl Iterator<Item = (String, String)> {
    // Buckets with locked objects take nothing without a checksum.
    let checksum = ("aws_checksum_algorithm".to_owned(), "sha256".to_owned());
    let ours =
        |name: &str| ["aws_", "google_", "azure_"].iter().any(|prefix| name.starts_with(prefix));
    let options = variables.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    [checksum].into_iter().chain(options.filter(move |(name, _)| ours(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_or_a_bucket() {
        for (text, folder) in
            [("a/b", "a/b"), ("/a b", "/a b"), ("file:///a", "/a"), ("s3:a", "s3:a")]
        {
            assert_eq!(text.parse(), Ok(Address::Folder(folder.into())));
        }
        for text in ["s3://bucket", "gs://bucket/pre/fix", "az://container/x"] {
            assert_eq!(text.parse(), Ok(Address::Bucket(Url::parse(text).unwrap())));
        }
        for (text, place) in [
            ("ftp://a/b", "ftp://a/b"),
            ("s3://key:SECRET@bucket", "s3://…"),
            ("s3://bucket?key=SECRET", "s3://…"),
            ("://", "://"),
        ] {
            assert_eq!(text.parse::<Address>(), Err(OddAddress { place: place.to_owned() }));
        }
    }

    #[test]
    fn a_bucket_gets_its_own_variables_alone() {
        let variables = [("AWS_REGION", "r"), ("PATH", "p"), ("azure_x", "y")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let names: Vec<_> = bucket_options(variables).map(|(name, _)| name).collect();
        assert_eq!(names, ["aws_checksum_algorithm", "aws_region", "azure_x"]);
    }
}
