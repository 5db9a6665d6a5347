//! Copies the built web application to where the compiler embeds it from: a copy does not change while it is being read, and
//! where the browser part was not built a page says so.
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>Fairway</title>\
<p>网页应用尚未构建。请在 <code>web/</code> 目录运行 <code>npm run build</code> 后重新编译。\
<p>The web application was not built. Run <code>npm run build</code> in <code>web/</code> and compile again. \
The API is at <a href=\"/api/docs\">/api/docs</a>.\n";

fn main() -> io::Result<()> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    let Some(out) = env::var_os("OUT_DIR") else { return Err(io::Error::other("OUT_DIR is not set")) };
    let copy = PathBuf::from(out).join("web");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir_all(&copy)?;
    if dist.is_dir() {
        copy_all(&dist, &copy)?;
    }
    if !copy.join("index.html").exists() {
        fs::write(copy.join("index.html"), PLACEHOLDER)?;
    }
    // A folder that does not exist yet is watched by its parent: naming it would rebuild every time.
    let watched = if dist.is_dir() { dist } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs") };
    println!("cargo::rerun-if-changed={}", watched.display());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// A file that vanishes meanwhile belongs to a build under way; the next one is copied whole.
fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let Ok(entry) = entry else { continue };
        let target = to.join(entry.file_name());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            fs::create_dir_all(&target)?;
            copy_all(&entry.path(), &target)?;
        } else if let Err(error) = fs::copy(entry.path(), &target)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    Ok(())
}
