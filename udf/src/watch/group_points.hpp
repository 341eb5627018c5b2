#pragma once

#include <string>

#include "base/net/http_server.hpp"
#include "program/watch.hpp"

namespace kapacitor::udf::watch {

/// The answer to GET /watch?function=...&task=...&node=...&group=...&since=...: the newest points
/// of the group (of any group if it is empty) as JSON:
///
///     {"next": text, "missed": n, "points": [{"time": s, "answer": bool, "group": text,
///      "fields": {name: number}}]}
///
/// `since`: `next` of the answer before. 404: there is no such task; 503: too many are watched
http_reply group_seen(const server::sight& program, const std::string& query);

}  // namespace kapacitor::udf::watch
