//! ocel
