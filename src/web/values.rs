//! The parameters that ask for one value of an incident each: the same in the API and in the addresses of the pages.

/// Calls the macro `$write` with their names, what they say, and whatever else it is given.
macro_rules! with_values {
    ($write:ident: $($more:tt)*) => {
        $write! {
            [
                /// `on_platform`, `off_platform` or `unknown`.
                class
                /// `info`, `low`, `medium`, `high` or `critical`.
                severity
                /// What the payload is for, such as `payment`.
                category
                /// The id of the scheme.
                scheme
                /// The stream's id.
                stream
                /// Who streams, as the label `host:` has it.
                host
                /// A label of the stream.
                label
                /// `open` or `ended`.
                state
                /// The key of the destination.
                destination
                /// Who is paid or contacted.
                payee
                /// The registrable domain of the destination.
                domain
                /// The decision that stands.
                decision
            ]
            $($more)*
        }
    };
}

pub(super) use with_values;
