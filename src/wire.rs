//! The versioned JSON of the command line and of every other interface. Core types do not serialize:
//! what leaves the program is written down here, key by key.

pub mod explain;
