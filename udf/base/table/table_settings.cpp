#include "base/table/table_settings.hpp"

#include <filesystem>

namespace kapacitor {

std::string measurement_of(const std::string& path) {
  auto name = std::filesystem::path(path).filename();
  if (name.extension() == ".gz") name = name.stem();
  if (!name.stem().empty()) name = name.stem();
  std::string legal = name.string();
  for (char& c : legal) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool foreign = static_cast<unsigned char>(c) >= 0x80;
    if (!plain && !foreign && c != '-' && c != '.') c = '_';
  }
  return legal;
}

}  // namespace kapacitor
