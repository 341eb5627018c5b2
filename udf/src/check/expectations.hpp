#pragma once

#include <string>

#include "check/subject.hpp"

// What several rules expect in the same way. Errors: verdict (fail)
namespace kapacitor::udf::host::check {

using response = ::agent::Response;

/// Waits for an answer of this kind.
const response& expect_answer(peer& p, response::MessageCase kind, subject& s);
/// Half-closes; the UDF must close.
void expect_end(peer& p, subject& s);
/// The whole conversation was accepted: no error, and a last keepalive was answered.
void expect_accepted(peer& p, subject& s);
/// The UDF accepts these requests and a keepalive behind them, as in expect_accepted().
peer expect_accepted(subject& s, const frames& requests);
/// Two conversations have the same responses. `how`: what was different in the second
void expect_same(subject& s, const std::vector<std::string>& expected,
                 const std::vector<std::string>& got, const std::string& how);

/// A Keepalive request, as a frame.
std::string keepalive();
/// "2s"
std::string text_of(std::chrono::nanoseconds duration);
/// What came instead of the expected answer: "an error: ...", "nothing for 2s", ...
std::string said_instead(peer& p, subject& s);
/// "Init"
std::string name_of(response::MessageCase kind);

}  // namespace kapacitor::udf::host::check
