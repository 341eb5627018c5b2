#pragma once

namespace kapacitor::udf::host {

/// The program: reads the command line and does what it says.
///
/// Returns: the exit code: 0 fine, 1 the run failed or points were lost, 2 wrong usage or cannot
/// start.
int host_main(int argc, char** argv);

}  // namespace kapacitor::udf::host
