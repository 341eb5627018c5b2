#include "replay/settings.hpp"

namespace kapacitor::generator {
namespace {

constexpr choice<std::optional<file_format>> formats[] = {{"auto", std::nullopt},
                                                          {"csv", file_format::csv},
                                                          {"nab", file_format::nab},
                                                          {"line", file_format::lines},
                                                          {"export", file_format::influx_export},
                                                          {"srpl", file_format::recording}};

}  // namespace

file_format_choices file_formats() {
  return formats;
}

std::string_view to_text(file_format format) {
  return name_of(std::optional(format), formats);
}

}  // namespace kapacitor::generator
