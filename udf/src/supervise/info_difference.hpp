#pragma once

#include <string>
#include <string_view>

namespace kapacitor::udf::supervise {

/// Kapacitor asks for Info once, when it starts. Whether tasks that it has defined since would go
/// on working with a program that answers `now` instead of `before`, both whole frames of
/// InfoResponses.
///
/// Returns: empty if so; else what is missing: "option size is gone"
/// Errors: wire::protocol_error
std::string info_difference(std::string_view before, std::string_view now);

}  // namespace kapacitor::udf::supervise
