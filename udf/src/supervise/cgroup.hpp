#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "supervise/worker_limits.hpp"

namespace kapacitor::udf::supervise {

/// A cgroup (version 2) of one worker: memory and cores that it and all its children share.
///
/// Threads: one, for all of them
class cgroup {
 public:
  /// Makes a folder `name` in that of this process and sets the limits.
  ///
  /// It needs a service that may have cgroups of its own (systemd: Delegate=yes). The first time,
  /// this process moves into a folder `supervisor` below, because only the lowest may hold
  /// processes.
  /// Returns: nullptr if there is no such cgroup, or it may not be written to; `why` says it
  static std::unique_ptr<cgroup> make(const std::string& name, const worker_limits& limits,
                                      std::string& why);
  /// As make(), in that folder, which may have children, and moves nobody.
  static std::unique_ptr<cgroup> make_in(const std::filesystem::path& parent,
                                         const std::string& name, const worker_limits& limits,
                                         std::string& why);
  /// Kills what it still holds. Its folder goes when that has ended: now, or with a later one.
  ~cgroup();
  /// That of a worker which a program before this one has started. Returns: nullptr if it is gone
  static std::unique_ptr<cgroup> kept(const std::filesystem::path& folder);
  cgroup(const cgroup&) = delete;
  cgroup& operator=(const cgroup&) = delete;

  /// Removes the folders of those that are gone, if nobody is left in them.
  static void remove_emptied();

  /// Its open file cgroup.procs: who writes "0" there becomes a member.
  int procs() const { return procs_; }
  const std::filesystem::path& folder() const { return folder_; }
  /// How many of its processes the kernel has killed for want of memory.
  std::uint64_t killed_for_memory() const;
  /// Kills all that it holds: also processes that have left their process group.
  void kill() const;

 private:
  explicit cgroup(std::filesystem::path folder);
  bool limit(const worker_limits& limits, std::string& why) const;

  const std::filesystem::path folder_;
  int procs_ = -1;
};

/// The folder of this process's cgroup of version 2; empty if there is none. `mounts`, `own`: as
/// /proc/self/mountinfo and /proc/self/cgroup.
std::filesystem::path own_cgroup(std::istream& mounts, std::istream& own);

}  // namespace kapacitor::udf::supervise
