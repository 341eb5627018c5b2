#include "supervise/cgroup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <fstream>
#include <istream>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace kapacitor::udf::supervise {
namespace {

namespace fs = std::filesystem;

std::string words_for(const fs::path& file) {
  return file.string() + ": " + std::generic_category().message(errno);
}

/// In one write(), as these files want it. Returns: whether it was taken
bool put(const fs::path& file, std::string_view text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const auto n = ::write(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  errno = error;
  return n == static_cast<ssize_t>(text.size());
}

/// The value behind `key` in a file of lines "key value"; 0 if there is none.
std::uint64_t value_in(const fs::path& file, std::string_view key) {
  std::ifstream lines(file);
  std::string name;
  for (std::uint64_t value = 0; lines >> name >> value;) {
    if (name == key) return value;
  }
  return 0;
}

/// "+memory +cpu", as far as they are to be had here.
std::string controllers_of(const fs::path& own) {
  std::ifstream words(own / "cgroup.controllers");
  std::string found;
  for (std::string word; words >> word;) {
    if (word == "memory" || word == "cpu") found += "+" + word + " ";
  }
  return found;
}

/// Only a folder without processes can share out its memory and cores: this one moves below. If
/// that is of no use, it moves back.
bool make_room(const fs::path& own, std::string& why) {
  const auto wanted = controllers_of(own);
  if (wanted.empty()) {
    why = own.string() + " has neither memory nor cores to share out";
    return false;
  }
  const auto share_out = [&] { return put(own / "cgroup.subtree_control", wanted); };
  if (share_out()) return true;
  const auto below = own / "supervisor";
  std::error_code ignored;
  fs::create_directory(below, ignored);
  if (put(below / "cgroup.procs", "0") && share_out()) return true;
  why = words_for(own / "cgroup.subtree_control");
  put(own / "cgroup.procs", "0");
  ::rmdir(below.c_str());
  return false;
}

/// The folder that the workers' are in, made ready once.
const std::pair<fs::path, std::string>& parent_of_workers() {
  static const auto found = [] {
    std::ifstream mounts("/proc/self/mountinfo"), self("/proc/self/cgroup");
    std::pair<fs::path, std::string> result{own_cgroup(mounts, self), ""};
    // Where the program that this one has taken the place of has moved to.
    if (result.first.filename() == "supervisor") result.first = result.first.parent_path();
    if (result.first.empty()) {
      result.second = "there is no cgroup of version 2";
    } else if (!make_room(result.first, result.second)) {
      result.first.clear();
    }
    return result;
  }();
  return found;
}

/// Folders whose processes were killed: they are empty only when these have ended.
std::vector<fs::path>& leftovers() {
  static std::vector<fs::path> all;
  return all;
}

}  // namespace

fs::path own_cgroup(std::istream& mounts, std::istream& own) {
  std::string line, path;
  while (std::getline(own, line)) {
    if (line.starts_with("0::")) path = line.substr(3);
  }
  if (path.empty()) return {};
  while (std::getline(mounts, line)) {
    if (line.find(" - cgroup2 ") == std::string::npos) continue;
    // ID parent device root MOUNT ...
    std::istringstream words(line);
    std::string skipped, root, mount;
    words >> skipped >> skipped >> skipped >> root >> mount;
    if (root != "/" && path.starts_with(root)) path.erase(0, root.size());
    return path == "/" ? fs::path(mount) : fs::path(mount + path);
  }
  return {};
}

std::unique_ptr<cgroup> cgroup::make(const std::string& name, const worker_limits& limits,
                                     std::string& why) {
  const auto& [parent, problem] = parent_of_workers();
  why = problem;
  return parent.empty() ? nullptr : make_in(parent, name, limits, why);
}

std::unique_ptr<cgroup> cgroup::make_in(const fs::path& parent, const std::string& name,
                                        const worker_limits& limits, std::string& why) {
  remove_emptied();
  std::error_code error;
  const auto folder = parent / name;
  fs::create_directory(folder, error);
  if (error) {
    why = folder.string() + ": " + error.message();
    return nullptr;
  }
  std::unique_ptr<cgroup> made(new cgroup(folder));
  if (made->procs_ < 0) {
    why = words_for(folder / "cgroup.procs");
    return nullptr;
  }
  return made->limit(limits, why) ? std::move(made) : nullptr;
}

std::unique_ptr<cgroup> cgroup::kept(const fs::path& folder) {
  std::unique_ptr<cgroup> found(new cgroup(folder));
  return found->procs_ < 0 ? nullptr : std::move(found);
}

cgroup::cgroup(fs::path folder)
    : folder_(std::move(folder)),
      procs_(::open((folder_ / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC)) {}

cgroup::~cgroup() {
  if (procs_ >= 0) ::close(procs_);
  kill();
  try {
    leftovers().push_back(folder_);
    remove_emptied();
  } catch (const std::exception&) {
    // No memory: the folder stays until the service ends.
  }
}

void cgroup::remove_emptied() {
  std::erase_if(leftovers(),
                [](const fs::path& f) { return ::rmdir(f.c_str()) == 0 || errno == ENOENT; });
}

bool cgroup::limit(const worker_limits& limits, std::string& why) const {
  constexpr int period = 100'000;  // us
  const auto set = [&](const char* file, const std::string& value) {
    if (put(folder_ / file, value)) return true;
    why = words_for(folder_ / file);
    return false;
  };
  if (limits.memory != 0) {
    if (!set("memory.max", std::to_string(limits.memory))) return false;
    // All of it or nothing: half of an agent's processes is of no use. And no swap on top.
    put(folder_ / "memory.oom.group", "1");
    put(folder_ / "memory.swap.max", "0");
  }
  if (limits.cpus <= 0) return true;
  const auto quota = static_cast<std::int64_t>(limits.cpus * period);
  return set("cpu.max", std::to_string(quota) + " " + std::to_string(period));
}

std::uint64_t cgroup::killed_for_memory() const {
  return value_in(folder_ / "memory.events", "oom_kill");
}

void cgroup::kill() const {
  put(folder_ / "cgroup.kill", "1");
}

}  // namespace kapacitor::udf::supervise
