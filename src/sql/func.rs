//! The function table: name, types, one line of documentation, an example, the function.

use serde::{Deserialize, Serialize};

/// An entry of the function table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FuncId(pub u16);
