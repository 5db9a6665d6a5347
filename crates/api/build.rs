//! Makes sure that there is a web application to embed, so that the server also builds where the browser part was not built.
use std::path::Path;

const PLACEHOLDER: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>Fairway</title>\
<p>网页应用尚未构建。请在 <code>web/</code> 目录运行 <code>npm run build</code> 后重新编译。\
<p>The web application was not built. Run <code>npm run build</code> in <code>web/</code> and compile again. \
The API is at <a href=\"/api/docs\">/api/docs</a>.\n";

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        // A folder that cannot be written makes the embedding fail with its own message.
        let _ = std::fs::create_dir_all(&dist).and_then(|()| std::fs::write(&index, PLACEHOLDER));
    }
    println!("cargo::rerun-if-changed={}", dist.display());
}
