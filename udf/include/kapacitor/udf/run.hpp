#pragma once

#include <string>
#include <utility>
#include <vector>

#include <kapacitor/udf/function.hpp>
#include <kapacitor/udf/make_function.hpp>

namespace kapacitor::udf {

/// Serves a function: the main of a UDF program.
///
///     int main(int argc, char** argv) { return udf::run<ewma>("ewma", argc, argv); }
///
///     NAME                      speaks on stdin and stdout: for `prog` in kapacitor.conf
///     NAME --listen PATH        serves a UNIX socket: for `socket` in kapacitor.conf
///     NAME --describe           options, a TICKscript line, the kapacitor.conf stanzas
///     NAME --help               all flags: limits, log, configuration file
///
/// A process serves one task, on stdin and stdout: print nothing to std::cout then. A socket serves
/// any number of tasks at once, each on a connection with a state of its own.
///
/// Blocks until stdin ends or, with --listen, until SIGTERM or SIGINT: then it answers what it has
/// received and leaves. A second signal ends the process at once.
/// Returns: the exit code: 0; 1 after an error on the connection, or if a function still hangs at
///          the end; 2 if it could not start, with one line on stderr that says why.
/// Errors:  what make_function() throws for the name comes out; all else is an exit code.
int run(const function& f, int argc, char** argv);

/// The same of a plain struct: make_function<T>(name), which says what `T` may have.
template <class T>
int run(std::string name, int argc, char** argv) {
  return run(make_function<T>(std::move(name)), argc, argv);
}

}  // namespace kapacitor::udf
