#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace kapacitor {

/// Whose a process is.
struct identity {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups = {};    // supplementary
  std::string name = {}, home = {};  // of the user; empty if it is known by its number only
};

/// A user and group by their names or numbers. An empty group: the user's own; an empty user: ours.
/// Empty if both are: nothing is to be changed.
///
/// Errors: usage_error with the name that is not known
std::optional<identity> find_identity(const std::string& user, const std::string& group);

/// A limit that the kernel sets: the resource, as of setrlimit(2), and its value.
struct resource_limit {
  int resource;
  rlim_t value;
};

/// A process to be started.
struct spawn_plan {
  std::vector<std::string> words;   // the program, looked for on PATH, and its arguments
  int in = -1, out = -1, err = -1;  // what its standard streams become; -1: ours
  int control = -1;                 // becomes its descriptor 3; -1: it has none
  int death_signal = 0;             // that it gets if the thread that started it ends; 0: none
  std::vector<int> blocked = {};    // signals that wait until it asks for them
  std::optional<identity> become = {};
  std::vector<resource_limit> limits = {};
  int cgroup_procs = -1;     // open file cgroup.procs of the cgroup that it is to be in
  int nice = 0;              // added to ours
  int oom_score_adjust = 0;  // added to ours: above 0, the kernel kills it before us
};

/// Starts a process, in a process group of its own. It has no other descriptors than those of the
/// plan, which stay the caller's, and the usual handlers of signals.
///
/// By vfork(): fork() would copy our page tables, which of hundreds of megabytes takes
/// milliseconds. Returns: its number. Errors: start_error with the program and the step that failed
/// Threads: any; nothing happens in this process meanwhile on the calling thread
pid_t spawn(const spawn_plan& plan);

/// "exit status 3" or "signal 9 (Killed)" and ", core dumped", of a status of waitpid(2).
std::string end_of_process(int status);

}  // namespace kapacitor
