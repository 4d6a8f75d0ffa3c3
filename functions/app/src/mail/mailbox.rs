//! The local mailbox: a folder with one file for each mail that would have gone out. A mail that is
//! sent twice is there once.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use jiff::Timestamp;
use lettre::Message;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Mail;

/// A folder of mails.
#[derive(Debug, Clone)]
pub struct Mailbox {
    folder: PathBuf,
}

/// A mail in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The work item that it comes from.
    pub id: Uuid,
    /// When it arrived.
    pub arrived: Timestamp,
    /// The reader.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The headers and parts, as a mail program would get them.
    pub source: String,
}

impl Mailbox {
    /// The mailbox in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Keeps a mail.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put(&self, mail: &Mail, message: &Message) -> io::Result<()> {
        let path = self.folder.join(format!("{}.json", mail.id));
        if path.exists() {
            return Ok(());
        }
        let kept = Kept {
            id: mail.id,
            arrived: Timestamp::now(),
            to: mail.to.as_str().to_owned(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            source: String::from_utf8_lossy(&message.formatted()).into_owned(),
        };
        let part = self.folder.join(format!("{}.part", mail.id));
        let mut file = fs::File::create(&part)?;
        file.write_all(&serde_json::to_vec_pretty(&kept)?)?;
        file.sync_all()?;
        fs::rename(part, path)
    }

    /// All mails, newest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<Kept>> {
        let mut mails = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                mails.push(serde_json::from_slice(&fs::read(path)?)?);
            }
        }
        mails.sort_by_key(|mail: &Kept| std::cmp::Reverse(mail.id));
        Ok(mails)
    }

    /// One mail.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&self, id: Uuid) -> io::Result<Option<Kept>> {
        match fs::read(self.folder.join(format!("{id}.json"))) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
