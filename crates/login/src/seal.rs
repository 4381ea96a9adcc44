//! Encrypts what is kept, with a key that is in the system's keyring.
//!
//! Only the key is there: it never changes, so that renewing a login is still a matter of one file, and
//! keyrings that hold short texts only can hold it.

/// How a sealed text begins; one that is not is JSON.
const MARK: &str = "sealed:";

/// Whether somebody has sealed this.
pub(crate) fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

#[cfg(not(feature = "keyring"))]
mod keyring {
    use secrecy::SecretString;

    use crate::Error;

    pub(crate) fn seal(_login: &str, _text: &SecretString) -> Result<SecretString, Error> {
        Err(Error::NoKeyring)
    }

    pub(crate) fn open(_login: &str, _sealed: &str) -> Result<SecretString, Error> {
        Err(Error::NoKeyring)
    }

    pub(crate) fn forget(_login: &str) -> Result<(), Error> {
        Err(Error::NoKeyring)
    }
}

#[cfg(feature = "keyring")]
mod keyring {
    use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use keyring::{Entry, Error as Refusal};
    use rand::TryRng as _;
    use secrecy::{ExposeSecret as _, SecretString};

    use super::MARK;
    use crate::Error;

    /// Whose keys these are, in the keyring.
    const SERVICE: &str = "callbook";

    const KEY_BYTES: usize = 32;

    pub(crate) fn seal(login: &str, text: &SecretString) -> Result<SecretString, Error> {
        let key = key(login)?.map_or_else(|| new_key(login), Ok)?;
        seal_with(&key, login, text)
    }

    fn seal_with(
        key: &RandomizedNonceKey,
        login: &str,
        text: &SecretString,
    ) -> Result<SecretString, Error> {
        let mut data = text.expose_secret().as_bytes().to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(login), &mut data);
        let nonce = nonce.map_err(|_| Error::Sealed)?;
        let sealed = URL_SAFE_NO_PAD.encode([nonce.as_ref().as_slice(), &data].concat());
        Ok(format!("{MARK}{sealed}").into())
    }

    pub(crate) fn open(login: &str, sealed: &str) -> Result<SecretString, Error> {
        open_with(&key(login)?.ok_or(Error::Sealed)?, login, sealed)
    }

    fn open_with(
        key: &RandomizedNonceKey,
        login: &str,
        sealed: &str,
    ) -> Result<SecretString, Error> {
        let sealed = sealed.strip_prefix(MARK).unwrap_or_default().trim();
        let data = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::Sealed)?;
        let (nonce, data) = data.split_at_checked(NONCE_LEN).ok_or(Error::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::Sealed)?;
        let mut data = data.to_vec();
        let text = key.open_in_place(nonce, Aad::from(login), &mut data);
        let text = text.map_err(|_| Error::Sealed)?.to_vec();
        Ok(String::from_utf8(text).map_err(|_| Error::Sealed)?.into())
    }

    pub(crate) fn forget(login: &str) -> Result<(), Error> {
        match entry(login)?.delete_credential() {
            Ok(()) | Err(Refusal::NoEntry) => Ok(()),
            Err(refusal) => Err(Error::Keyring(refusal)),
        }
    }

    fn entry(login: &str) -> Result<Entry, Error> {
        Entry::new(SERVICE, login).map_err(Error::Keyring)
    }

    fn key(login: &str) -> Result<Option<RandomizedNonceKey>, Error> {
        match entry(login)?.get_secret() {
            Ok(key) => Ok(Some(usable(&key)?)),
            Err(Refusal::NoEntry) => Ok(None),
            Err(refusal) => Err(Error::Keyring(refusal)),
        }
    }

    fn new_key(login: &str) -> Result<RandomizedNonceKey, Error> {
        let mut key = [0; KEY_BYTES];
        rand::rngs::SysRng.try_fill_bytes(&mut key).map_err(Error::Random)?;
        entry(login)?.set_secret(&key).map_err(Error::Keyring)?;
        usable(&key)
    }

    fn usable(key: &[u8]) -> Result<RandomizedNonceKey, Error> {
        RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| Error::Sealed)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn only_the_same_key_opens_the_same_login_whole() {
            let (key, other) = (usable(&[1; KEY_BYTES]).unwrap(), usable(&[2; KEY_BYTES]).unwrap());
            let sealed = seal_with(&key, "a", &"{secret}".to_owned().into()).unwrap();
            let sealed = sealed.expose_secret();
            assert!(super::super::is_sealed(sealed) && !sealed.contains("secret"));
            assert_eq!(open_with(&key, "a", sealed).unwrap().expose_secret(), "{secret}");
            let cut = &sealed[..sealed.len() - 1];
            for (key, login, sealed) in
                [(&other, "a", sealed), (&key, "b", sealed), (&key, "a", cut), (&key, "a", MARK)]
            {
                assert!(matches!(open_with(key, login, sealed), Err(Error::Sealed)));
            }
        }
    }
}

pub(crate) use keyring::{forget, open, seal};
