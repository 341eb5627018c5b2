#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/make_function.hpp>

namespace kapacitor::udf {

/// Serves functions: the main of a UDF program.
///
///     NAME                      speaks on stdin and stdout: for `prog` in kapacitor.conf
///     NAME --listen PATH        serves a UNIX socket: for `socket` in kapacitor.conf
///     NAME --describe           options, a TICKscript line, the kapacitor.conf stanzas
///     NAME --help
///
/// Blocks until stdin ends or, with --listen, until SIGTERM or SIGINT.
/// Returns: 0; 1 after an error on the connection; 2 where it could not start.
int run(const function& f, int argc, char** argv);

template <class T>
int run(std::string name, int argc, char** argv) {
  return run(make_function<T>(std::move(name)), argc, argv);
}

}  // namespace kapacitor::udf
