#pragma once

#include <string>
#include <string_view>

#include <kapacitor/udf/option.hpp>

namespace kapacitor::udf::host {

/// Reads one option of the command line, typed as in a TICKscript:
///
///     size=10                INT            field='usage idle'    STRING
///     scale=1.0              DOUBLE         field=usage           STRING, quotes are optional
///     keep=TRUE              BOOL           period=5m             DURATION
///     keep                   no argument    mixed=a,3,5m          three arguments
///     when=lambda: TRUE      BOOL without a value, as Kapacitor sends a lambda
///
/// Errors: usage_error
option parse_option(std::string_view text);

/// The type Kapacitor gives an argument; a lambda, regular expression or star counts as BOOL.
value_type type_of(const option_value& value);

}  // namespace kapacitor::udf::host
