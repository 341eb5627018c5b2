#pragma once

#include <string>

#include "drive/emitted.hpp"

namespace kapacitor::udf::host {

// One JSON object on each line. Stable: fields may be added, none changes its meaning.
//
// A point:
//   {"time":"2026-01-31T12:00:00.000000000Z","name":"cpu","database":"telegraf",
//    "retention_policy":"autogen","group":"host=a","dimensions":["host"],
//    "tags":{"host":"a"},"fields":{"avg":1.5,"n":3,"text":"x","ok":true}}
//
//   An int is written without, a double always with a point or an exponent. A double that is no
//   finite number is null. What a point does not have (database, dimensions) is left out.
//
// A point of a batch: the same with "batch":1, the number of the batch it is part of, and "tmax".
//
// After the points of a batch, the batch itself:
//   {"batch":1,"end":true,"tmax":"...","name":"cpu","group":"host=a","tags":{"host":"a"},"points":5}

/// Appends the line of a point, with its newline.
void append_json_line(std::string& to, const emitted_point& p);
/// Appends the line of a batch that is complete, with its newline.
void append_json_line(std::string& to, const emitted_batch& b);

}  // namespace kapacitor::udf::host
