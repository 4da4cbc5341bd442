//! The studio is embedded as it is built; where it is not built, the binary says how.

fn main() {
    println!("cargo:rerun-if-changed=../../studio/dist");
    println!("cargo:rerun-if-changed=../../examples");
}
