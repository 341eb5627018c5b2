#include "doctor/program_path.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace kapacitor::udf::doctor {

std::string find_program(const std::string& prog) {
  std::error_code ignored;
  if (prog.find('/') != std::string::npos)
    return std::filesystem::exists(prog, ignored) ? prog : std::string();
  const char* all = std::getenv("PATH");
  std::istringstream folders(all ? all : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto path = (std::filesystem::path(folder) / prog).string();
    if (std::filesystem::is_regular_file(path, ignored)) return path;
  }
  return {};
}

}  // namespace kapacitor::udf::doctor
