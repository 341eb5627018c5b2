#pragma once

#include <string>

// What is said of a function that takes the process down with it.
namespace kapacitor::udf::server {

/// From now on a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, so std::terminate() as well) is
/// reported before it ends the process as ever: one line with signal, function, task, node, group,
/// the number of the request in its connection and the address, then the stack, in the log.
///
/// SIGABRT that another process sends asks where the function is that does not return: one of the
/// threads that are at work reports, and the process ends without a core.
///
/// Nothing is allocated or locked then. A signal that somebody else handles, such as a sanitizer,
/// is left alone. To be called once, before there are threads.
/// `log_file`: opened again at the crash; empty: stderr
void report_crashes(const std::string& log_file);

/// From now on the process reports an allocation that fails, and ends with
/// worker_exit::out_of_memory: a function cannot be trusted to go on. But if a snapshot is being
/// taken, std::bad_alloc is thrown: the session does without it. After report_crashes().
void end_without_memory();

}  // namespace kapacitor::udf::server
