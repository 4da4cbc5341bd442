//! The real disk: one directory, kept by one process.

use record::port::{Disk, DiskFile};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const LOCK: &str = "LOCK";

/// A directory of the file system.
#[derive(Debug)]
pub struct FileDisk {
    directory: PathBuf,
    /// Held as long as this lives; the operating system lets go of it when the process ends, however it ends.
    _lock: Option<File>,
}

impl FileDisk {
    /// Opens a directory for writing, creates it where it is missing, and takes its lock.
    ///
    /// # Errors
    /// Another process has the directory open, or it cannot be written.
    pub fn open(directory: impl AsRef<Path>) -> io::Result<Self> {
        let directory = directory.as_ref().to_owned();
        std::fs::create_dir_all(&directory).map_err(|error| about(&directory, "create", &error))?;
        let path = directory.join(LOCK);
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| about(&path, "open", &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use(&directory, &mut lock)),
            Err(TryLockError::Error(error)) => return Err(about(&path, "lock", &error)),
        }
        lock.set_len(0)?;
        write!(lock, "{}", std::process::id())?;
        Ok(FileDisk { directory, _lock: Some(lock) })
    }

    /// Opens a directory for a [`crate::Reader`] or for [`crate::verify`]: no lock, so a server may have it open.
    pub fn for_reading(directory: impl AsRef<Path>) -> Self {
        FileDisk { directory: directory.as_ref().to_owned(), _lock: None }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

fn in_use(directory: &Path, lock: &mut File) -> io::Error {
    let mut holder = String::new();
    let holder = match lock.read_to_string(&mut holder) {
        Ok(_) if !holder.is_empty() => format!("process {holder}"),
        _ => "another process".to_owned(),
    };
    let message = format!(
        "{} is in use by {holder}: stop it first, or choose another data directory",
        directory.display()
    );
    io::Error::new(io::ErrorKind::ResourceBusy, message)
}

fn about(path: &Path, action: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {action} {}: {error}", path.display()))
}

impl Disk for FileDisk {
    type File = RealFile;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.directory)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn open(&mut self, name: &str, create: bool) -> io::Result<RealFile> {
        let writable = self._lock.is_some();
        let file = OpenOptions::new()
            .read(true)
            .write(writable)
            .create(create && writable)
            .truncate(false)
            .open(self.directory.join(name))?;
        Ok(RealFile { file })
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.directory.join(name))
    }

    fn sync_directory(&mut self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

/// A file of a [`FileDisk`].
#[derive(Debug)]
pub struct RealFile {
    file: File,
}

impl DiskFile for RealFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn allocate(&mut self, length: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        match fallocate(&self.file, FallocateFlags::empty(), 0, length) {
            Ok(()) => Ok(()),
            // Some file systems cannot reserve space; the length alone still spares metadata updates.
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {
                if self.len()? < length {
                    self.file.set_len(length)?;
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }
}
